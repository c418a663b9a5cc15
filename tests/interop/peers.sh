# peers.sh: other web servers for params.sh and odd.sh: installing them, starting one, ending it.  Sourced after servers_run.sh.

peers_need() {
  new=
  for package in nginx-light apache2-bin lighttpd haproxy caddy; do have $package || new="$new $package"; done
  need curl perl nginx-light apache2-bin lighttpd haproxy caddy >&2 || exit 1
  for package in $new; do as_root deb-systemd-helper disable "${package%-*}.service" >/dev/null 2>&1; done
}

row() {
  printf '|'
  printf ' %s |' "$@"
  printf '\n'
}

version_of() { # version_of SERVER
  case $1 in
    nginx) nginx -v 2>&1 | sed 's,.*/,nginx ,' ;;
    apache) apache2 -v | sed -n 's,.*Apache/\([^ ]*\).*,Apache \1: mod_proxy_fcgi,p' ;;
    lighttpd) lighttpd -v | sed -n 's,lighttpd/\([^ ]*\).*,lighttpd \1: mod_fastcgi,p' ;;
    haproxy) haproxy -v | sed -n 's/.*version \([0-9.]*\).*/HAProxy \1/p' ;;
    caddy) echo "Caddy $(caddy version | cut -d' ' -f1)" ;;
    httpd) echo "examples/httpd of this library" ;;
  esac
}

is_there() { # is_there SERVER
  case $1 in
    httpd) [ -x "$httpd" ] ;;
    apache) command -v apache2 >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# up FUNCTION URL-PATH: a server in front of the application at $to, until it answers.
up() {
  port=$(free_port)
  (
    trap - EXIT
    "$1"
  ) >"$folder/$1.log" 2>&1 &
  server=$!
  tries=0
  until curl -s -m 5 -o /dev/null "http://127.0.0.1:$port$2"; do
    tries=$((tries + 1))
    kill -0 $server 2>/dev/null && [ $tries -lt 100 ] || {
      echo "$1 does not run: $(tail -n 3 "$folder/$1.log")" >&2
      down
      return 1
    }
    sleep 0.1
  done
}

down() {
  kill $server 2>/dev/null
  wait $server 2>/dev/null
  server=
}

peers_folder() { # a folder to work in, which goes with all that was started
  folder=$(mktemp -d) || exit 1
  server= application=
  trap '[ -z "$server" ] || kill $server; [ -z "$application" ] || kill $application; rm -rf "$folder"' EXIT
  trap 'exit 1' INT TERM HUP
  cd "$folder" || exit 1
  chmod 755 .
  mkdir site
}
