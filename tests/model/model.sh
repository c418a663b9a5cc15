#!/bin/sh
# Claim: the pool's state machine loses no request, tells none twice and is never stuck, whatever processes, callers and clocks
# do and in whatever order; and the model notices when a rule is broken.  usage: model.sh TABLE   (needs spin and a C compiler)
table=$1
here=$(cd "$(dirname "$0")" && pwd)
command -v spin >/dev/null && command -v cc >/dev/null || { echo "spin is not installed"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir" || exit 1
checks=0 failures=0
cp "$here/pool.pml" . && "$table" >table.pml || exit 1

search() { # search DEFINITION...: 0 when no order of events breaks a claim; says how many states there are
  spin -a "$@" pool.pml >out 2>&1 && cc -O0 -w -DSAFETY -DCOLLAPSE -DMEMLIM=3000 -o pan pan.c >>out 2>&1 || { cat out; return 2; }
  ./pan -m500000 >out 2>&1
  states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' out)
  [ -n "$states" ] && [ "$states" -gt 100 ] || [ -n "$planted" ] || { cat out; return 2; }
  grep -q 'errors: 0$' out && ! grep -q 'max search depth too small\|out of memory' out
}
claim() {
  checks=$((checks + 1))
  [ "$1" = 0 ] && return
  failures=$((failures + 1))
  echo "FAILED: $2"
  tail -n 30 out
}

planted=
search -DSMALL
claim $? "two requests, one process beside one that leaves: every order of events ends well"
echo "small: $states states"
if [ -n "${FCGICLIENT_TEST_ALL:-}" ]; then
  search
  claim $? "three requests, two processes beside one that leaves: every order of events ends well"
  echo "whole: $states states"
fi
planted=1
for plant in FORGETS ${FCGICLIENT_TEST_ALL:+KEEPS BELIEVES GREEDY}; do # a rule is broken: the search must find that
  search -DSMALL -DPLANT_$plant
  [ $? = 1 ]
  claim $? "the planted fault $plant is found"
done
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
