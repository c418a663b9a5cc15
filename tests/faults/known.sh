#!/bin/sh
# Claim: each known fault of other FastCGI clients has a test or transcript that names its id, or a reason why it has none.
# usage: known.sh TESTS   (the folder of all tests)
tests=$1
last=154 named=0 never=0 later=0 failures=0
ids=$(grep -rhoE 'KF-[0-9]{3}' --include='*.[ch]' --include='*.sh' --include='*.fcgi' "$tests" | sort | uniq -c | awk '{print $2}')

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

for number in $(seq -f '%03g' $last); do
  id=KF-$number
  reason=$(sed -n "s/^$id //p" "$tests/faults/exempt.txt")
  if echo "$ids" | grep -qx "$id"; then
    named=$((named + 1))
    [ -z "$reason" ] || fail "$id has a test now: take it out of exempt.txt"
    continue
  fi
  case $reason in
    never\ ?*) never=$((never + 1)) ;;
    later\ ?*) later=$((later + 1)) ;;
    *) fail "$id has neither a test nor a reason in exempt.txt" ;;
  esac
done
for id in $ids; do
  [ "${id#KF-}" -le $last ] 2>/dev/null || [ "$(echo "${id#KF-}" | sed 's/^0*//')" -le $last ] || fail "$id is no known fault"
done
echo "$named of $last known faults have tests that name them; $never cannot concern this library, $later concern parts to come"
echo "Checks: $last, Failures: $failures, Errors: 0"
[ $failures = 0 ]
