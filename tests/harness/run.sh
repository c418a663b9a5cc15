# run.sh: `fcgi run` with real applications, and the command line that every subcommand of fcgi shares.
# usage: sh run.sh FCGI APP
fcgi=$1 app=$2
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1
pids=
trap 'kill $pids 2>/dev/null; rm -rf "$folder"' EXIT

exits() { # exits STATUS COMMAND...; what it said is in out and err
  wanted=$1
  shift
  "$@" >out 2>err </dev/null
  got=$?
  [ $got = "$wanted" ] || { echo "exit status $got, not $wanted"; head -c 300 out; cat err; return 1; }
}

says() { # says FILE PATTERN
  grep -q -e "$2" "$1" || { echo "no \"$2\" in $1:"; head -c 500 "$1"; return 1; }
}

# ---- The command line ----
lists_subcommands() { exits 65 "$fcgi" nothing && says err 'no subcommand "nothing"' && says err '^  run '; }
refuses_options_behind() {
  exits 65 "$fcgi" run "$app" --query x=1 && says err "Write: fcgi run --query x=1 $app" &&
    exits 65 "$fcgi" run -s /a --fail "$app" --query x=1 && says err "Write: fcgi run -s /a --fail --query x=1 $app" &&
    says err "fcgi run -s /a --fail -- $app --query x=1"
}
passes_verbatim() { # app knows no such option, says its usage, and leaves
  exits 68 "$fcgi" run -- "$app" --query x=1 && exits 68 "$fcgi" run "$app" -- --query x=1
}
addresses_take_no_arguments() { exits 65 "$fcgi" run unix:/nowhere one && says err "takes no arguments"; }
tells_unknown_option() { exits 65 "$fcgi" run --nothing "$app" && says err 'no option --nothing'; }
helps() { exits 0 "$fcgi" run --help && says out '^usage: fcgi run'; }

claim "an unknown subcommand lists them all" lists_subcommands
claim "an option of ours behind TARGET is refused, with the right order" refuses_options_behind
claim "behind -- everything is the program's" passes_verbatim
claim "an address takes no arguments" addresses_take_no_arguments
claim "an unknown option is named" tells_unknown_option
claim "--help says how it is used" helps
claim "no TARGET is a wrong usage" exits 65 "$fcgi" run
claim "a program that is not there is a wrong usage" exits 65 "$fcgi" run no-such-program

# ---- Exit statuses ----
claim "appStatus is the exit status" exits 7 "$fcgi" run -q app=7 "$app"
claim "63 is the last of them" exits 63 "$fcgi" run -q app=63 "$app"
claim "above 63 it is 64" exits 64 "$fcgi" run -q app=64 "$app"
claim "an address where nobody listens is 66" exits 66 "$fcgi" run unix:@nobody-is-here
claim "a program that leaves at once is 68" exits 68 "$fcgi" run /bin/true
claim "a hanging application is 67 with --timeout" exits 67 "$fcgi" run --timeout 200ms -q hang=1 "$app"
claim "an answer without an end is 68" exits 68 "$fcgi" run -q noend=1 "$app"
claim "404 is 0 without --fail" exits 0 "$fcgi" run -q status=404 "$app"
claim "404 is 69 with --fail" exits 69 "$fcgi" run --fail -q status=404 "$app"
claim "302 is 0 with --fail" exits 0 "$fcgi" run --fail -q location=/ "$app"

