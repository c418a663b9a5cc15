#!/bin/sh
# Claim: started as root, httpd becomes one user, runs applications as another, and refuses what it must not start.
# usage: users.sh HTTPD APP GUARDIAN
[ "$(id -u)" = 0 ] || { echo "skipped: only root can become other users"; exit 77; }
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
checks=0 failures=0 httpd=

end() {
  [ -n "$httpd" ] && kill "$httpd" 2>/dev/null && wait "$httpd"
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
  echo "not so: $sentence"
}

mkdir "$dir/www" "$dir/bin"
program=$(realpath "$1")
install -m 755 "$2" "$dir/bin/app"
install -m 755 "$3" "$dir/bin/fcl-guardian"
echo text >"$dir/www/open.txt"
echo secret >"$dir/www/secret.txt"
chmod 600 "$dir/www/secret.txt"
cd / || exit 1

start() { # start OPTIONS...: sets $httpd and $url
  : >"$dir/out" # or the line of the one before may still be there
  "$program" --quiet --listen 127.0.0.1:0 --root "$dir/www" --guardian "$dir/bin/fcl-guardian" "$@" \
    >"$dir/out" 2>"$dir/err" &
  httpd=$!
  for i in $(seq 200); do
    url=$(sed -n 's/^listening on //p' "$dir/out")
    [ -n "$url" ] && return
    kill -0 "$httpd" 2>/dev/null || break
    sleep 0.05
  done
  wait "$httpd"
  httpd= url=
}

stop() {
  kill "$httpd"
  wait "$httpd"
  httpd=
}

get() {
  curl -s "${url%/}/$1"
}

status() {
  curl -s -o /dev/null -w '%{http_code}' "${url%/}/$1"
}

uid_of() {
  sed -n 's/^Uid:\t\([0-9]*\)\t.*/\1/p' "/proc/$1/status"
}

start --user nobody --app-user daemon --app "/=$dir/bin/app"
claim "httpd is nobody" [ "$(uid_of "$httpd")" = 65534 ]
claim "the application is daemon" [ "$(get 'x?uid=1')" = 1 ]
stop

start --user nobody --app-user daemon --app ".app=$dir/bin/app"
claim "a file that everybody may read is served" [ "$(get open.txt)" = text ]
claim "root's file is not" [ "$(status secret.txt)" = 403 ]
stop

start --user daemon --app "/=$dir/bin/app"
claim "without --app-user the application is httpd's user" [ "$(get 'x?uid=1')" = 1 ]
stop

start --user nobody --app-user root --app "/=$dir/bin/app"
claim "applications are never root" [ -z "$url" ]
claim "and it says so" grep -q "root is never allowed" "$dir/err"
[ -z "$httpd" ] || stop

start --user no-such-user --app "/=$dir/bin/app"
claim "a user that is not there is an error" grep -q "no-such-user: there is no such user" "$dir/err"
[ -z "$httpd" ] || stop

echo "100%: Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
