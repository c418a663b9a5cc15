#!/bin/sh
# Builds the library for Windows, 64 and 32 bit, and runs the tests that there are for it under Wine; the last line is
# "N passed, N failed".  On Debian it first installs what is missing (root or sudo).
usage() {
  cat <<TXT
usage: sh tests/windows.sh [--all | --build | --packages]
  --all       the 32 bit tests are built too, and run; and the long variants of tests
  --build     builds only, which leaves less to do for the next call
  --packages  says which Debian packages it needs
Builds in build/windows/x86_64 and i686, with libraries that it gets and builds once in build/windows/libraries.  Windows is in
build/windows/prefix (WINEPREFIX names another).  Warnings are errors.  build/windows/windows.log says how long each step took.
TXT
}
cd "$(dirname "$0")/.." || exit 1
. lib/packaging/debian.sh
. tests/support/count.sh
packages="gcc libc6-dev make cmake pkg-config libuv1-dev node-llhttp gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-i686-win32 wine64" # "wine" is not needed

all= run=1
for option in "$@"; do
  case $option in
    --all) all=1 ;;
    --build) run= ;;
    --packages) echo $packages; exit 0 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ -z "$all" ] || export FCGICLIENT_TEST_ALL=1

top=$PWD folder=$PWD/build/windows
log=$folder/windows.log
rm -rf "$folder/running" && mkdir -p "$folder/running"
: >"$log"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
passed=0 failed=0 skipped=0 gently=
export WINEPREFIX="${WINEPREFIX:-$folder/prefix}" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe="
export FCGICLIENT_TEST_APPS="$folder/apps"
server=/usr/lib/wine/wineserver64

# Nothing of this outlives it, whatever ends it.
finish() {
  trap - EXIT
  for one in "$folder"/running/*; do
    [ ! -e "$one" ] || kill "${one##*/}" 2>/dev/null
  done
  [ ! -x $server ] || [ ! -e "$WINEPREFIX" ] || timeout -k 5 30 $server -k
}
trap finish EXIT

# bounded SECONDS WORDS...: has that long; in a group of its own, which ends with it
bounded() {
  limit=$1
  shift
  timeout -k 10 "$limit" "$@" </dev/null &
  child=$!
  : >"$folder/running/$child"
  wait $child
  status=$?
  rm -f "$folder/running/$child"
  [ $status != 124 ] || echo "$*: not ready after $limit seconds, which is too long"
  return $status
}

# took NAME SINCE
took() {
  echo "== $1: $(($(date +%s) - $2)) seconds" | tee -a "$log"
}

# step NAME SECONDS WORDS...: runs quietly; what it said is shown when it fails.
step() {
  name=$1 began=$(date +%s)
  shift
  bounded "$@" >"$folder/$name.log" 2>&1 && took "$name" $began && return 0
  took "$name, FAILED" $began
  tail -n 60 "$folder/$name.log"
  return 1
}

# aside NAME COMMAND...: meanwhile; await NAME: what it has said, and whether it succeeded
aside() {
  name=$1
  shift
  "$@" >"$folder/$name.said" 2>&1 &
  eval "aside_$name=$!"
}
await() {
  eval "wait \$aside_$1"
  set -- "$1" $?
  cat "$folder/$1.said"
  return "$2"
}

sources() {
  step get-libraries 300 sh tests/windows/libraries.sh "$folder/libraries" --get &&
    step get-applications 300 sh tests/windows/apps.sh "$folder/apps" --get
}

# 64 bit has all the tests, and is compiled a quarter sooner without optimisation; 32 bit gets the warnings that need it.
configure() { # configure WIDTH OPTIONS...
  width=$1 level=-O0
  [ $width = x86_64 ] || level=-O1
  shift
  step configure-$width 300 $gently cmake -S . -B "$folder/$width" -DCMAKE_TOOLCHAIN_FILE="$top/lib/packaging/mingw-$width.cmake" \
    -DFCGICLIENT_WINDOWS_PREFIX="$folder/libraries/$width" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=$level -DFCGICLIENT_WERROR=ON \
    -DLLHTTP_INCLUDE_DIR=/usr/share/include -DLLHTTP_SOURCE_DIR=/usr/share/llhttp "$@"
}

build() { # build WIDTH OPTIONS...
  step libraries-$1 300 $gently sh tests/windows/libraries.sh "$folder/libraries" $1 && configure "$@" &&
    step build-$1 1200 $gently cmake --build "$folder/$1" -j "$jobs"
}

run_tests() { # run_tests SECONDS WIDTH CTEST-OPTIONS...
  limit_of_these=$1 of=$2
  shift 2
  bounded "$limit_of_these" sh tests/windows/with_fpm.sh ctest --test-dir "$folder/$of" --timeout 120 --output-on-failure \
    --no-tests=error "$@"
}