# ---- What goes there and comes back ----
shows_head() { exits 0 "$fcgi" run -i -q 'status=418&header=X-A:b' "$app" && says out '^Status: 418' && says out '^X-A: b'; }
keeps_streams_apart() { exits 0 "$fcgi" run -q 'stderr=oops&pid=1' "$app" && says err oops && ! grep -q oops out; }
has_params() {
  exits 0 "$fcgi" run -s '/a/b?c=d' -H 'Host: example.org' -H 'X-One: 1' -p SERVER_NAME=other -p NEW= --without REMOTE_ADDR \
    "$app" && says out '^SCRIPT_NAME=/a/b$' && says out '^QUERY_STRING=c=d$' && says out '^HTTP_HOST=example.org$' &&
    says out '^HTTP_X_ONE=1$' && says out '^SERVER_NAME=other$' && says out '^NEW=$' && ! grep -q REMOTE_ADDR out
}
echoes_data() { exits 0 "$fcgi" run -d 'some text' -q echo=1 "$app" && [ "$(cat out)" = "some text" ]; }
posts() { exits 0 "$fcgi" run -d x "$app" && says out '^REQUEST_METHOD=POST$' && says out '^CONTENT_LENGTH=1$'; }
streams_file() { "$fcgi" run -b big -q echo=1 "$app" >out && cmp big out; }
gathers_stdin() { cat big | "$fcgi" run -b - -q echo=1 "$app" >out && cmp big out; }
streams_answer() { [ "$("$fcgi" run -q size=100000000 "$app" | wc -c)" = 100000000 ]; }
bears_slow_reader() { # one that takes a little now and then: nothing is lost or doubled
  "$fcgi" run -b big -q echo=1 "$app" | {
    for i in 1 2 3 4; do
      sleep 0.1
      dd bs=10000 count=1 iflag=fullblock 2>/dev/null
    done
    cat
  } >out && cmp big out
}
repeats() {
  exits 0 "$fcgi" run -n 5 -t -q pid=1 "$app" && [ "$(sort -u out | wc -l)" -le 1 ] && says err '^5: queue' && says err '^total '
}
survives_sigpipe() {
  { "$fcgi" run -q size=50000000 "$app" 2>err; echo $? >status; } | head -c 10 >out
  [ "$(cat status)" = 141 ] && [ ! -s err ]
}
dies_by_sigint() {
  rm -f out
  "$fcgi" run -q 'size=600&slow=300&pieces=600' "$app" >out 2>err &
  run=$!
  until [ -s out ]; do sleep 0.05; done # the first piece is here
  kill -INT $run
  wait $run
  [ $? = 130 ] && ! pgrep -P $run
}
runs_closed() {
  "$fcgi" run -d body -q echo=1 "$app" <&- 2>&- >out && [ "$(cat out)" = body ] && "$fcgi" run "$app" <&- >&-
}
as_cgi() {
  printf 'abcdefgh' | env -i CONTENT_LENGTH=5 REQUEST_METHOD=PUT QUERY_STRING=echo=1 GATEWAY_INTERFACE=CGI/1.1 \
    "$fcgi" run --cgi "$app" >out && says out '^Status: 200' && [ "$(tail -n 1 out)" = abcde ]
}
cgi_answers_errors() {
  env -i REQUEST_METHOD=GET "$fcgi" run --cgi unix:@nobody-is-here >out 2>err
  says out '^Status: 502' && says out '^Content-Type'
}
passes_environment() {
  env -i REQUEST_METHOD=GET ANY=thing HTTP_PROXY=evil "$fcgi" run --env "$app" >out && says out '^ANY=thing$' &&
    ! grep -q HTTP_PROXY out
}

has_large_params() {
  large=$(head -c 50000 /dev/zero | tr '\0' x)
  exits 65 "$fcgi" run -p "A=$large" -p "B=$large" "$app" &&
    exits 0 "$fcgi" run --max-params 200000 -p "A=$large" -p "B=$large" "$app" && says out '^B=xxx'
}

head -c 3000000 /dev/urandom >big
claim "the head comes with --include" shows_head
claim "STDERR goes to stderr, the body alone to stdout" keeps_streams_apart
claim "parameters follow from options" has_params
claim "more parameters than a record holds go where they are allowed" has_large_params
claim "--data is the body" echoes_data
claim "a body makes it a POST" posts
claim "a file is streamed there and back" streams_file
claim "stdin of unknown length is gathered, and its length sent" gathers_stdin
claim "a large answer is whole behind a pipe" streams_answer
claim "a slow reader gets it whole too" bears_slow_reader
claim "--repeat sends several to one process, --time sums up" repeats
claim "a reader that leaves ends it quietly, by SIGPIPE" survives_sigpipe
claim "closed standard descriptors are no trouble" runs_closed
claim "SIGINT ends it, and its application" dies_by_sigint
claim "with --cgi it is a CGI program" as_cgi
claim "with --cgi an error is an answer" cgi_answers_errors
claim "--env passes the environment, but HTTP_PROXY" passes_environment

