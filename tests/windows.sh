#!/bin/sh
# Builds the library for Windows, 64 and 32 bit, and runs the tests that there are for it under Wine; the last line is
# "N passed, N failed".  On Debian it first installs what is missing (root or sudo).
usage() {
  cat <<TXT
usage: sh tests/windows.sh [--all]
  --all  the 32 bit tests are built too, and the long variants of tests run
Builds in build/windows/x86_64 and i686, with libraries that it gets and builds once in build/windows/libraries.  Windows is in
build/windows/prefix (WINEPREFIX names another).  Warnings are errors.
TXT
}
cd "$(dirname "$0")/.." || exit 1
. lib/packaging/debian.sh
. tests/support/count.sh

all=
for option in "$@"; do
  case $option in
    --all) all=1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ -z "$all" ] || export FCGICLIENT_TEST_ALL=1

# "wine" is not needed, "wine64" is found by its path.
need make cmake pkg-config node-llhttp gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-i686-win32 wine64 || exit 1

top=$PWD folder=$PWD/build/windows
log=$folder/windows.log
mkdir -p "$folder"
: >"$log"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
passed=0 failed=0 skipped=0
export WINEPREFIX="${WINEPREFIX:-$folder/prefix}" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe="
wine=/usr/lib/wine/wine64

# step WORDS...: runs quietly; what it said is shown when it fails.
step() {
  "$@" >>"$log" 2>&1 </dev/null && return 0
  echo "FAILED: $*"
  tail -n 60 "$log"
  failed=$((failed + 1))
  return 1
}

make_prefix() { # as Windows 10; without that Wine says that it is Windows 7
  [ ! -e "$WINEPREFIX/system.reg" ] || return 0
  mkdir -p "$WINEPREFIX" && "$wine" wineboot -i && "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f
}

build() { # build WIDTH OPTIONS...
  width=$1
  shift
  echo "== $width: building"
  step cmake -S . -B "$folder/$width" -DCMAKE_TOOLCHAIN_FILE="$top/lib/packaging/mingw-$width.cmake" \
    -DFCGICLIENT_WINDOWS_PREFIX="$folder/libraries/$width" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1 -DFCGICLIENT_WERROR=ON \
    -DLLHTTP_INCLUDE_DIR=/usr/share/include -DLLHTTP_SOURCE_DIR=/usr/share/llhttp "$@" || return 1
  step cmake --build "$folder/$width" -j "$jobs"
}

check() { # check WIDTH
  echo "== $1: running"
  log_of_these=$folder/$1/Testing/Temporary/LastTest.log
  rm -f "$log_of_these"
  ctest --test-dir "$folder/$1" -j $((jobs * 2)) --output-on-failure --no-tests=error </dev/null
  set -- "$1" $(count "$log_of_these")
  echo "== $1: $2 passed, $3 failed, $4 skipped"
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

claims() { # claims NAME SCRIPT...: a script that counts its checks as Check does
  name=$1
  shift
  echo "== $name"
  sh "$@" >"$folder/claims" 2>&1 </dev/null
  status=$?
  [ $status = 0 ] || cat "$folder/claims"
  [ $status != 77 ] || { skipped=$((skipped + 1)); return 0; }
  set -- $(sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\),.*/\1 \2/p' "$folder/claims" | tail -n 1)
  passed=$((passed + ${1:-0} - ${2:-0})) failed=$((failed + ${2:-1}))
}

echo "== libraries for Windows, and Windows"
make_prefix >"$folder/prefix.log" 2>&1 </dev/null &
step sh tests/windows/libraries.sh "$folder/libraries" x86_64 i686 && wait &&
  /usr/lib/wine/wineserver64 -p120 </dev/null >>"$log" 2>&1 # it stays between programs: ten times as fast
[ -e "$WINEPREFIX/system.reg" ] || step cat "$folder/prefix.log"

if [ "$failed" = 0 ]; then
  build x86_64 -DFCGICLIENT_TESTS=ON && check x86_64 &&
    claims "users of the installed library" tests/windows/consumer.sh "$folder"
  build i686 ${all:+-DFCGICLIENT_TESTS=ON}
fi
/usr/lib/wine/wineserver64 -k

[ "$passed" -gt 0 ] || failed=$((failed + 1))
[ "$skipped" = 0 ] || echo "($skipped skipped: see build/windows/*/Testing/Temporary/LastTest.log)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
