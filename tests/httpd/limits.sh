#!/bin/sh
# Claim: the limits of httpd's applications are those of all its threads: with --threads 2 --processes N there are never
# more than N php-cgi, and no request waits for long while one of them idles.
# usage: limits.sh HTTPD   (100 requests each way; 1000 with FCGICLIENT_TEST_ALL set)
httpd=$1
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && [ -x /usr/bin/php-cgi ] || {
  echo "skipped: needs php-cgi"
  exit 77
}
dir=$(mktemp -d) || exit 1
checks=0 failures=0 pid=
[ -n "${FCGICLIENT_TEST_ALL:-}" ] && total=1000 || total=100

end() {
  [ -n "$pid" ] && kill "$pid" 2>/dev/null
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

echo '<?php usleep(10000); echo getmypid(), "\n";' >"$dir/n.php"

serve() { # serve THREADS PROCESSES
  FCL_TEST_MARKER=$dir "$httpd" --listen 127.0.0.1:0 --root "$dir" --threads "$1" --processes "$2" --max-requests 100000 \
    --app .php=/usr/bin/php-cgi --quiet 2>>"$dir/log" >"$dir/url" &
  pid=$!
  while [ ! -s "$dir/url" ]; do sleep 0.05; done
  url=$(sed 's/.*http/http/' "$dir/url")
}

stop() {
  kill "$pid"
  wait "$pid"
  pid=
  : >"$dir/url"
}

# How many php-cgi of this test live: those that were there, and still are, and are no zombies.
alive() {
  n=0
  for at in $(grep -lzs "^FCL_TEST_MARKER=$dir\$" /proc/[0-9]*/environ); do
    { read -r stat <"${at%environ}stat"; } 2>/dev/null || continue
    case $stat in
    *"(php-cgi"*") Z "* | *"(php-cgi"*") X "*) ;;
    *"(php-cgi"*) n=$((n + 1)) ;;
    esac
  done
  echo "$n"
}

# The most that lived at once, until $dir/over is there.
watch() {
  most=0
  while [ ! -e "$dir/over" ]; do
    now=$(alive)
    [ "$now" -gt "$most" ] && most=$now
  done
  echo "$most" >"$dir/most"
}

# A connection each, so that all threads get some; "status milliseconds", one a line.
ask() { # ask AT_ONCE
  n=0
  while [ "$n" -lt "$total" ]; do
    printf 'url = "%sn.php"\noutput = "/dev/null"\nwrite-out = "%%{http_code} %%{time_total}\\n"\nheader = "Connection: close"\n' "$url"
    n=$((n + 1))
    [ "$n" -lt "$total" ] && echo next
  done >"$dir/config"
  rm -f "$dir/over"
  watch &
  watcher=$!
  parallel=
  [ "$1" -gt 1 ] && parallel="--parallel --parallel-immediate --parallel-max $1"
  # shellcheck disable=SC2086
  curl -s --no-keepalive $parallel -K "$dir/config" 2>"$dir/curl" | awk '$1 == 200 { print int($2 * 1000) }' >"$dir/times"
  : >"$dir/over"
  wait "$watcher"
}

check() { # check PROCESSES WORST_MS WHAT
  claim "all are answered ($3)" [ "$(wc -l <"$dir/times")" -eq "$total" ]
  worst=$(sort -n "$dir/times" | tail -1)
  most=$(cat "$dir/most")
  echo "$3: $total requests, at most $most php-cgi, the worst request $worst ms"
  claim "there are never more than $1 ($3)" [ "$most" -le "$1" ]
  claim "none takes $2 ms ($3)" [ "${worst:-99999}" -lt "$2" ]
}

serve 2 2
ask 1
check 2 1000 "2 threads, 2 processes, one at a time"
ask 2
check 2 1000 "2 threads, 2 processes, two at once"
ask 8
check 2 3000 "2 threads, 2 processes, eight at once"
limits=$(curl -s "$url-/metrics" | awk '/^fcgiclient_processes_max/ { sum += $NF } END { print sum }')
claim "/-/metrics tells the limit of all threads (${limits:-nothing})" [ "${limits:-0}" -eq 2 ]
stop
serve 4 1
ask 4
check 1 5000 "4 threads, 1 process, four at once"
stop
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" -eq 0 ]