# ---- Roles, and answers as they stand: the application is a transcript ----
plays() { # plays COMMAND...: while the transcript on stdin is played at unix:play.sock; both must succeed
  rm -f play.out
  cat >play.fcgi
  "$fcgi" play --app --listen unix:play.sock play.fcgi >play.out 2>&1 &
  player=$!
  until grep -q 'listening on' play.out 2>/dev/null; do kill -0 $player && sleep 0.02 || return 1; done
  "$@" >out 2>err
  went=$?
  wait $player && [ $went = 0 ] || { echo "exit status $went"; cat play.out err; return 1; }
}
filters() {
  printf 'the file' >file
  plays "$fcgi" run --file file -d in unix:play.sock <<'PLAY' && [ "$(cat out)" = out ]
fcgi 1
claim "A filter gets body and file."
-- connection 1
> BEGIN_REQUEST role=FILTER
> PARAMS {REQUEST_METHOD=POST CONTENT_LENGTH=2 FCGI_DATA_LENGTH=8 FCGI_DATA_LAST_MOD=... ...}
> STDIN {"in"}
> DATA {"the file"}
< STDOUT {"Content-Type: text/plain\r\n\r\nout"}
< END_REQUEST
PLAY
}
authorizes() {
  plays "$fcgi" run --role authorizer -i -s /x unix:play.sock <<'PLAY' && says out '^Variable-AUTH: Basic'
fcgi 1
claim "An authorizer is asked."
-- connection 1
> BEGIN_REQUEST role=AUTHORIZER
> PARAMS {REQUEST_METHOD=GET ...}
> STDIN {}
< STDOUT {"Status: 200\r\nVariable-AUTH: Basic\r\n\r\n"}
< END_REQUEST
PLAY
}
shows_raw() {
  plays "$fcgi" run --raw unix:play.sock <<'PLAY' && [ "$(cat out)" = "no head at all" ]
fcgi 1
claim "STDOUT is anything."
-- connection 1
> BEGIN_REQUEST role=RESPONDER
> PARAMS {...}
> STDIN {}
< STDOUT {"no head at all"}
< END_REQUEST
PLAY
}
claim "--file makes a filter's request" filters
claim "--role authorizer asks an authorizer" authorizes
claim "--raw shows STDOUT as it stands" shows_raw
claim "a role that the application does not play is 68" exits 68 "$fcgi" run --role authorizer "$app"
claim "a filter without a file is a wrong usage" exits 65 "$fcgi" run --role filter "$app"

# ---- JSON ----
is_json() { exits 0 "$fcgi" run -j -q 'stderr=oops&header=X-A:%FF' "$app" && says out '"status":200' && says out '"stderr":"oops' &&
  says out '"total_us":'; }
has_base64() { printf '\000\377' >bytes; "$fcgi" run -j -b bytes -q echo=1 "$app" >out && says out '"body_base64":"AP8="'; }
json_tells_errors() { exits 66 "$fcgi" run -j unix:@nobody-is-here && says out '"code":"CONNECT"' && says out '"status":null'; }
if ! "$fcgi" run --json unix:@nobody-is-here 2>&1 | grep -q 'built without JSON'; then
  claim "--json has head, stderr and times" is_json
  claim "a body that is no UTF-8 comes as base64" has_base64
  claim "--json tells errors" json_tells_errors
fi

# ---- --stay ----
stays() {
  "$fcgi" run --stay unix:stay.sock -q pid=1 "$app" >out 2>err || return 1
  pids=$(sed -n 's/.* as process \([0-9]*\), which stays/\1/p' err)
  first=$(cat out)
  "$fcgi" run --stay unix:stay.sock -q pid=1 "$app" >out 2>err && [ "$first" = "$(cat out)" ] && [ -n "$pids" ] && kill -0 $pids
}
claim "--stay starts a program once, and it serves the next request too" stays

# ---- PHP ----
[ -x /usr/bin/php-cgi ] && [ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || finish
runs_php() {
  echo '<?php echo $_SERVER["PATH_INFO"], "|", __FILE__, "|", $_GET["a"], "|", file_get_contents("php://input");' >page.php
  "$fcgi" run -s 'page.php/in/fo?a=b' -d body /usr/bin/php-cgi >out && [ "$(cat out)" = "/in/fo|$folder/page.php|b|body" ]
}
# -d is php-cgi's, behind TARGET.  PHP reads the body itself, as it comes.
uploads_to_php() {
  echo '<?php echo md5_file("php://input");' >sum.php
  "$fcgi" run -s sum.php -b big /usr/bin/php-cgi -d enable_post_data_reading=0 >out &&
    [ "$(cat out)" = "$(md5sum <big | cut -d" " -f1)" ]
}
fpm=$(ls /usr/sbin/php-fpm* 2>/dev/null | head -n 1)
pings_fpm() {
  cat >fpm.conf <<CONF
[global]
error_log = $folder/fpm.log
daemonize = no
[www]
listen = $folder/fpm.sock
pm = static
pm.max_children = 1
ping.path = /ping
CONF
  "$fpm" -n -R -F -y fpm.conf >fpm.out 2>&1 &
  pids="$pids $!"
  until grep -q 'ready to handle' fpm.log 2>/dev/null; do kill -0 $! && sleep 0.05 || return 1; done
  "$fcgi" run --script /ping "unix:$folder/fpm.sock" >out && [ "$(cat out)" = pong ]
}
claim "a PHP script runs, with PATH_INFO, query and body" runs_php
claim "a large body reaches PHP whole" uploads_to_php
[ -n "$fpm" ] && claim "--script /ping asks php-fpm's ping page" pings_fpm
finish
