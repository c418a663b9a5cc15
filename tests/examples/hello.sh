# hello.sh: examples/hello.c gets a page out of a php-cgi that the library started, and leaves no process behind.
# usage: sh hello.sh HELLO
hello=$1
. "$(dirname "$0")/../packaging/support.sh"
[ -x /usr/bin/php-cgi ] && [ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || exit 77
export FCGICLIENT_TEST_HELLO="hello.sh $$"

prints_page() {
  echo '<?php header("X-One: 1"); echo "6 * 7 = ", 6 * 7, "\n";' >"$folder/page.php"
  "$hello" "$folder/page.php" >"$folder/page" && cat "$folder/page" &&
    head -n 1 "$folder/page" | grep -qE '^HTTP status 200, [0-9]+ headers$' && [ "$(tail -n 1 "$folder/page")" = "6 * 7 = 42" ]
}

# Each process that hello starts has our variable in its environment.
left_nothing() {
  ! grep -lzxF "FCGICLIENT_TEST_HELLO=$FCGICLIENT_TEST_HELLO" /proc/[0-9]*/environ 2>/dev/null |
    sed 's,/environ,/comm,' | xargs -r cat 2>/dev/null | grep php
}

passes_status_on() {
  "$hello" "$folder/none.php" | grep '^HTTP status 404'
}

tells_errors() {
  echo '<?php header("Content-Length: 1000"); echo "short";' >"$folder/short.php"
  "$hello" "$folder/short.php" 2>"$folder/error"
  [ $? = 1 ] && grep . "$folder/error"
}

explains_usage() {
  "$hello" 2>"$folder/error"
  [ $? = 2 ] && grep usage "$folder/error"
}

claim "hello prints the page" prints_page
claim "no PHP process is left when hello has ended" left_nothing
claim "a script that is not there gives PHP's 404" passes_status_on
claim "a response cut short is an error with a sentence" tells_errors
claim "without a script hello says how it is used" explains_usage
finish
