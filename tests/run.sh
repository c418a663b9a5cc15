#!/bin/sh
# Builds the tests and runs them all, plainly and under ASan and UBSan; the last line is "N passed, N failed".
# On Debian it first installs what is missing (root or sudo).
usage() {
  cat <<TXT
usage: sh tests/run.sh [--all] [--no-php] [--no-windows]
  --all     the long tests too, under TSan and valgrind too, compiled with clang too, ten minutes of each fuzzer
            (FCGICLIENT_FUZZ_SECONDS: as many seconds instead), 32 bit and big-endian Linux (tests/portable.sh),
            and other web servers in front of our application (they are installed, and stay off)
  --no-php  install and use no PHP: the tests that need it are skipped
  --no-windows  do not build for Windows, nor run tests under Wine (tests/windows.sh, which installs a gigabyte)
Builds in build/tests-plain, tests-asan (and tests-tsan, tests-valgrind, tests-clang).  With CI=true in the environment warnings are errors,
and clang compiles everything too.
TXT
}
cd "$(dirname "$0")/.." || exit 1
. lib/packaging/debian.sh
. tests/support/count.sh

all= php=1 windows=1
for option in "$@"; do
  case $option in
    --all) all=1 ;;
    --no-php) php= ;;
    --no-windows) windows= ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
clang=$all
werror=OFF
[ "${CI:-}" = true ] && clang=1 werror=ON

browser=$all
need gcc g++ libc6-dev make cmake ninja-build pkg-config libuv1-dev node-llhttp libcjson-dev libexpat1-dev libfcgi-dev check curl mandoc \
  libnet-async-fastcgi-perl libfcgi-perl ruby-fcgi golang-go iproute2 spin \
  ${php:+php-cgi php-fpm apache2-bin apache2-dev dpkg-dev} ${clang:+clang} ${browser:+chromium-headless-shell} ${all:+valgrind tshark fcgiwrap} \
  ${windows:+$(sh tests/windows.sh --packages)} || exit 1

export CMAKE_GENERATOR=Ninja # a minute less than make in each run
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
log=build/tests.log
mkdir -p build
: >$log
passed=0 failed=0 skipped=0

# step WORDS...: runs quietly; what it said is shown when it fails.
step() {
  "$@" >>$log 2>&1 && return 0
  echo "FAILED: $*"
  tail -n 60 $log
  failed=$((failed + 1))
  return 1
}

now() {
  date +%s
}

build() { # build KIND OPTIONS...
  kind=$1 since=$(now)
  shift
  echo "== $kind: building"
  step cmake -S . -B build/tests-$kind -DFCGICLIENT_TESTS=ON -DFCGICLIENT_WERROR=$werror "$@" || return 1
  step cmake --build build/tests-$kind -j "$jobs" && echo "== $kind: built in $(($(now) - since)) seconds"
}

some() { # some KIND CTEST-OPTIONS...: adds to $did, $did_not, $left_out
  log_of_these=build/tests-$1/Testing/Temporary/LastTest.log
  rm -f $log_of_these
  folder=build/tests-$1
  shift
  ctest --test-dir $folder --output-on-failure --no-tests=error "$@"
  set -- $(count $log_of_these)
  did=$((did + $1)) did_not=$((did_not + $2)) left_out=$((left_out + $3))
}

check() { # check KIND SLOWNESS [LABEL]: without the tests of the label
  kind=$1 since=$(now)
  export CK_TIMEOUT_MULTIPLIER="$2"
  echo "== $kind: running"
  at_once=$jobs did=0 did_not=0 left_out=0
  [ "$kind" = plain ] || at_once=$((jobs + 1)) # what looks by the clock is plain
  some $kind -j $((jobs * 4)) -L waits ${3:+-LE "$3"} # these leave the processors alone
  some $kind -j $at_once -LE "waits${3:+|$3}"
  echo "== $kind: $did passed, $did_not failed, $left_out skipped, in $(($(now) - since)) seconds"
  passed=$((passed + did)) failed=$((failed + did_not)) skipped=$((skipped + left_out))
}

export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-60}"
export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
[ -n "$all" ] && export FCGICLIENT_TEST_ALL=1
[ -n "$php" ] || export FCGICLIENT_TEST_NO_PHP=1

# Builds for Windows while the tests under ASan, of which none looks by the clock, leave a processor alone.
windows_ahead() {
  chrt --idle 0 sh tests/windows.sh --build >build/windows-ahead.log 2>&1 </dev/null &
  ahead=$!
  trap 'kill $ahead 2>/dev/null' EXIT
  trap 'exit 130' INT TERM HUP
}
build plain && check plain 1
[ -z "$windows" ] || windows_ahead
build asan -DCMAKE_BUILD_TYPE=Debug -DFCGICLIENT_SANITIZE=address,undefined -DFCGICLIENT_WERROR=OFF && check asan 5 plain
if [ -n "$all" ]; then
  build tsan -DCMAKE_BUILD_TYPE=Debug -DFCGICLIENT_SANITIZE=thread -DFCGICLIENT_WERROR=OFF && check tsan 10 plain
  build valgrind -DCMAKE_BUILD_TYPE=Debug \
    "-DFCGICLIENT_TEST_LAUNCHER=valgrind;-q;--leak-check=full;--errors-for-leak-kinds=definite;--error-exitcode=99" &&
    check valgrind 20 plain