check() { # check WIDTH NAME CTEST-OPTIONS...
  began=$(date +%s) width=$1
  shift
  log_of_these=$folder/$width/Testing/Temporary/LastTest.log
  rm -f "$log_of_these"
  name=$1 first=
  shift
  run_tests ${all:+1}1200 "$width" -j $((jobs * 2)) "$@"
  status=$?
  if [ $status != 0 ] && [ $status != 124 ]; then # Wine itself crashes now and then: what fails twice is ours
    first=$folder/$width/first.log
    cp "$log_of_these" "$first"
    echo "== $name: once more: $(sed 's/^[0-9]*://' "$folder/$width/Testing/Temporary/LastTestsFailed.log" | tr '\n' ' ')" | tee -a "$log"
    run_tests 300 "$width" --rerun-failed
    status=$?
  fi
  [ $status != 124 ] || failed=$((failed + 1)) # else it is counted below
  took "tests-$name" $began
  set -- $(count ${first:+"$first"} "$log_of_these")
  echo "== $name: $1 passed, $2 failed, $3 skipped"
  echo "| $name | $1 | $2 | $3 |" >>"$folder/results.md"
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

claims() { # claims NAME SCRIPT...: a script that counts its checks as Check does
  name=$1 began=$(date +%s)
  shift
  bounded 300 sh "$@" >"$folder/$name.log" 2>&1
  status=$?
  took "$name" $began
  [ $status = 0 ] || cat "$folder/$name.log"
  [ $status != 77 ] || { skipped=$((skipped + 1)); return 0; }
  set -- $(sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\),.*/\1 \2/p' "$folder/$name.log" | tail -n 1)
  passed=$((passed + ${1:-0} - ${2:-0})) failed=$((failed + ${2:-1}))
}

fcgi=$top/build/tests-plain/bin/fcgi # for this system; run.sh has built it already
[ -x "$fcgi" ] || fcgi=$folder/native/bin/fcgi

native() {
  [ "$fcgi" = "$folder/native/bin/fcgi" ] || return 0
  step configure-native 300 $gently cmake -S . -B "$folder/native" -DFCGICLIENT_SHARED=OFF -DFCGICLIENT_EXAMPLES=OFF -DFCGICLIENT_ISAPI=OFF &&
    step build-native 600 $gently cmake --build "$folder/native" -j "$jobs" --target fcgi
}

# Both widths, and a host of each with applications of the other: in a Debian of its own, whose Wine runs both.
both_widths() {
  step applications-i686 300 sh tests/windows/apps.sh "$folder/apps" i686 &&
    step chroot 900 sh tests/windows/chroot.sh "$folder/chroot" || { failed=$((failed + 1)); return; }
  printf '#!/bin/sh\nFCGICLIENT_CHROOT_WORK="%s" exec sh "%s/tests/windows/chroot.sh" "%s/chroot" "$@"\n' \
    "$top" "$top" "$folder" >"$folder/wine-both" && chmod 755 "$folder/wine-both"
  export FCGICLIENT_WINE="$folder/wine-both"
  check i686 "32 bit" -LE plain
  export FCGICLIENT_TEST_APPS_WIDTH=x86_64
  check i686 "32 bit, applications of 64 bit" -R '^windows_'
  export FCGICLIENT_TEST_APPS_WIDTH=i686
  check x86_64 "64 bit, applications of 32 bit" -R '^windows_'
  unset FCGICLIENT_WINE FCGICLIENT_TEST_APPS_WIDTH
  sh tests/windows/chroot.sh "$folder/chroot" --end
}

begin=$(date +%s)
printf '| under Wine | passed | failed | skipped |\n|---|---|---|---|\n' >"$folder/results.md"
aside sources sources # while packages are installed
need $packages ${all:+golang-go} || exit 1
trap 'exit 130' INT TERM HUP # after need, which has its own
took packages $begin
aside prefix step prefix 300 sh tests/windows/prefix.sh
await sources && build x86_64 -DFCGICLIENT_TESTS=ON && step applications-x86_64 300 sh tests/windows/apps.sh "$folder/apps" x86_64 ||
  failed=1
[ -z "$all" ] || step applications-large 600 sh tests/windows/apps_large.sh "$folder/apps"
await prefix || failed=1

others() { # beside the tests, which come first
  gently="nice -n 10"
  native && build i686 ${all:+-DFCGICLIENT_TESTS=ON}
}

tests() {
  bounded 60 $server -p120 >>"$log" 2>&1 # it stays between programs: ten times as fast
  check x86_64 "64 bit"
  claims consumer tests/windows/consumer.sh "$folder"
  claims setup tests/windows/setup.sh "$folder/x86_64"
  for name in isapi iis7; do
    claims overlap-$name tests/adapters/overlap.sh "$folder/x86_64/tests/${name}_serve.exe" "$folder/x86_64/bin/fcgiclient_$name.dll" \
      "$folder/x86_64/tests/isapi_app.exe"
  done
  await others || { failed=$((failed + 1)); return; }
  claims over-tcp tests/windows/over_tcp.sh "$fcgi" "$folder/apps"
  [ -n "$all" ] || return 0
  claims bench tests/bench/under_wine.sh "$top/build/tests-plain/bench" "$folder/x86_64"
  cat "$folder/bench.log"
  claims pages-isapi tests/pages/under_wine.sh isapi "$top/build/tests-plain" "$folder/x86_64"
  claims pages-iis7 tests/pages/under_wine.sh iis7 "$top/build/tests-plain" "$folder/x86_64"
  both_widths
}

if [ $failed = 0 ]; then
  aside others others
  if [ -n "$run" ]; then tests; else await others || failed=1; fi
fi
took all $begin

[ "$passed" -gt 0 ] || [ -z "$run" ] || failed=$((failed + 1))
[ "$skipped" = 0 ] || echo "($skipped skipped: see build/windows/*/Testing/Temporary/LastTest.log)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
