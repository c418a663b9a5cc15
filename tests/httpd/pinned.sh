#!/bin/sh
# Claim: with --threads 2 no request waits for a worker of php-fpm that idles on the other thread's kept connection.
# usage: pinned.sh HTTPD   (200 requests with one worker, 200 with two; 2000 each with FCGICLIENT_TEST_ALL set)
httpd=$1
fpm=
for at in /usr/sbin/php-fpm*; do [ -x "$at" ] && fpm=$at; done
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && [ -n "$fpm" ] || {
  echo "skipped: needs php-fpm"
  exit 77
}
dir=$(mktemp -d) || exit 1
checks=0 failures=0 pids=
[ -n "${FCGICLIENT_TEST_ALL:-}" ] && total=2000 || total=200

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

echo '<?php echo getmypid(), "\n";' >"$dir/n.php"

serve() { # serve WORKERS: php-fpm, and httpd in front of it, and its URL in $url
  cat >"$dir/fpm.conf" <<CONF
[global]
error_log = $dir/fpm.log
daemonize = no
[test]
listen = $dir/$1.sock
pm = static
pm.max_children = $1
$([ "$(id -u)" -eq 0 ] && printf 'user = root\ngroup = root\n')
CONF
  "$fpm" -n -y "$dir/fpm.conf" -F $([ "$(id -u)" -eq 0 ] && echo -R) &
  pids="$pids $!"
  while [ ! -S "$dir/$1.sock" ]; do sleep 0.05; done
  "$httpd" --listen 127.0.0.1:0 --root "$dir" --threads 2 --quiet --connect "php=unix:$dir/$1.sock" >"$dir/$1.url" &
  pids="$pids $!"
  while [ ! -s "$dir/$1.url" ]; do sleep 0.05; done
  url=$(sed 's/.*http/http/' "$dir/$1.url")
}

# A connection each, so that both threads get some; milliseconds, one a line.
ask() {
  n=0
  while [ "$n" -lt "$total" ]; do
    printf 'url = "%sn.php"\noutput = "/dev/null"\nwrite-out = "%%{http_code} %%{time_total}\\n"\nheader = "Connection: close"\n' "$url"
    n=$((n + 1))
    [ "$n" -lt "$total" ] && echo next
  done >"$dir/config"
  curl -s --no-keepalive -K "$dir/config" | awk '$1 == 200 { print int($2 * 1000) }'
}

measure() { # $late, $worst
  ask >"$dir/times"
  late=$(awk '$1 >= 20' "$dir/times" | wc -l)
  worst=$(sort -n "$dir/times" | tail -1)
  echo "$workers workers, 2 threads: $total requests, $late of 20 ms and more, the worst $worst ms"
}

# The machine may have other work: what the threads do to each other is seen every time.
for workers in 1 2; do
  serve "$workers"
  for turn in 1 2 3 4; do
    measure
    claim "all are answered ($workers)" [ "$(wc -l <"$dir/times")" -eq "$total" ]
    [ "$((late * 20))" -lt "$total" ] && break
  done
  claim "fewer than one in twenty takes 20 ms ($workers)" [ "$((late * 20))" -lt "$total" ]
  claim "none takes 2 s ($workers)" [ "$worst" -lt 2000 ]
done
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" -eq 0 ]
