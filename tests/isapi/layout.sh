# layout.sh: the interface has the servers' layout, compiled for 64 bits and for 32.
# usage: sh layout.sh COMPILER SOURCE
failures=0 checks=0
for bits in 64 32; do
  # Freestanding: no headers of a C library for 32 bits are needed.
  echo 'int x;' | "$1" -m$bits -ffreestanding -fsyntax-only -xc - 2>/dev/null || continue
  checks=$((checks + 1))
  "$1" -m$bits -ffreestanding -fsyntax-only -std=gnu11 -I"$2/adapters/isapi" "$2/tests/isapi/layout.c" && continue
  failures=$((failures + 1))
  echo "FAILED: the layout for $bits bits"
done
[ $checks -gt 0 ] || exit 77
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
