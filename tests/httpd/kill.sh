#!/bin/sh
# KF-129
# Claim: however httpd dies under load, two seconds later no application process and no descendant of one is left, and
# no socket either.  usage: kill.sh HTTPD   (50 deaths; 200 with FCGICLIENT_TEST_ALL set)
httpd=$1
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && php=$(command -v php-cgi) || exit 77
dir=$(mktemp -d) || exit 1
checks=0 failures=0 hosts=
mark=FCL_MARK=$$.$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

cat >"$dir/page.php" <<'PHP'
<?php
if (isset($_GET['session'])) // a child that leaves its process group and its session, and ignores what it is told
  shell_exec('setsid sh -c "trap \"\" TERM HUP INT; sleep 60" >/dev/null 2>&1 &');
echo str_repeat("page\n", 20000);
PHP

# Processes with the mark in their environment, which every descendant inherits.
marked() {
  grep -l "$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}

# random FROM BELOW
random() {
  echo $(($1 + $(od -An -N2 -tu2 /dev/urandom) % ($2 - $1)))
}

end() {
  kill $hosts 2>/dev/null
  for pid in $(marked "$mark"); do kill -9 "$pid" 2>/dev/null; done
  rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' INT TERM HUP

claim() { # claim SENTENCE COMMAND...: counts, and says what failed
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence"
}

start() { # start NUMBER: httpd with workers that have children, and its URL in $dir/NUMBER.url
  mkdir -p "$dir/run$1"
  rm -f "$dir/$1.url" # the one of before is not this one's
  env "$mark.$1." PHP_FCGI_CHILDREN=3 "$httpd" --listen 127.0.0.1:0 --root "$dir" --app ".php=$php" --processes 2 \
    --runtime-directory "$dir/run$1" >"$dir/$1.url" 2>"$dir/$1.log" &
  eval "pid$1=$!"
  hosts="$hosts $!"
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q http "$dir/$1.url" 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

load() { # load NUMBER [QUERY]: four clients until the server is gone, behind a first request with the query
  url=$(sed -n 's/^listening on //p' "$dir/$1.url")
  curl -s -o /dev/null "${url}page.php${2:-}"
  for client in 1 2 3 4; do
    (for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      curl -s -o /dev/null --max-time 5 "${url}page.php" || break
    done) &
  done
}

guardian_of() { # the guardian is a marked process of that name
  for pid in $(marked "$mark.$1."); do
    grep -q '^fcl-guardian' "/proc/$pid/comm" 2>/dev/null && echo "$pid"
  done
}

gone() { # gone NUMBER: within two seconds of now
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -z "$(marked "$mark.$1.")" ] && return 0
    sleep 0.1
  done
  for pid in $(marked "$mark.$1."); do
    tr '\0' ' ' <"/proc/$pid/cmdline" | sed "s/^/  still there: $pid /"
    echo
  done
  return 1
}

direct_gone() { # the workers that the guardian started itself; their children may be left
  for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=
    for pid in $workers; do [ -d "/proc/$pid" ] && grep -q "$mark" "/proc/$pid/environ" 2>/dev/null && left=$pid; done
    [ -z "$left" ] && return 0
    sleep 0.1
  done
  return 1
}

empty() {
  [ -z "$(ls -A "$1")" ]
}

# ---- The host is killed, at random moments, several at a time ----
rounds=10
[ -n "${FCGICLIENT_TEST_ALL:-}" ] && rounds=40
round=0
while [ $round -lt $rounds ]; do
  round=$((round + 1))
  for n in 1 2 3 4 5; do start $n || claim "httpd starts" false; done
  for n in 1 2 3 4 5; do load $n '?session=1'; done
  for n in 1 2 3 4 5; do
    sleep "0.$(random 100 300)"
    eval "kill -9 \$pid$n"
  done
  for n in 1 2 3 4 5; do
    claim "no process is left two seconds after httpd was killed" gone $n
    claim "no socket is left after httpd was killed" empty "$dir/run$n"
  done
done

# ---- The guardian is killed first: the host ends the process groups that it knows, and goes on with another ----
start 1 && load 1
sleep 0.2
kill -9 $(guardian_of 1)
url=$(sed -n 's/^listening on //p' "$dir/1.url")
claim "a request is served after the guardian was killed" curl -s -o /dev/null --fail --retry 5 --retry-all-errors --retry-delay 1 "${url}page.php"
eval "kill -9 \$pid1"
claim "no process is left when the guardian was killed before the host" gone 1

# ---- Both at once: the processes that the guardian started itself go ----
start 2 && load 2
sleep 0.2
g=$(guardian_of 2)
workers=$(cat "/proc/$g/task/$g/children")
eval "kill -9 \$pid2 $g"
claim "no process that the guardian started is left when both were killed at once" direct_gone
for pid in $(marked "$mark.2."); do kill -9 "$pid"; done

# ---- What a disorderly end left behind does not hinder the next start; an orderly one leaves nothing ----
start 2
url=$(sed -n 's/^listening on //p' "$dir/2.url")
claim "httpd serves again in the same runtime directory" curl -s -o /dev/null --fail "${url}page.php"
kill "$pid2"
wait "$pid2"
claim "an orderly end is exit 0" [ $? = 0 ]
claim "no process is left after an orderly end" gone 2
rm -rf "$dir/run3" && start 3
url=$(sed -n 's/^listening on //p' "$dir/3.url")
curl -s -o /dev/null "${url}page.php"
kill "$pid3"
wait "$pid3"
claim "no socket is left after an orderly end" empty "$dir/run3"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
