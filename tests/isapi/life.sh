#!/bin/sh
# Claim: whatever becomes of Apache, no process of ours outlives it, and a graceful restart loses no request.
# usage: life.sh LOAD SITE   (variables: see apache.sh)
here=$(dirname "$0")
. "$here/apache.sh"
load=$1 site=$2
checks=0 failures=0
apache_can_run || exit 77
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
jobs= # of ours that run in the background
trap 'kill $jobs 2>/dev/null; kill -9 $(apache_ours "$dir") 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $* ($counts)"
  apache_list "$dir"
}

# ---- Apache, the load, and requests that do not end ----

PROCESSES=4 SERVERS=2 THREADS=32 PHP_ARGUMENTS="-d enable_post_data_reading=0 -d output_buffering=0 -d max_execution_time=0"
cp -R "$site" "$dir/root" && apache_make "$dir" || exit 1

start() {
  : >>"$dir/log"
  apache_start "$dir" || exit 1
  url=http://127.0.0.1:$port
  [ -p "$dir/meet/never" ] || mkfifo -m 666 "$dir/meet/never" "$dir/meet/go"
}
# soon COMMAND...: within ten seconds
soon() {
  limit=$(($(now_ms) + 10000))
  until "$@"; do
    [ "$(now_ms)" -lt $limit ] || return 1
    sleep 0.1
  done
}
# A page that is half made, until finish_page.
begin_page() {
  exec 9<>"$dir/meet/go"
  curl -s -N --max-time 60 "$url/stream.php?go=go" >"$dir/streamed" 9>&- &
  streaming=$!
  claim "a page has begun" soon grep -q first "$dir/streamed"
}
finish_page() {
  echo x >&9
  wait $streaming
  [ "$(cat "$dir/streamed")" = firstlast ]
}
# Eight clients, each request on a connection of its own.
load_begin() {
  "$load" "$port" /hello.php "hello
" 8 1000000000 >"$dir/counts" &
  loading=$!
  jobs="$jobs $loading"
  until_served
}
until_served() { # two children have begun to serve, so that there is something to leave behind
  soon at_least 2 fcl-guardian
}
at_least() {
  [ "$(apache_ours "$dir" "$2" | wc -l)" -ge "$1" ]
}
load_end() {
  kill "$loading"
  wait "$loading"
  counts=$(cat "$dir/counts")
  set -- $counts
  asked=$2 answered=$4 wrong=$6 lost=$8 refused=${10}
}
# A silent script, one that writes for ever to a client that hardly reads, one that waits for the rest of an upload.
hang() {
  curl -s --max-time 60 "$url/wait.php?go=never" >/dev/null &
  jobs="$jobs $!"
  curl -s --max-time 60 --limit-rate 1k "$url/left.php?end=left" >/dev/null &
  jobs="$jobs $!"
  { head -c 500000 /dev/zero; sleep 15; } 2>/dev/null | # nothing here holds our stdout: who runs this waits for its end
    curl -s --max-time 60 -X POST -H Expect: -H 'Content-Length: 1000000' -H Transfer-Encoding: -T - "$url/sum.php" >/dev/null &
  jobs="$jobs $!"
  soon at_least 3 php-cgi
}

# ---- Who is left ----

