#!/bin/sh
# Runs the page suite through every server there is, and prints hosts.md: which cases pass where.
# usage: sh tests/pages/hosts.sh BUILD [BUILD-FOR-WINDOWS] >tests/pages/hosts.md     (FCGICLIENT_WINE, WINEPREFIX: of the second)
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
build=$1 windows=${2:-}
at=$(mktemp -d) && trap 'rm -rf "$at"' EXIT
export CK_VERBOSITY=verbose CK_DEFAULT_TIMEOUT=120 FCGICLIENT_PAGES_LIMITS=1 FCGICLIENT_TEST_ALL=1
column() { # column TITLE PROGRAM WORDS...
  title=$1 program=$2
  shift 2
  [ -x "$build/tests/$program" ] || return 0
  "$build/tests/$program" "$@" >"$at/said" 2>"$at/error"
  status=$?
  [ $status != 77 ] || { echo "hosts.sh: $title: $(tail -n 1 "$at/error")" >&2; return 0; }
  printf '%s\n' "$title" >>"$at/titles"
  # CASE-FILE TEST RESULT, one for each test; of a loop the worst
  sed -n 's/^[^:]*cases_\([a-z]*\)\.c:[0-9]*:\([PFE]\):[^:]*:\([A-Za-z0-9_]*\):.*/\3 \2 \1/p' "$at/said" |
    awk -v title="$title" '{ file[$1] = $3; if (!($1 in worst)) { order[++n] = $1; worst[$1] = "P" } if ($2 != "P") worst[$1] = $2 }
      END { for (i = 1; i <= n; i++) print title "\t" file[order[i]] "\t" order[i] "\t" (worst[order[i]] == "P" ? "yes" : "FAILS") }' \
      >>"$at/results"
  sed -n 's/^limit:0:\(.*\)/left out: \1/p; s/^limit:\([1-9][0-9]*\):\(.*\)/\1: \2/p' "$at/said" |
    while read -r line; do printf '| %s | %s |\n' "$title" "$line"; done >>"$at/limits"
}

column httpd pages_httpd
column "Apache, mod_isapi" pages_isapi map off 0
column "ISAPI host" pages_isapi_host isapi later 0
column "ISAPI host, synchronous" pages_isapi_host isapi sync 0
column "IIS 7 host" pages_iis7 iis7 later 0
if [ -n "$windows" ]; then
  export FCGICLIENT_PAGES_WINDOWS="$windows"
  column "ISAPI host, Wine" pages_isapi_host isapi later 0
  column "IIS 7 host, Wine" pages_iis7 iis7 later 0
fi
cat <<TXT
# Which cases pass where

Made by \`tests/pages/hosts.sh\`: the page suite, through real php-cgi, in two servers that are real (\`examples/httpd\`; Apache httpd
with mod_isapi and our extension) and in the tests' own for ISAPI and for IIS 7 and later, which is not at hand. Under Wine the DLLs
have relays for applications (\`tests/adapters/relay_win32.c\`), since there is no php-cgi for Windows here.

"yes": passes, be it with another status where the second table says so; "-": left out, as that table says.

TXT
awk -F '\t' 'NR == FNR { titles[++columns] = $1; next }
  { cell[$1, $3] = $4; if (!($3 in seen)) { seen[$3] = 1; rows[++n] = $3; of[n] = $2 } }
  END {
    head = "| case |"; rule = "|---|"
    for (c = 1; c <= columns; c++) { head = head " " titles[c] " |"; rule = rule "---|" }
    print head; print rule
    for (r = 1; r <= n; r++) {
      name = rows[r]; gsub("_", " ", name)
      line = "| " of[r] ": " name " |"
      for (c = 1; c <= columns; c++) { v = cell[titles[c], rows[r]]; line = line " " (v == "" ? "-" : v) " |" ; count[c] += v == "yes" }
      print line
    }
    line = "| **pass** |"
    for (c = 1; c <= columns; c++) line = line " " count[c] " |"
    print line
  }' "$at/titles" "$at/results"
printf '\n| server | what comes in the place of what the suite asks for |\n|---|---|\n'
cat "$at/limits"
! grep -q FAILS "$at/results"
