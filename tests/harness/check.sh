# check.sh: `fcgi check` with real applications.
# usage: sh check.sh FCGI APP
fcgi=$1 app=$2
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1

# The numbers of the cases that failed, on one line.
failed() { sed -n 's/^  [Ff][Aa][Ii][Ll]  \([0-9.]*\) .*/\1/p' out | tr '\n' ' '; }

# fails "NUMBERS" STATUS COMMAND...: exactly these cases fail.
fails() {
  wanted=$1 status=$2
  shift 2
  "$@" >out 2>err
  got=$?
  [ "$(failed)" = "$wanted" ] && [ $got = "$status" ] && return 0
  echo "exit status $got (wanted $status); failed: $(failed)(wanted: $wanted)"
  grep -A1 '^  [Ff][Aa]' out
  cat err
  return 1
}

# ---- The command line ----
lists() { "$fcgi" check --list >out && [ "$(grep -c '^  *[0-9]*\.[0-9]' out)" -ge 60 ]; }
chooses() { "$fcgi" check -c 1.1 -c 4 "$app" >out && [ "$(grep -c '^  pass' out)" -gt 3 ] && ! grep -q '1\.2' out; }
tells_unknown_case() { "$fcgi" check -c 99 "$app" 2>err; [ $? = 65 ] && grep -q 'no case or group 99' err; }
tells_no_connection() { "$fcgi" check --timeout 100ms unix:@nobody-is-here 2>err; [ $? = 66 ] && grep -q 'not answered' err; }
tells_no_answer() { "$fcgi" check /bin/true 2>err; [ $? = 66 ] && grep -q 'nothing is checked' err; }
tells_no_probe() { "$fcgi" check --probe /nowhere.php /usr/bin/php-cgi 2>err; [ $? = 66 ] && grep -q 'as a probe' err; }
leaves_nothing() { ! ls "${TMPDIR:-/tmp}" | grep -q '^fcgi-check-'; }
is_json() { "$fcgi" check --json -c 1.1 "$app" >out && grep -q '"passed":1,.*"id":"1.1".*"verdict":"pass"' out; }
ends_with_us() { # killed, it leaves neither the program nor its folder
  mkdir -p private
  TMPDIR=$folder/private "$fcgi" check --timeout 60s /bin/sleep 86.371 >out 2>err &
  us=$!
  until pgrep -fx '/bin/sleep 86\.371' >/dev/null; do kill -0 $us || return 1; done
  kill -KILL $us
  wait $us
  for try in 1 2 3 4 5 6 7 8 9 10; do # its keeper does it, and is nobody's child that could be waited for
    [ -z "$(ls private)" ] && ! pgrep -f 'sleep 86\.371' >/dev/null && return 0
    sleep 0.2
  done
  return 1
}

claim "the requirements can be listed" lists
claim "cases and groups can be chosen" chooses
claim "a case that is not there is a wrong usage" tells_unknown_case
claim "where nobody listens it says so" tells_no_connection
claim "an application that does not answer is not checked" tells_no_answer
claim "SIGKILL leaves nothing behind" ends_with_us
"$fcgi" check --json 2>&1 | grep -q 'built without JSON' || claim "--json has every case" is_json

# ---- Applications ----
without_probe() { "$fcgi" check --probe none -c 2 "$app" >out && grep -q '^  pass  2.1 ' out && grep -q '^  skip  2.5 ' out; }
claim "without a probe only what needs one is skipped" without_probe
claim "examples/app meets every requirement" fails "" 0 "$fcgi" check --strict "$app"

at_address() {
  "$app" --listen "unix:$folder/app.sock" &
  pid=$!
  until [ -S app.sock ]; do kill -0 $pid && sleep 0.05 || return 1; done
  fails "" 0 "$fcgi" check --strict "unix:app.sock"
  status=$?
  kill $pid
  wait $pid
  return $status
}
claim "an application at an address is checked likewise" at_address

[ -x /usr/bin/php-cgi ] && [ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || finish
claim "a probe that does not answer as one is told" tells_no_probe
# It takes padding behind an empty record for the next one (1.8, 1.10), waits for a body that was announced and has ended (2.17),
# reads PARAMS record by record (2.2, 8.5), ends no output stream (2.22), refuses roles and unknown types by closing (3.4, 5.11),
# takes no second request (6.1), nor an abort within PARAMS (7.3), and any record for the end of the body (10.22).
claim "php-cgi fails where it is known to" \
  fails "1.8 1.10 2.2 2.3 2.4 2.17 2.22 2.23 3.4 3.5 3.6 5.11 5.12 6.1 6.2 7.3 7.4 7.5 7.6 8.5 10.22 10.23 10.24 10.25 10.26 " 68 "$fcgi" check /usr/bin/php-cgi
finish
