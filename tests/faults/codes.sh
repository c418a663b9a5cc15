#!/bin/sh
# Claim: every error code is provoked by a test, and by real programs where these can provoke it.
# usage: codes.sh SOURCE [--table]   (--table: prints which tests do, in Markdown)
source=$1
tests=$source/tests
checks=0 failures=0
codes=$(sed -n 's/^ *XX(\([A-Z_]*\), [0-9]*, .*/\1/p' "$source/include/fcgiclient/base.h")

where() { # where CODE: the files that claim it
  grep -lE "FCL_E_$1\b" "$tests"/real/*.c "$tests"/client/*.c "$tests"/config/*.c "$tests"/platform/*.c 2>/dev/null
  grep -lE "error=$1\b" "$tests"/transcripts/*.fcgi "$source"/adapters/harness/stock/*
}
[ "$2" = --table ] && printf '| code | with real programs | with a scripted application |\n|---|---|---|\n'
for code in $codes; do
  files=$(where "$code" | sed "s|$source/||")
  checks=$((checks + 1))
  if [ -z "$files" ]; then
    echo "FAILED: no test provokes $code"
    failures=$((failures + 1))
  fi
  [ "$2" = --table ] && printf '| %s | %s | %s |\n' "$code" \
    "$(echo "$files" | grep '^tests/real' | sed 's|.*/||' | paste -sd' ')" \
    "$(echo "$files" | grep -v '^tests/real' | sed 's|.*/||' | paste -sd' ')"
done
[ "$2" = --table ] && exit
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
