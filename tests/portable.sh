#!/bin/sh
# Builds the rooms of the library that know no system as programs for other processors, and runs their tests here: 32 bit Linux,
# big-endian s390x, aarch64.  The last line is "N passed, N failed".  On Debian it first installs what is missing (root or sudo).
usage() {
  cat <<TXT
usage: sh tests/portable.sh [i386] [s390x] [arm64]
All three unless it is told which.  Builds in build/portable; needs 350 MB of Debian's cross compilers, and qemu-user.
TXT
}
cd "$(dirname "$0")/.." || exit 1
. lib/packaging/debian.sh
. tests/support/count.sh
rooms="support base codec cgi stats config pool"

for one in "$@"; do
  case $one in
    i386 | s390x | arm64) ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ $# -gt 0 ] || set -- i386 s390x arm64

compiler_of() { # as Debian calls it
  case $1 in
    i386) echo i686-linux-gnu ;;
    s390x) echo s390x-linux-gnu ;;
    arm64) echo aarch64-linux-gnu ;;
  esac
}
packages="make cmake pkg-config"
for one in "$@"; do
  packages="$packages gcc-$(compiler_of "$one") libc6-dev-$one-cross"
  [ "$one" = i386 ] || packages="$packages qemu-user"
done
need $packages || exit 1

folder=$PWD/build/portable
mkdir -p "$folder"
log=$folder/portable.log
: >"$log"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
passed=0 failed=0 table=
export CK_TIMEOUT_MULTIPLIER=10 # an emulator is not quick

step() { # step SECONDS WORDS...: runs quietly; what it said is shown when it fails
  timeout -k 10 "$@" >>"$log" 2>&1 </dev/null && return 0
  echo "FAILED: $*"
  tail -n 20 "$log"
  return 1
}

build() { # build ARCHITECTURE
  triplet=$(compiler_of $1)
  step 300 sh tests/portable/libraries.sh "$folder/$1" $1 "$(echo $triplet | sed 's/i686/i386/')" &&
    step 300 cmake -G "Unix Makefiles" -S . -B "$folder/$1/build" -DCMAKE_TOOLCHAIN_FILE="$PWD/tests/portable/linux.cmake" \
      -DPORTABLE_TRIPLET=$triplet -DPORTABLE_PREFIX="$folder/$1" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1 -DFCGICLIENT_WERROR=ON \
      -DFCGICLIENT_TESTS=ON -DFCGICLIENT_SHARED=OFF -DFCGICLIENT_EXAMPLES=OFF -DFCGICLIENT_HARNESS=OFF || return 1
  for room in $rooms; do
    step 1200 make -s -C "$folder/$1/build/tests/$room" -j "$jobs" || return 1
  done
}

# check ARCHITECTURE: a row of the table
check() {
  row="| $1 |"
  for room in $rooms; do
    log_of_these=$folder/$1/build/tests/$room/Testing/Temporary/LastTest.log
    rm -f "$log_of_these"
    timeout -k 10 1800 ctest --test-dir "$folder/$1/build/tests/$room" -j $((jobs + 1)) -LE plain --timeout 600 --output-on-failure \
      --no-tests=error >"$folder/$1/$room.log" 2>&1 </dev/null || cat "$folder/$1/$room.log"
    counts=$(count "$log_of_these")
    row="$row $(echo $counts | awk '{ printf "%d", $1; if ($2) printf ", %d FAILED", $2 }') |"
    passed=$((passed + ${counts%% *}))
    failed=$((failed + $(echo $counts | awk '{ print $2 }')))
  done
  table="$table$row
"
}

for one in "$@"; do
  echo "== $one: building"
  build "$one" || { failed=$((failed + 1)); continue; }
  echo "== $one: running"
  check "$one"
done
printf '| |%s\n%s\n' "$(printf ' %s |' $rooms)" "$table" | tee "$folder/results.md"
[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
