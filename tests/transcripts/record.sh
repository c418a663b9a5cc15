# record.sh: fcgi record forwards what it hears unchanged, and what it writes replays: against the library, and as the server.
# usage: sh record.sh FCGI APP STOCK
fcgi=$1 app=$2 stock=$3
. "$(dirname "$0")/support.sh"

contains() {
  grep -q -- "$1" "$2"
}

lacks() {
  ! grep -q -- "$1" "$2"
}

same() { # same FILE COMMAND...
  expected=$1
  shift
  "$@" >"$folder/answer" && cmp "$expected" "$folder/answer"
}

plays() { # plays CASES COMMAND...
  count=$1
  shift
  "$@" >"$folder/played"
  status=$?
  cat "$folder/played"
  [ $status = 0 ] && [ "$(grep -c '^ok ' "$folder/played")" = "$count" ]
}

dumps() { # a stream of FastCGI to its end, without a fault
  for file in "$folder/$1"/*; do
    "$fcgi" dump "$file" || return 1
  done
}

send() { # send NAME VALUE...: a request to the recorder
  "$fcgi" run "$@" "$address"
}

head -c 100000 /dev/urandom >"$folder/body"
printf 'hello' >"$folder/small"

# With the example application: it echoes what it is sent.
start app "$app"
claim "a body of 100,000 random bytes comes back unchanged" same "$folder/body" send -s '/x?echo=1' -b "$folder/body" -X POST
claim "a small one too" same "$folder/small" send -s '/x?echo=1' -b "$folder/small" -X POST \
  -H 'Cookie: taste=topsecret' -H 'Authorization: Basic dG9wc2VjcmV0'
claim "and a GET" send -s '/x?echo=1'
stop
claim "SIGTERM ends the recording with status 0" [ "$recorded" = 0 ]
claim "the recording replays against the library" plays 3 "$fcgi" play "$folder/app.fcgi"
claim "cut at every byte too" plays 3 "$fcgi" play --on unix --split "$folder/app.fcgi"
claim "and against the application" plays 3 "$fcgi" play --server "$folder/app.fcgi" -- "$app"
claim "cookies are left out" lacks topsecret "$folder/app.fcgi"
claim "and what authorizes" lacks dG9wc2VjcmV0 "$folder/app.fcgi"
claim "their names are there" contains HTTP_COOKIE=redacted "$folder/app.fcgi"
claim "what was recorded raw is FastCGI to its end" dumps app

start plain --no-redact "$app"
claim "a cookie is sent" send -s /hello -H 'Cookie: taste=topsecret'
stop
claim "--no-redact leaves it in" contains topsecret "$folder/plain.fcgi"

# The application's side, played for a client that connects.
play_app() { # play_app FILE
  "$fcgi" play --app --listen "unix:$folder/played.sock" "$1" >"$folder/played.out" 2>&1 &
  player=$!
  tries=0
  until [ -S "$folder/played.sock" ] || [ $tries = 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  address=unix:$folder/played.sock
}

play_app "$folder/plain.fcgi"
claim "played for a client, it answers as the application did" send -s /hello -H 'Cookie: taste=topsecret'
wait $player
claim "and that was as recorded" [ $? = 0 ]
play_app "$stock/hello.fcgi"
claim "one of the stock answers" send -s /
claim "and again" send -s /
kill -TERM $player
wait $player
claim "until SIGTERM ends it, with status 0" [ $? = 0 ]
claim "its socket is gone" [ ! -e "$folder/played.sock" ]

php=$(command -v php-cgi)
if [ -n "$php" ] && [ -z "$FCGICLIENT_TEST_NO_PHP" ]; then
  cat >"$folder/p.php" <<'PHP'
<?php setcookie("taste", "topsecret" . microtime(true)); error_log("a notice"); echo sha1(file_get_contents("php://input")), "\n";
PHP
  start php "$php"
  claim "php-cgi answers" send -s "$folder/p.php"
  claim "php-cgi takes a body" send -s "$folder/p.php" -X POST -b "$folder/body"
  claim "five requests on a connection" send -s "$folder/p.php" --repeat 5
  stop
  claim "a session of php-cgi replays against the library" plays 3 "$fcgi" play "$folder/php.fcgi"
  claim "and against php-cgi, with other cookies" plays 3 "$fcgi" play --server "$folder/php.fcgi" -- "$php"
  claim "what it set is left out" lacks topsecret "$folder/php.fcgi"
fi
finish
