# languages_start.sh: starting httpd and servers beside it, for languages.sh, and ending them.  Sourced.

# absent REASON: this language cannot be had here.
absent() {
  echo "$*"
  return 1
}

there() { # there PACKAGE PROGRAM...
  package=$1
  shift
  for program in "$@"; do
    command -v "$program" >/dev/null || [ -e "$program" ] || absent "$program is not there (Debian's $package)" || return 1
  done
}

version() { # version PACKAGE
  dpkg-query -W -f '${Version}' "$1" 2>/dev/null
}

# cannot CASE REASON: the language or its library does not do that; no fault of the server's.
cannot() {
  lacks="$lacks $1"
  echo "$2" >"$dir/cannot.$1"
}

# serve OPTIONS...: httpd with the application; its URL is in $url.
serve() {
  mkdir -p "$dir/tmp" "$dir/site"
  : >"$dir/url"
  XDG_RUNTIME_DIR=$dir/tmp TMPDIR=$dir/tmp "$httpd" --listen 127.0.0.1:0 --root "$dir/site" --processes 2 --max-requests 30 --stop-ms 3000 --idle-ms 60000 --quiet "$@" \
    >"$dir/url" 2>"$dir/log" &
  server=$!
  until grep -q http "$dir/url"; do
    kill -0 $server 2>/dev/null || absent "httpd does not start: $(cat "$dir/log")" || return 1
    sleep 0.02
  done
  url=$(sed -n 's|^listening on \(.*\)/$|\1|p' "$dir/url")
}

# beside COMMAND...: a server of the language's own, which httpd reaches at an address.  It is ended with httpd.
beside() {
  "$@" >"$dir/beside" 2>&1 </dev/null &
  helpers="$helpers $!"
}

await() { # await COMMAND...: until it is true; 1 when the last helper has ended, or after a minute
  waited=0
  until "$@"; do
    waited=$((waited + 1))
    [ $waited -lt 1200 ] && kill -0 ${helpers##* } 2>/dev/null || absent "$(tail -n 3 "$dir/beside")" || return 1
    sleep 0.05
  done
}

listens() { # listens PORT
  ss -ltnH "sport = :$1" | grep -q .
}

port() { # a port that nobody listens on at the moment
  while :; do
    number=$(($(od -An -N2 -tu2 /dev/urandom) % 20000 + 10000))
    listens $number || break
  done
  echo $number
}

stop() {
  kill $server && wait $server
  ended=$?
  for helper in $helpers; do
    kill $helper
    wait $helper
  done
  helpers=
}