fi
elsewhere() { # elsewhere NAME OPTIONS...: a script that counts by itself; what it says last is ours
  name=$1
  shift
  echo "== $name: building and running"
  sh tests/$name.sh "$@" >build/$name.log 2>&1 || grep -vE 'Passed|Start ' build/$name.log | tail -n 60
  grep -E '^== .* seconds$' build/$name.log
  set -- $(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' build/$name.log)
  echo "== $name: ${1:-0} passed, ${2:-1} failed"
  passed=$((passed + ${1:-0})) failed=$((failed + ${2:-1}))
}
if [ -n "$windows" ]; then
  wait $ahead # what went wrong there goes wrong again
  trap - EXIT INT TERM HUP
  elsewhere windows ${all:+--all}
fi
[ -z "$all" ] || elsewhere portable
fuzz() { # each fuzzer counts as one
  step cmake -S . -B build/fuzz -DCMAKE_C_COMPILER=clang -DFCGICLIENT_FUZZ=ON -DFCGICLIENT_EXAMPLES=OFF &&
    step cmake --build build/fuzz -j "$jobs" || return 1
  seconds=${FCGICLIENT_FUZZ_SECONDS:-600}
  for corpus in tests/fuzz/corpus/*; do
    name=$(basename "$corpus") dict=head max=2000
    [ ! -f "tests/fuzz/$name.dict" ] || dict=$name
    [ $name != contract ] || max=400
    echo "== fuzz_$name: $seconds seconds"
    mkdir -p build/fuzz/finds/$name
    step build/fuzz/fuzz/fuzz_$name -dict=tests/fuzz/$dict.dict -max_len=$max -max_total_time="$seconds" -len_control=0 \
      -artifact_prefix=build/fuzz/finds/ build/fuzz/finds/$name "$corpus" && passed=$((passed + 1))
  done
}
servers() { # web servers, each in front of `fcgi app`; ours must break nothing
  echo "== servers: what they send to an application"
  bin=build/tests-plain/bin
  step sh -c "sh tests/harness/servers.sh --install $bin/fcgi $PWD/$bin/httpd >build/servers.md" && passed=$((passed + 1))
}
[ -z "$all" ] || fuzz
applications() { # FastCGI applications in the field; ours must meet all
  echo "== applications: which requirements they meet"
  bin=build/tests-plain/bin
  step sh -c "sh tests/harness/applications.sh --install $bin/fcgi $bin/app >build/applications.md" && passed=$((passed + 1))
}
languages() { # applications in other languages, behind httpd: what the plain run left out is installed
  echo "== languages"
  step sh -c "sh tests/interop/languages.sh build/tests-plain/bin/httpd --install --table build/languages.md" && passed=$((passed + 1))
}
peers() { # the same requests and the same odd answers through other web servers; ours does as it says
  echo "== other servers: parameters, odd answers"
  bin=build/tests-plain/bin
  step sh -c "sh tests/interop/params.sh --install $bin/fcgi $bin/httpd >build/params.md" && passed=$((passed + 1))
  step sh -c "sh tests/interop/odd.sh $bin/fcgi $bin/httpd >build/odd.md" && passed=$((passed + 1))
}
world() { # whole applications behind httpd, in a browser: installs a gigabyte
  echo "== applications of the real world"
  sh tests/interop/world.sh build/tests-plain/bin/httpd --table build/world.md >build/world.log 2>&1
  case $? in
    0) passed=$((passed + 1)) ;;
    77) tail -n 1 build/world.log && skipped=$((skipped + 1)) ;;
    *) tail -n 60 build/world.log && failed=$((failed + 1)) ;;
  esac
}
[ -z "$all" ] || languages
[ -z "$all" ] || world
[ -z "$all" ] || peers
[ -z "$all" ] || servers
[ -z "$all" ] || applications
[ -z "$clang" ] || build clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O0 # for its warnings

[ -z "$all" ] || { echo "== planting faults"; step sh tests/faults/plant.sh build/planted && passed=$((passed + 1)); }

[ "$passed" -gt 0 ] || failed=$((failed + 1))
if [ "$skipped" -gt 0 ]; then
  echo "($skipped skipped: $([ -n "$php" ] || echo 'without PHP, ')see build/tests-*/Testing/Temporary/LastTest.log)"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
