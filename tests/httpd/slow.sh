#!/bin/sh
# Claim: 200 readers and 50 uploads at 20 kB/s, and 4 php-cgi: a fast client waits at most twice as long as alone.
# usage: slow.sh HTTPD SLOW    FCGICLIENT_TEST_ALL=1: longer, and what it is like without (slow.md)
httpd=$1 slow=$2
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && php=$(command -v php-cgi) || { echo "skipped: there is no php-cgi"; exit 77; }
dir=$(mktemp -d) || exit 1
checks=0 failures=0 host=
trap 'kill $host 2>/dev/null; wait; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
echo '<?php echo "small\n";' >"$dir/small.php"
echo '<?php echo strlen(file_get_contents("php://input")), "\n";' >"$dir/up.php"
echo '<?php echo str_repeat("0123456789abcdef", (int) $_GET["n"] / 16);' >"$dir/down.php"

start() { # start OPTION...
  "$httpd" --listen 127.0.0.1:0 --root "$dir" --quiet --processes 4 --min-processes 4 --max-requests never --queue-ms 100000 \
    "$@" --app ".php=$php" >"$dir/url" 2>"$dir/log" &
  host=$!
  for wait in $(seq 50); do
    grep -q http "$dir/url" 2>/dev/null && break
    sleep 0.1
  done
  port=$(sed 's/.*:\([0-9]*\).*/\1/' "$dir/url")
}
stop() {
  kill "$host"
  wait "$host"
}
run() { # run REQUESTS READERS UPLOADS BYTES: sets alone_median alone_p95 median p95 served
  set -- $("$slow" "$port" "$2" "$3" "$1" "$4" | sed 's/.*\r//')
  alone_median=$1 alone_p95=$2 median=$3 p95=$4 served=$5
}
row() { # row NAME
  awk -v name="$1" -v a=$alone_median -v b=$alone_p95 -v m=$median -v p=$p95 \
    'BEGIN { printf "| %s | %d | %d | %d | %d | %.1f | %.1f |\n", name, a, b, m, p, m / a, p / b }'
}
claim() { # claim SENTENCE COMMAND...
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: median $alone_median -> $median us, p95 $alone_p95 -> $p95 us, $served readers served"
}

# A busy machine may spoil one measurement, not three.
requests=300
[ -n "${FCGICLIENT_TEST_ALL:-}" ] && requests=5000
start
for try in 1 2 3; do
  run $requests 200 50 2000000
  [ "$median" -le $((2 * alone_median)) ] && [ "$p95" -le $((2 * alone_p95)) ] && [ "$served" -ge 200 ] && break
done
echo '| 4 php-cgi, all slow ones at 20 kB/s | alone: median µs | p95 µs | among them: median µs | p95 µs | ratio | of p95 |'
echo '|---|---|---|---|---|---|---|'
row '200 readers of 2 MB, 50 uploads'
claim "the median is at most twice what it is alone" [ "$median" -le $((2 * alone_median)) ]
claim "the 95th percentile is at most twice what it is alone" [ "$p95" -le $((2 * alone_p95)) ]
claim "every slow reader is being answered" [ "$served" -ge 200 ]
stop

if [ -n "${FCGICLIENT_TEST_ALL:-}" ]; then # what it would be like: more than the system's own buffers take
  start
  run 1000 40 0 8000000
  row '40 readers of 8 MB'
  claim "40 readers are not felt" [ "$p95" -le $((2 * alone_p95)) ]
  stop
  start --no-read-ahead
  run 10 40 0 8000000
  row '40 readers of 8 MB, --no-read-ahead'
  claim "without read-ahead slow readers are felt" [ "$p95" -gt $((10 * alone_p95)) ]
  stop
  start --no-gather
  run 10 0 50 0
  row '50 uploads, --no-gather'
  claim "without gathering slow uploads are felt" [ "$p95" -gt $((10 * alone_p95)) ]
  stop
fi
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
