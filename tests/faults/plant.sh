#!/bin/sh
# Claim: the tests notice faults.  Plants those of planted.txt in a copy of the tree, one at a time, and runs the tests of the room
# (and of the wire, for the transport); says which went unnoticed.  usage: sh tests/faults/plant.sh [FOLDER] [FIRST [LAST]]
# Writes the table faults/planted.md beside this script when it has planted them all.  Needs perl, which Debian always has.
cd "$(dirname "$0")/../.." || exit 1
folder=${1:-build/planted}
first=${2:-1} last=${3:-$(grep -vc '^#' tests/faults/planted.txt)}
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

mkdir -p "$folder" && folder=$(cd "$folder" && pwd) && rm -rf "$folder/tree" && mkdir "$folder/tree" &&
  cp -r CMakeLists.txt lib include adapters examples tests "$folder/tree" || exit 1
cmake -S "$folder/tree" -B "$folder/build" -DCMAKE_BUILD_TYPE=Debug -DFCGICLIENT_TESTS=ON >"$folder/log" 2>&1 || exit 1

codec="test_record test_record_cuts test_stream test_pairs test_params test_params_records test_params_refused test_params_cut
  test_head test_head_meaning test_head_refused test_response"
pool="test_timeouts test_pool test_recycle test_close test_member test_member_start test_exit test_proof test_ticket test_pause test_retry
  test_breaker test_balance test_reach test_share test_share_ends test_storm"
transport="test_connection test_connection_write test_connection_hold test_wire test_wire_bytes test_ids test_multiplex
  test_multiplex_write test_multiplex_ends test_multiplex_cuts test_wire_writing test_wire_reading test_wire_kept test_wire_cuts"

tests_of() { # tests_of FILE
  case $1 in
    codec/*) echo $codec ;;
    pool/*) echo $pool ;;
    transport/*) echo $transport ;;
  esac
}
cell() { # cell TEXT: on one line, without what ends a cell
  printf '%s' "${1:-nothing}" | sed 's/\\n */ /g; s/|/\\|/g; s/^ *//; s/ *$//'
}
build() { # build TESTS...
  cmake --build "$folder/build" -j "$jobs" --target "$@" >"$folder/log" 2>&1
}
notice() { # notice TESTS...: says which test fails first, or that it does not compile; 1: all pass
  build "$@" || { echo "the compiler"; return 0; }
  for test in "$@"; do
    CK_DEFAULT_TIMEOUT=20 timeout 120 "$folder/build/tests/$test" >"$folder/log" 2>&1 || {
      echo "$test: $(sed -n 's/.*:[FE]:[^:]*:\([^:]*\):.*/\1/p' "$folder/log" | head -n 1)"
      return 0
    }
  done
  return 1
}

for room in "$codec" "$pool" "$transport"; do
  build $room || { tail "$folder/log"; exit 1; }
  ! notice $room || { echo "a test fails before anything is planted"; exit 1; }
done
n=0 caught=0 missed=0
echo "| # | file | stands there | planted | noticed by |
|---|---|---|---|---|" >"$folder/table"
tab=$(printf '\t')
while IFS="$tab" read -r file old new; do
  case $file in \#* | "") continue ;; esac
  n=$((n + 1))
  [ $n -ge "$first" ] && [ $n -le "$last" ] || continue
  OLD=$old NEW=$new perl -0777 -i -pe 'BEGIN { for (qw(OLD NEW)) { $ENV{$_} =~ s/\\n/\n/g } }
    s/\Q$ENV{OLD}\E/$ENV{NEW}/' "$folder/tree/lib/$file"
  if cmp -s "lib/$file" "$folder/tree/lib/$file"; then
    printf '%s\n' "$n: $file no longer has: $old"
    missed=$((missed + 1))
    continue
  fi
  if by=$(notice $(tests_of "$file")); then
    caught=$((caught + 1))
  else
    missed=$((missed + 1)) by="**nothing**"
    printf '%s\n' "$n: unnoticed in $file: $old -> $new"
  fi
  printf '| %s | %s | `%s` | `%s` | %s |\n' "$n" "$file" "$(cell "$old")" "$(cell "$new")" "$by" >>"$folder/table"
  cp "lib/$file" "$folder/tree/lib/$file"
done <tests/faults/planted.txt
echo "$caught of $((caught + missed)) planted faults were noticed"
[ "$first" != 1 ] || [ "$n" != "$last" ] || {
  echo "# Planted faults"
  echo
  echo "Written by \`sh tests/faults/plant.sh\`: $caught of $((caught + missed)) were noticed by the tests."
  echo
  cat "$folder/table"
} >tests/faults/planted.md
[ $missed -le 2 ]
