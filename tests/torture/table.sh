#!/bin/sh
# Runs every exchange under every fault at every call, and prints how often each was injected: table.md.
# usage: table.sh TEST-PROGRAM   (build/tests/test_torture)
counts=$(mktemp) || exit 1
trap 'rm -f "$counts"' EXIT
TORTURE_COUNTS=$counts FCGICLIENT_TEST_ALL=1 CK_VERBOSITY=minimal "$1" >&2
failed=$?

cat <<'TXT'
# What was made to fail

Made by `sh tests/torture/table.sh build/tests/test_torture > tests/torture/table.md`. Each number is a count of runs of a whole
exchange in which that fault struck: at the first call of its kind, at the second, and so on until a run had none.

TXT
awk -F '\t' '
  { key = $1; if (!(key in seen)) { seen[key] = 1; order[++n] = key }
    sum[key, $2] += $4; shapes[key]++; all[$2] += $4 }
  END {
    print "| fault | once | for ever |"; print "|---|---:|---:|"
    for (i = 1; i <= n; i++) printf "| %s | %d | %d |\n", order[i], sum[order[i], "once"], sum[order[i], "for ever"]
    printf "| **all** | **%d** | **%d** |\n\n", all["once"], all["for ever"] }' "$counts"
awk -F '\t' '
  { if (!($3 in seen)) { seen[$3] = 1; order[++n] = $3 } sum[$3] += $4 }
  END {
    print "| exchange | runs with a fault |"; print "|---|---:|"
    for (i = 1; i <= n; i++) printf "| %s | %d |\n", order[i], sum[order[i]] }' "$counts"
exit $failed
