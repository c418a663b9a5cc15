#!/bin/sh
# The library as it is built for this system, with FastCGI applications for Windows: they listen on ports of 127.0.0.1, and run
# under Wine (WINEPREFIX is made already).
# usage: over_tcp.sh FCGI FOLDER   FCGI: the command; FOLDER: as apps.sh, and if wanted apps_large.sh, has filled it
fcgi=$1
apps=$2
wine=${FCGICLIENT_WINE:-/usr/lib/wine/wine64}
. "$(dirname "$0")/../packaging/support.sh"
[ -x "$wine" ] || { echo "skipped: there is no $wine (Debian: wine64)"; exit 77; }
[ -e "$apps/x86_64/small-php.exe" ] || { echo "skipped: there are no applications in $apps (apps.sh)"; exit 77; }
app= count=0
export PHP_FCGI_MAX_REQUESTS=0 # else it leaves after 500
trap 'rm -rf "$folder"; [ -z "$app" ] || kill -9 $app 2>/dev/null' EXIT

serve() { # serve PROGRAM ARGUMENTS...: PORT in these stands for the port
  count=$((count + 1))
  port=$((20000 + ($$ * 5 + count) % 12000))
  for word in "$@"; do
    set -- "$@" "$(echo "$word" | sed "s/PORT/$port/")"
    shift
  done
  "$wine" "$@" </dev/null >"$folder/app.log" 2>&1 &
  app=$!
  tries=0
  until say n=7 >"$folder/7" 2>&1 && [ "$(cat "$folder/7")" = 7 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] && kill -0 $app || { cat "$folder/app.log" "$folder/7"; return 1; }
    sleep 0.1
  done
}
stop() {
  kill -9 $app && wait $app 2>/dev/null
  app=
}

say() {
  "$fcgi" run --timeout 20 --script /served --query "$@" tcp:127.0.0.1:$port
}
echoes() {
  say echo --body "$folder/body" >"$folder/back" && cmp "$folder/body" "$folder/back"
}
sends() {
  say size=300000 >"$folder/back" && [ "$(wc -c <"$folder/back")" = 300000 ]
}
bears() { # bears REQUESTS OPTIONS...
  requests=$1
  shift
  "$fcgi" bench -n "$requests" --timeout 20 --script /served --query n=1 "$@" tcp:127.0.0.1:$port
}

talk() { # talk NAME OPTIONS-OF-BENCH...
  name=$1
  shift
  claim "$name echoes a body of 300,000 bytes" echoes
  claim "$name sends 300,000 bytes" sends
  claim "$name answers 500 requests" bears 500 "$@"
  stop
}

head -c 300000 /dev/urandom >"$folder/body"
claim "PHP's main/fastcgi.c serves on a port" serve "$apps/x86_64/small-php.exe" -b 127.0.0.1:PORT && talk PHP -c 1
if [ -e "$apps/large/served.exe" ]; then
  claim "Go serves on a port" serve "$apps/large/served.exe" 127.0.0.1:PORT && talk Go -c 8
fi
if [ -e "$apps/large/node.exe" ]; then
  claim "node serves on a port" serve "$apps/large/node.exe" "$apps/large/served.js" PORT && talk node -c 8
fi
if [ -e "$apps/large/perl/served.pl" ]; then
  claim "perl serves on a port" serve "$apps/large/perl/perl.exe" "$apps/large/perl/served.pl" PORT && talk perl -c 1
fi
finish
