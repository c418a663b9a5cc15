#!/bin/sh
# The skeleton of an adapter serves pages of examples/app.  usage: adapter.sh ADAPTER APP SOURCE [WHO-LEAVES-AT-ONCE]
# FCGICLIENT_EMULATOR runs the programs where they are of another system.
adapter="$FCGICLIENT_EMULATOR $1" app=$2 leaver=${4:-/bin/true} # the first in words
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
checks=0 failures=0
claim() { # claim SENTENCE: the command before it was right
  status=$?
  checks=$((checks + 1))
  [ "$status" = 0 ] && return
  failures=$((failures + 1))
  echo "FAILED: $1"
  cat out
}
$adapter "$app" /srv/www GET /a%20b >out </dev/null && head -n 1 out | grep -q '^HTTP/1.0 200' && grep -qx 'SCRIPT_FILENAME=/srv/www/a b' out
claim "the application is told what was asked for, and its answer comes"
head -c 300000 /dev/urandom >body
$adapter "$app" /srv/www POST /x <body >out && grep -aqx 'CONTENT_LENGTH=300000' out
claim "a body is gathered, and goes with its length"
! $adapter "$app" /srv/www GET /../x >out </dev/null && head -n 1 out | grep -q '^HTTP/1.0 400'
claim "a hostile path is refused"
! $adapter "$leaver" /srv/www GET /x >out 2>/dev/null </dev/null && grep -q '^HTTP/1.0 502' out # an emulator may join both
claim "an application that fails is a page"
[ "$(wc -l <"$3")" -le 150 ]
claim "it is a skeleton: 150 lines at most"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
