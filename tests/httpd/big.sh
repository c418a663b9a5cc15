#!/bin/sh
# Claim: large bodies go through httpd to php-cgi and back byte for byte, whoever is slow, and httpd stays below 40 MB.
# usage: big.sh HTTPD   (100 MB down, 1 GB up)
httpd=$1
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && php=$(command -v php-cgi) || exit 77
dir=$(mktemp -d) || exit 1
checks=0 failures=0
trap 'kill $host 2>/dev/null; wait; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

cat >"$dir/up.php" <<'PHP'
<?php // reads the body, slowly if asked, and answers with its length and hash
$hash = hash_init('md5');
$in = fopen('php://input', 'rb');
for ($n = 0; ($data = fread($in, 65536)) !== '' && $data !== false; $n += strlen($data)) {
  hash_update($hash, $data);
  if (isset($_GET['slow']))
    usleep(20000);
}
echo $n, ' ', hash_final($hash), "\n";
PHP
cat >"$dir/down.php" <<'PHP'
<?php
$block = str_repeat("0123456789abcdef", 4096);
for ($left = (int) $_GET['n']; $left > 0; $left -= 65536)
  echo substr($block, 0, min($left, 65536));
PHP

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $*"
}
hash() {
  md5sum | cut -d' ' -f1
}
pattern() { # pattern BYTES
  yes 0123456789abcdef | tr -d '\n' | head -c "$1"
}
gigabyte() { # the same, of 1 GB, from a file of 64 MB
  [ -f "$dir/64" ] || pattern 67108864 >"$dir/64"
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do cat "$dir/64"; done
}

"$httpd" --listen 127.0.0.1:0 --root "$dir" --quiet --app ".php=$php -d post_max_size=0 -d enable_post_data_reading=0 \
-d output_buffering=0 -d max_execution_time=0" >"$dir/url" 2>"$dir/log" &
host=$!
for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -q http "$dir/url" && break
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$dir/url")

claim "a page of 100 MB arrives as it was made" \
  [ "$(curl -s "${url}down.php?n=104857600" | hash)" = "$(pattern 104857600 | hash)" ]
claim "a client that reads slowly gets the same" \
  [ "$(curl -s --limit-rate 4M "${url}down.php?n=10485760" | hash)" = "$(pattern 10485760 | hash)" ]
claim "an application that reads slowly gets the same" \
  [ "$(pattern 10485760 | curl -s -X POST -H Expect: -H 'Content-Length: 10485760' -H Transfer-Encoding: -T - "${url}up.php?slow=1")" = \
  "10485760 $(pattern 10485760 | hash)" ]
claim "a chunked upload of 1 MB arrives whole, with its length" \
  [ "$(pattern 1048576 | curl -s -X POST -H Expect: -T - "${url}up.php")" = "1048576 $(pattern 1048576 | hash)" ]
for n in 0 1 8191 8192 8193 65527 65528 65529 65535 65536 131072; do
  pattern $n >"$dir/part"
  claim "an upload of $n bytes arrives whole" \
    [ "$(curl -s -H Expect: --data-binary "@$dir/part" "${url}up.php")" = "$n $(hash <"$dir/part")" ]
done
claim "an upload of 1 GB arrives whole" \
  [ "$(gigabyte | curl -s -X POST -H Expect: -H 'Content-Length: 1073741824' -H Transfer-Encoding: -T - "${url}up.php")" = \
  "1073741824 $(gigabyte | hash)" ]
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$host/status")
claim "httpd took less than 40,000 kB of memory throughout ($peak)" [ "$peak" -lt 40000 ]
kill $host
wait $host
claim "httpd ends with 0" [ $? = 0 ]

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