# Guardians whose server process is gone, and workers whose guardian is.
lives() { # a dead one that nobody has waited for yet is not left
  [ -d "/proc/$1" ] && ! grep -q '^State:.[ZX]' "/proc/$1/status" 2>/dev/null
}
is() { # is PID NAME: a living process of that name
  lives "$1" && [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]
}
orphans() { # each is asked about now: others begin while we look
  for pid in $(apache_ours "$dir" fcl-guardian); do
    host=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | sed 's/[^0-9]*$//; s/.* //')
    is "${host:-none}" apache2 || ! lives "$pid" || echo "$pid"
  done
  for pid in $(apache_ours "$dir" php-cgi); do
    parent=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null)
    is "${parent:-none}" fcl-guardian || ! lives "$pid" || echo "$pid"
  done
}
no_orphans() {
  deadline=$(($(now_ms) + 2500))
  until [ -z "$(orphans)" ]; do
    [ "$(now_ms)" -lt $deadline ] || return 1
    sleep 0.1
  done
}
children() { # how many processes of Apache, the first not counted
  echo $(($(apache_ours "$dir" apache2 | wc -l) - 1))
}
# A restart is over when the children of before are gone.
restarted() { # restarted CHILD...
  deadline=$(($(now_ms) + 15000))
  until is_new "$@"; do
    [ "$(now_ms)" -lt $deadline ] || return 1
    sleep 0.2
  done
}
is_new() {
  for child in "$@"; do [ ! -d "/proc/$child" ] || return 1; done
  [ "$(children)" -gt 0 ]
}
restart() { # restart HOW
  before=$(apache_ours "$dir" apache2 | grep -vx "$(cat "$dir/httpd.pid")")
  apache_run "$dir" -k "$1" && restarted $before
}

# ---- Restarts under load: one server throughout ----

start
load_begin
claim "a graceful restart comes to its end" restart graceful
load_end
claim "requests were answered throughout ($counts)" [ "$answered" -gt 100 ]
claim "it has lost no request ($counts)" [ "$asked" = "$answered" ]
claim "no process of the children of before is left two seconds later" no_orphans

begin_page
before=$(apache_ours "$dir" apache2 | grep -vx "$(cat "$dir/httpd.pid")")
claim "Apache is told to restart" apache_run "$dir" -k graceful
claim "pages are served while one of before the restart is still being made" \
  [ "$(curl -s --max-time 20 --retry 5 --retry-connrefused "$url/hello.php")" = hello ]
claim "that one is finished by the child that began it" finish_page
claim "and then this child leaves" restarted $before

claim "nothing crashed" [ -z "$(apache_faults "$dir")" ]

# A child that is told to end at once, under load, may die of SIGSEGV without us: Apache 2.4.71's event MPM closes the sockets
# of its workers from the main thread (apr_os_sock_get), while these give their memory back.  This alone is no failure.
else_at_fault() {
  apache_faults "$dir" | grep -v 'exit signal Segmentation fault'
}
torn() { # children that died so
  apache_faults "$dir" | grep -c 'exit signal Segmentation fault'
}

load_begin
claim "a restart comes to its end" restart restart
load_end
claim "no answer was wrong, whatever was lost ($counts)" [ "$wrong" = 0 ]
claim "no process of the children of before is left after a restart" no_orphans

load_begin
child=$(apache_ours "$dir" apache2 | grep -vx "$(cat "$dir/httpd.pid")" | head -n 1)
kill -9 "$child"
claim "no process of a child that was killed is left two seconds later" no_orphans
claim "Apache starts another" restarted "$child"
load_end
claim "no answer was wrong when a child was killed ($counts)" [ "$wrong" = 0 ]

[ -z "${FCGICLIENT_TEST_ALL:-}" ] || hang # Apache gives its threads ten seconds, then it kills them
load_begin
claim "Apache is told to stop" apache_run "$dir" -k stop
claim "Apache stops" apache_gone "$dir" apache2 20000
claim "no process is left after a stop under load" apache_gone "$dir"
load_end
claim "nothing else crashed" [ -z "$(else_at_fault)" ]

# ---- The end of all at once ----

start
hang
load_begin
kill -9 $(apache_ours "$dir" apache2)
claim "no process is left two seconds after all of Apache was killed" apache_gone "$dir"
load_end

torn_before=$(torn)
[ "$torn_before" = 0 ] || echo "children that died of SIGSEGV when they were ended at once: $torn_before"
start
begin_page
claim "Apache is told to stop when it has finished" apache_run "$dir" -k graceful-stop
claim "a graceful stop lets a request finish" finish_page
claim "Apache then stops" apache_gone "$dir" apache2 20000
claim "no process is left after a graceful stop" apache_gone "$dir"
claim "nothing crashed at the end" [ "$(torn) $(else_at_fault)" = "$torn_before " ]
[ $failures = 0 ] || tail -n 30 "$dir/log"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
