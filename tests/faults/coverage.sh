#!/bin/sh
# Claim: the tests of codec, pool and transport, and those of the client on scripted applications, execute nearly all of codec, pool
# and connection: lines 95 %, branches 90 % in each.  Needs gcovr.  usage: sh tests/faults/coverage.sh [FOLDER]
# Writes the table coverage.md beside this script.
cd "$(dirname "$0")/../.." || exit 1
folder=${1:-build/coverage}
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
command -v gcovr >/dev/null || { echo "skipped: there is no gcovr (Debian: gcovr)"; exit 77; }

mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 1
find "$folder" -name '*.gcda' -exec rm {} +
{
  cmake -S . -B "$folder" -DCMAKE_BUILD_TYPE=Debug -DFCGICLIENT_TESTS=ON -DCMAKE_C_FLAGS="--coverage -fprofile-update=atomic -DNDEBUG" &&
    cmake --build "$folder" -j "$jobs"
} >"$folder/log" 2>&1 || { tail "$folder/log"; exit 1; }
CK_DEFAULT_TIMEOUT=60 ctest --test-dir "$folder" -j "$jobs" -E 'real|isapi|pages|httpd|packaging|fcgi_|harness|faults' >"$folder/log" 2>&1 ||
  { grep -A20 'tests FAILED\|Failed' "$folder/log" | tail -n 20; echo "a test failed: the figures are of what ran"; }

# figure KIND FILTERS...: "97.5" of lines or branches
figure() {
  kind=$1
  shift
  gcovr -r . --object-directory "$folder" $(printf ' --filter %s' "$@") ${kind:+$kind} 2>/dev/null |
    awk '/^TOTAL/ { print $4 + 0 }'
}

failures=0
row() { # row NAME FILTERS...
  name=$1
  shift
  lines=$(figure "" "$@") branches=$(figure --branches "$@")
  echo "| $name | $lines | $branches |"
  [ "${lines:-0}" -ge 95 ] && [ "${branches:-0}" -ge 90 ] || failures=$((failures + 1))
}
{
  echo "# What the tests execute, in percent"
  echo
  echo "Written by \`sh tests/faults/coverage.sh\` with gcc and gcovr, assertions left out.  To hold: lines 95, branches 90."
  echo
  echo "| room | lines | branches |"
  echo "|---|---|---|"
  row codec lib/codec/
  row pool lib/pool/
  row connection lib/transport/connection.c lib/transport/records.c lib/transport/multiplex lib/transport/ids.c
} >"$folder/table"
cat "$folder/table" >tests/faults/coverage.md
tail -n 3 "$folder/table"
[ $failures = 0 ]
