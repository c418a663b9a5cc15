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

# serve OPTIONS...: the front with the application, by httpd's options; its URL is in $url.
serve() {
  "${front}_serve" "$@"
}

pools() { # as JSON
  "${front}_pools"
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
  [ -z "$server" ] || "${front}_stop"
  for helper in $helpers; do
    kill $helper
    wait $helper
  done
  helpers=
}
