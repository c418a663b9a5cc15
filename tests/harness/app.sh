# app.sh: `fcgi app` answers as asked, tells what a server sent wrong, and lives through what the query does to it.
# usage: sh app.sh FCGI
fcgi=$1
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1
app=
trap '[ -z "$app" ] || kill $app 2>/dev/null; rm -rf "$folder"' EXIT

start() { # start OPTIONS...: in the background; its address in $at
  rm -f err
  "$fcgi" app --listen unix:app.sock "$@" >report 2>err &
  app=$!
  until grep -q 'listening on' err 2>/dev/null; do kill -0 $app && sleep 0.02 || return 1; done
  at=unix:$folder/app.sock
}

stop() { # stop STATUS
  kill $app
  wait $app
  got=$?
  app=
  [ $got = "$1" ] || { echo "exit status $got, not $1"; cat report err; return 1; }
}

echoes() { [ "$("$fcgi" run -d body -q echo=1 $at)" = body ]; }
sizes() { [ "$("$fcgi" run -q 'size=3000000&pieces=7' $at | wc -c)" = 3000000 ]; }
survives() { # the process that serves ends in the middle; the next one answers
  "$fcgi" run -q "size=100000&exit=3" $at >/dev/null 2>&1 && return 1
  "$fcgi" run -q "before=1&signal=9" $at >/dev/null 2>&1 && return 1
  echoes
}
serves_many() { "$fcgi" bench -n 500 -c 20 $at >bench && grep -q '500 answered, 0 failed' bench; }
ends_hanging() {
  "$fcgi" run -m 100ms -q hang=1 $at >/dev/null 2>&1
  [ $? = 67 ]
}
reports_kept() { # the library's own requests break nothing
  stop 0 && grep -q '^kept      3.3-1 ' report && grep -q ' 0 broken' report && [ ! -e app.sock ]
}
counts_each_once() { # on two connections at once or some more, kept for many requests
  start --report && "$fcgi" bench -n 200 -c 2 $at >/dev/null && stop 0 && grep -q '^200 requests on [2-9] connections' report &&
    grep -q '^kept      5.1-1  *200  ' report
}
reports_broken() { # no SERVER_PORT, and a parameter that no server may set
  start --report && "$fcgi" run --without SERVER_PORT -p HTTP_PROXY=x $at >/dev/null && stop 68 &&
    grep -q '^BROKEN    4.1.15-1 ' report && grep -q 'SERVER_PORT is ""' report && grep -q '^BROKEN    field-7 ' report
}
tells_each() {
  start --verbose && "$fcgi" run --without SERVER_PORT $at >/dev/null && stop 0 &&
    grep -q '^connection with 1 requests: 4.1.15-1: SERVER_PORT is a number: ' err
}
reports_json() {
  start --json && echoes && stop 0 && grep -q '"requests":1,"connections":1' report &&
    grep -q '"id":"5.1-1","source":"FastCGI 1.0"' report
}
needs_listen() {
  "$fcgi" app >report 2>err </dev/null
  [ $? = 65 ] && grep -q 'listen' err
}
takes_port() {
  rm -f err
  "$fcgi" app --listen tcp:127.0.0.1:0 >report 2>err &
  app=$!
  until grep -q 'listening on' err 2>/dev/null; do kill -0 $app && sleep 0.02 || return 1; done
  at=$(sed -n 's/.*listening on //p' err)
  echoes && stop 0
}
replaces_stale() { # killed, so that it could not remove its socket
  start && kill -9 $app
  wait $app 2>/dev/null
  [ -S app.sock ] && start && echoes && stop 0
}
leaves_served() {
  start || return 1
  "$fcgi" app --listen unix:app.sock >report2 2>err2
  [ $? = 66 ] && grep -q 'cannot listen' err2 && echoes && stop 0
}
leaves_files() { # what is no socket is not removed
  echo precious >file.sock
  "$fcgi" app --listen unix:file.sock >report2 2>err2
  [ $? = 66 ] && [ "$(cat file.sock)" = precious ]
}
serves_descriptor() { [ "$("$fcgi" run -d body -q echo=1 "$fcgi" app)" = body ]; }

filters() {
  printf 'the file' >file
  [ "$("$fcgi" run --file file -d body -- "$fcgi" app --role filter)" = "THE FILE" ]
}
authorizes() {
  "$fcgi" run --role authorizer -i -q 'header=Variable-A:b' -- "$fcgi" app --role authorizer | grep -q '^Variable-A: b'
}

plays_script() {
  printf '%s\n' 'fcgi 1' 'claim "one"' '! request a REQUEST_METHOD=GET SCRIPT_NAME=/x' '-- connection 1' '> ...' \
    '< STDOUT "Status: 234\r\n\r\nplayed"' '< END_REQUEST' '= a done OK' >one.fcgi
  "$fcgi" app -l "unix:$PWD/script.sock" --script one.fcgi >played 2>&1 &
  player=$!
  for turn in $(seq 100); do
    [ -S script.sock ] && break
    sleep 0.05
  done
  [ "$("$fcgi" run --script /x unix:script.sock)" = played ] && wait $player && grep -q '^1 case, 0 failed' played
}
claim "it plays a transcript" plays_script
claim "without an address, and started by hand, it says so" needs_listen
start --report || exit 1
claim "it echoes" echoes
claim "it answers in pieces" sizes
claim "a query that ends its process does not end it" survives
claim "it serves several connections at once" serves_many
claim "a query may hang" ends_hanging
claim "it reports what was kept, and removes its socket" reports_kept
claim "each record is counted once" counts_each_once
claim "it reports what was broken, with exit status 68" reports_broken
claim "--verbose tells what was broken on each connection" tells_each
"$fcgi" app --json --help >/dev/null 2>&1 && claim "the report comes as JSON too" reports_json
claim "port 0 is a free one, which it says" takes_port
claim "a web server may start it, with the socket as descriptor 0" serves_descriptor
claim "a socket file that nobody serves is replaced" replaces_stale
claim "one that somebody serves is left alone" leaves_served
claim "a file that is no socket is left alone" leaves_files
claim "as a filter it answers with its file in capital letters" filters
claim "as an authorizer it lets a request go on" authorizes
finish
