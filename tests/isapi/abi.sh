# abi.sh: the interface has the servers' layout, for 64 bits and for 32, and the module exports it and nothing else.
# usage: sh abi.sh COMPILER SOURCE MODULE
failures=0 checks=0
fails() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

for bits in 64 32; do
  # Freestanding: no headers of a C library for 32 bits are needed.
  echo 'int x;' | "$1" -m$bits -ffreestanding -fsyntax-only -xc - 2>/dev/null || continue
  checks=$((checks + 1))
  "$1" -m$bits -ffreestanding -fsyntax-only -std=gnu11 -I"$2/adapters/isapi" "$2/tests/isapi/layout.c" ||
    fails "the layout for $bits bits"
done

exported=$(nm -D --defined-only "$3" | awk '{ print $3 }' | sort | tr '\n' ' ')
checks=$((checks + 1))
[ "$exported" = "GetExtensionVersion HttpExtensionProc TerminateExtension " ] || fails "exported: $exported"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
