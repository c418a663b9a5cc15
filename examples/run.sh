#!/bin/sh
# Builds httpd, starts it with php-cgi on a page and with app on another, fetches both, and goes on serving until Ctrl-C.
# On Debian it first installs what is missing (root or sudo).
usage() {
  cat <<TXT
usage: sh examples/run.sh [--once] [--no-php]
  --once    end after the fetches; exit 0 only if both pages were right
  --no-php  install and use no PHP: only the page of build/bin/app
TXT
}
cd "$(dirname "$0")/.." || exit 1
. lib/packaging/debian.sh

once= php=1
for option in "$@"; do
  case $option in
    --once) once=1 ;;
    --no-php) php= ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

need gcc libc6-dev make cmake pkg-config libuv1-dev node-llhttp curl ${php:+php-cgi} || exit 1
werror=OFF
[ "${CI:-}" = true ] && werror=ON
mkdir -p build
echo "Building in build/ ..."
if ! { cmake -S . -B build -DFCGICLIENT_WERROR=$werror &&
       cmake --build build -j "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)"; } >build/build.log 2>&1; then
  tail -n 40 build/build.log
  echo "$0: the build failed; build/build.log has all of it." >&2
  exit 1
fi

server= log= www=$(mktemp -d) || exit 1
finish() {
  trap - EXIT INT TERM HUP
  for process in $server $log; do # httpd ends its applications
    kill -TERM "$process" 2>/dev/null
    wait "$process" 2>/dev/null
  done
  rm -rf "$www"
}
trap finish EXIT
trap 'finish; exit 130' INT
trap 'finish; exit 143' TERM HUP

mkdir "$www/root"
: >"$www/root/hello.app"
[ -z "$php" ] || cat >"$www/root/index.php" <<'PHP'
<?php
header("Content-Type: text/plain");
echo "Hello from PHP ", PHP_MAJOR_VERSION, ": 6 * 7 = ", 6 * 7, ", ", $_SERVER["REQUEST_URI"], "\n";
PHP

# On a port that the system chooses; httpd's first line says which.
set -- --listen 127.0.0.1:0 --root "$www/root" --app .app="$PWD/build/bin/app"
[ -z "$php" ] || set -- "$@" --app .php=/usr/bin/php-cgi
build/bin/httpd "$@" >"$www/said" &
server=$!
tries=0
until url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$www/said" | head -n 1) && [ -n "$url" ]; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2>/dev/null || [ $tries -gt 100 ]; then
    echo "$0: httpd did not start." >&2
    exit 1
  fi
  sleep 0.1
done
url=${url%/}

right=1
fetch() { # fetch PATH PATTERN: prints the page, and notes when the pattern is not in it
  echo "== $url$1"
  if ! curl -sS -f --max-time 30 -o "$www/page" "$url$1"; then
    right=
    return
  fi
  cat "$www/page"
  grep -q "$2" "$www/page" || {
    echo "$0: this is not the page that was expected: $2 is missing." >&2
    right=
  }
}
[ -z "$php" ] || fetch /index.php 'Hello from PHP [0-9]*: 6 \* 7 = 42, /index.php'
fetch /hello.app 'SCRIPT_NAME=/hello.app'

if [ -n "$once" ]; then
  [ -n "$right" ] && echo "Both pages were right."
  [ -n "$right" ]
  exit
fi
echo "Serving $url until Ctrl-C."
tail -n 0 -f "$www/said" &
log=$!
wait "$server"
