#!/bin/sh
# Measures the library against a client that does nothing, and httpd against other web servers, on the same responder; prints
# ratios of medians of interleaved runs, and writes them to tests/bench/results.md.  usage: sh tests/bench/run.sh [ROUNDS]
cd "$(dirname "$0")/../.." || exit 1
rounds=${1:-11}
here=$PWD/tests/bench
. lib/packaging/debian.sh
. tests/bench/peers.sh
need_peers gcc libc6-dev make cmake pkg-config libuv1-dev node-llhttp check curl strace valgrind wrk php-cgi || exit 1
mkdir -p build
echo "Building in build/bench ..."
{ cmake -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG" -DFCGICLIENT_TESTS=ON -DBUILD_SHARED_LIBS=OFF &&
  cmake --build build/bench -j 2 --target bench_raw bench_client bench_responder bench_first bench_starts httpd fcl-guardian httpd_slow_clients; } >build/bench.log 2>&1 || { tail -n 40 build/bench.log; exit 1; }

programs=$PWD/build/bench/bench
folder=$(mktemp -d) responder= front= processes= crowd=
results=$PWD/tests/bench/results.md
. tests/bench/figures.sh
trap 'stop "$crowd"; stop "$front"; stop "$processes"; stop "$responder"; cp "$folder/results" build/bench.results.md; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP

{
  echo "# Figures of the bench"
  echo
  echo "Written by \`sh tests/bench/run.sh\` on $(getconf _NPROCESSORS_ONLN) cores of: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
  echo "($(uname -sr), $(cc --version | head -n 1), -O2). Medians of $rounds interleaved runs; judge ratios,"
  echo "not absolute values. The client here is the library on the caller's libuv loop; with a thread of its own, where named so."
} >"$folder/results"

. tests/bench/against_raw.sh
mkdir -p "$folder/www" && : >"$folder/www/index.php" && chmod 755 "$folder" "$folder/www"
. tests/bench/against_hand.sh
. tests/bench/against_peers.sh
. tests/bench/against_slow.sh
cp "$folder/results" "$results"
awk -f tests/bench/plot.awk "$results" >"$here/results.svg"
