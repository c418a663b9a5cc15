#!/bin/sh
# Claim: httpd in front of several applications: requests with the same key stay with one of them, others take turns.
# usage: affinity.sh HTTPD APP
httpd=$1 app=$2
dir=$(mktemp -d) || exit 1
checks=0 failures=0 pids=

end() {
  kill $pids 2>/dev/null
  rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' INT TERM HUP

claim() { # claim SENTENCE COMMAND...
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence"
}

echo source >"$dir/x.app"
connects=
for n in 1 2 3; do
  "$app" --listen "unix:$dir/$n.sock" &
  pids="$pids $!"
  connects="$connects --connect app=unix:$dir/$n.sock"
done
for n in 1 2 3; do
  while [ ! -S "$dir/$n.sock" ]; do sleep 0.05; done
done

start() { # start OPTION...: httpd, and its URL in $url
  : >"$dir/url"
  "$httpd" --listen 127.0.0.1:0 --root "$dir" --quiet $connects "$@" >"$dir/url" 2>"$dir/log" &
  server=$!
  pids="$pids $server"
  while [ ! -s "$dir/url" ]; do sleep 0.05; done
  url=$(sed 's/.*http/http/' "$dir/url")
}

stop() {
  kill "$server"
  wait "$server"
}

who() { # who CURL-OPTION...: the process that answers
  curl -s "$@" "${url}x.app?pid=1"
}

apps() { # how many different ones answered
  sort -u "$dir/answers" | wc -l
}

same_for() { # same_for HEADER: 10 requests with it, 20 keys; all of a key's from one, and all three are used
  : >"$dir/all"
  for key in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    : >"$dir/answers"
    for n in 1 2 3 4; do who -H "$1$key" >>"$dir/answers"; done
    [ "$(apps)" -eq 1 ] || return 1
    cat "$dir/answers" >>"$dir/all"
  done
  mv "$dir/all" "$dir/answers"
  [ "$(apps)" -eq 3 ]
}

in_turn() { # in_turn CURL-OPTION...
  : >"$dir/answers"
  for n in 1 2 3 4 5 6; do who "$@" >>"$dir/answers"; done
  [ "$(apps)" -eq 3 ]
}

start --affinity cookie:sid --threads 2
claim "a cookie's value stays with one application, in whatever thread" same_for "Cookie: a=b; sid="
claim "another cookie means nothing" in_turn -H "Cookie: xsid=1; sidx=2"
stop
start --affinity header:X-User
claim "a header field's value stays with one application" same_for "x-uSer: "
claim "without the field they take turns" in_turn
stop
start --affinity address
: >"$dir/answers"
for n in 1 2 3 4 5 6; do who >>"$dir/answers"; done
claim "a client's address stays with one application" [ "$(apps)" -eq 1 ]
stop
start --balance round-robin
claim "in turn all are asked" in_turn
stop
for bad in "--affinity cookie:" "--affinity session" "--balance most"; do
  claim "$bad is refused" [ "$("$httpd" $bad 2>/dev/null; echo $?)" -eq 2 ]
done
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" -eq 0 ]
