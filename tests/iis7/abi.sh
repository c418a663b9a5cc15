# abi.sh: our tables of functions are those of IIS: for 64 bits and for 32, and by the compilers for Windows, where these are
# installed.  Swapped slots and wrong shapes do not go unseen.
# usage: sh abi.sh COMPILER SOURCE
failures=0 checks=0
fails() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

compiles() { # compiles FOLDER COMPILER...: with the headers in FOLDER; freestanding, so that no C library is needed
  folder=$1
  shift
  "$@" -std=gnu11 -ffreestanding -fsyntax-only "-I$folder" "$source/tests/iis7/slots.c"
}

source=$2
for compiler in "$1 -m64" "$1 -m32" "x86_64-w64-mingw32-gcc -D_WIN32_WINNT=0x0601" \
  "i686-w64-mingw32-gcc -D_WIN32_WINNT=0x0601"; do
  echo 'int x;' | $compiler -ffreestanding -fsyntax-only -xc - 2>/dev/null || continue
  checks=$((checks + 1))
  compiles "$source/adapters/iis7" $compiler || fails "the tables with $compiler"
done

wrong=$(mktemp -d)
mutant() { # mutant FILE SED-SCRIPT
  rm -rf "$wrong/abi"
  cp -R "$source/adapters/iis7/abi" "$wrong/abi"
  sed -i "$2" "$wrong/abi/$1"
  checks=$((checks + 1))
  cmp -s "$wrong/abi/$1" "$source/adapters/iis7/abi/$1" && fails "nothing to mutate: $2"
  ! compiles "$wrong" $cc 2>/dev/null || fails "unseen: $2"
}
cc=$1
mutant context.h 's/iis_slot GetSite, GetApplication;/iis_slot GetApplication, GetSite;/'
mutant request.h 's/iis_slot InsertEntityBody;//'
mutant response.h 's/BOOL is_async, BOOL more, DWORD \*sent, BOOL \*is_expected);/BOOL is_async, DWORD *sent, BOOL *is_expected);/'
rm -rf "$wrong"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
