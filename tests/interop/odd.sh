#!/bin/sh
# odd.sh: what web servers send their clients when an application's answer is odd (odd.pl): the table odd.md.
# usage: odd.sh [--install] [--only SERVER] FCGI HTTPD >odd.md
# Claim: httpd sends what odd_expected.txt says, whatever the others do.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
. "$here/../harness/servers_run.sh"
. "$here/peers.sh"
[ "$1" = --install ] && shift && peers_need
servers="nginx apache lighttpd haproxy caddy httpd"
[ "$1" = --only ] && servers=$2 && shift 2
fcgi=$1 httpd=$2
[ -x "$fcgi" ] && [ -x "$httpd" ] || { echo "usage: odd.sh [--install] [--only SERVER] FCGI HTTPD >odd.md" >&2; exit 2; }
fcgi=$(realpath "$fcgi") httpd=$(realpath "$httpd")
peers_folder
/usr/bin/perl "$here/odd.pl" --list >list

# The answer to one request, as a cell: status, what became of fields that matter, the body; or how it failed.
cell() { # cell NAME
  : >head
  : >body
  curl -s -m 5 -D head -o body -H 'Connection: close' "http://127.0.0.1:$port/page.php?$1"
  verdict=$?
  tr -d '\r' <head | awk -v verdict=$verdict -v bytes="$(wc -c <body)" -v body="$(head -c 20 body | tr -c '[:print:]' ' ')" '
    function field(what) { extra = extra (extra ? ", " : "") what }
    /^HTTP/ { status = $2; next }
    { name = tolower($0); sub(/:.*/, "", name); value = $0; sub(/^[^:]*: */, "", value) }
    name == "location" { field("Location " value) }
    name == "x-a" { field("X-A " (length(value) > 40 ? length(value) " bytes" : "\"" value "\"")) }
    name == "set-cookie" { cookies++ }
    name == "content-length" { length_said = value }
    name ~ /^x-[0-9]+$/ { numbered++ }
    name == "status" || name == "keep-alive" || name == "x a" { field(name " passed on") }
    END {
      if (status == "") { print verdict == 28 ? "no answer" : "closed"; exit }
      if (numbered) field(numbered " fields")
      if (cookies) field(cookies " cookies")
      text = status
      if (verdict != 0) text = text ", cut off"
      else if (status < 400 && bytes > 0 && body !~ /^0123456789$/ && body !~ /</) text = text ", " bytes " bytes"
      else if (bytes == 0 && status == 200) text = text ", no body"
      if (status < 400 || body ~ /^0123456789/) text = text (extra ? ", " extra : "")
      if (status >= 400 && body ~ /^0123456789/) text = text " of its own"
      gsub(/\|/, "/", text)
      print text
    }'
}

to=$(free_port)
/usr/bin/perl "$here/odd.pl" $to >listening &
application=$!
until [ -s listening ]; do kill -0 $application || exit 1; sleep 0.02; done
there=
for name in $servers; do
  is_there $name || continue
  function=${name}_
  [ $name != apache ] || function=apache
  up $function '/page.php?plain' || continue
  there="$there $name"
  while IFS='|' read -r answer what; do
    cell "$answer" >"$name.$answer"
    kill -0 $server 2>/dev/null && continue
    echo "**it crashed**" >"$name.$answer"
    up $function '/page.php?plain' || break
  done <list
  down
done

# ---- The table ----
cat <<'TXT'
# Odd answers, and what servers make of them

Made by `tests/interop/odd.sh`: `odd.pl` answers, each server passes it on to `curl`. Servers are configured as their manuals show,
and as in `tests/harness/servers.md`. A cell is the status that the client gets, with the size of the body where it is not the one
of 10 bytes that was sent, and the fields in question; "of its own": the application's page, else the server's; "cut off": the
client sees that the answer is not whole.

TXT
for name in $there; do echo "- **$name**: $(version_of $name)"; done
echo
row "answer" "" $there
row --- --- $(for name in $there; do echo ---; done)
while IFS='|' read -r answer what; do
  printf '| %s | %s |' "$answer" "$what"
  for name in $there; do printf ' %s |' "$(cat "$name.$answer")"; done
  echo
done <list
printf '\n## Why httpd answers as it does\n\n'
failures=0 checks=0
while IFS='|' read -r answer expected why; do
  checks=$((checks + 1))
  [ -z "$why" ] || echo "- $answer: $why"
  [ "$(cat "httpd.$answer")" = "$expected" ] && continue
  failures=$((failures + 1))
  echo "FAILED: httpd, $answer: $(cat "httpd.$answer"), and not $expected" >&2
done <"$here/odd_expected.txt"
[ $checks = "$(wc -l <list)" ] || { failures=$((failures + 1)); echo "FAILED: odd_expected.txt has not all answers" >&2; }
echo "Checks: $checks, Failures: $failures, Errors: 0" >&2
[ $failures = 0 ]
