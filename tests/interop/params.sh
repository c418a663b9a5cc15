#!/bin/sh
# params.sh: what an application gets to know of the same requests, from several web servers: the table params.md.
# usage: params.sh [--install] FCGI HTTPD >params.md
# Claim: where httpd differs from another server, params_why.txt says why, and httpd sends what stands there.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
. "$here/../harness/servers_run.sh"
. "$here/peers.sh"
. "$here/params_run.sh"
[ "$1" = --install ] && shift && peers_need
fcgi=$1 httpd=$2
[ -x "$fcgi" ] && [ -x "$httpd" ] || { echo "usage: params.sh [--install] FCGI HTTPD >params.md" >&2; exit 2; }
fcgi=$(realpath "$fcgi") httpd=$(realpath "$httpd")
peers_folder
root=$folder/site
mkdir -p "$root/shop"
echo page >"$root/shop/page.php"
echo page >"$root/shop/größe 1.php"

# ---- The requests: each answer is a line per parameter ----
requests="plain info utf8 post"
request() { # request NAME
  url=http://127.0.0.1:$port
  case $1 in
    plain) set -- '/shop/page.php' ;;
    info)
      set -- '/shop/page.php/in/f%C3%B6%20o?a=b%20c&d=%2F' -H 'Host: example.org' -H 'Cookie: a=1; b=2' -H 'X-Twice: 1' \
        -H 'X-Twice: 2' -H 'X-Empty;' -H 'X_Under: line' -H 'X.Dot: y' -H 'Proxy: http://evil.example' -H 'Content-Type: text/x' \
        -H 'Authorization: Basic dTpw' -H 'Accept-Language: de' -A agent
      ;;
    utf8) set -- '/shop/gr%C3%B6%C3%9Fe%201.php?' ;;
    post) set -- '/shop/page.php' -d hello -H 'Content-Type: text/x' ;;
  esac
  path=$1
  shift
  curl -s -m 10 "$@" "$url$path"
}
describe() {
  case $1 in
    plain) echo "GET /shop/page.php" ;;
    info) echo "GET /shop/page.php/in/f%C3%B6%20o?a=b%20c&d=%2F, with fields" ;;
    utf8) echo "GET /shop/gr%C3%B6%C3%9Fe%201.php?" ;;
    post) echo "POST /shop/page.php, 5 bytes" ;;
  esac
}

# What differs from run to run gets a name.
named() {
  sed "s|$root|ROOT|g; s|:$port\b|:PORT|g; s|=$port\$|=PORT|; s|:$to|:APP|; /^REMOTE_PORT=/s/=.*/=CLIENT/; /^PATH=/s/=.*/=.../" | grep -a '^[A-Za-z_.-][A-Za-z0-9_.-]*=' | sort -u
}

"$fcgi" app --listen tcp:127.0.0.1:0 2>app.txt >app.json &
application=$!
until grep -q 'listening on' app.txt; do sleep 0.02; done
to=$(sed -n 's/.*listening on tcp:127.0.0.1://p' app.txt)
there=
for name in nginx apache lighttpd haproxy caddy httpd; do
  is_there $name && up p_$name /shop/page.php || continue
  there="$there $name"
  for one in $requests; do request $one | named >"$name.$one"; done
  down
done

# ---- The tables ----
value() { # value SERVER REQUEST NAME: as a cell
  grep -aq "^$3=" "$1.$2" || { echo "-"; return; }
  sed -n "s/^$3=\(.*\)/\`\1\`/p" "$1.$2" | tr '|' '/' | paste -sd ' ' | sed 's/``/empty/g; s/` `/`, `/g'
}

cat <<'TXT'
# What web servers tell an application

Made by `tests/interop/params.sh`: the same requests to web servers that are set up for PHP as their manuals show (`params_run.sh`),
with `fcgi app` in the place of PHP, which answers with its parameters. ROOT is the document root, PORT the server's port, CLIENT
the client's, APP the application's; "-": not sent, "empty": sent without a value.

TXT
for name in $there; do echo "- **$name**: $(version_of $name)"; done
: >differing
for one in $requests; do
  printf '\n## %s\n\n' "$(describe $one)"
  row parameter $there
  row --- $(for name in $there; do echo ---; done)
  for name in $there; do sed 's/=.*//' $name.$one; done | sort -u >names
  while read -r parameter; do
    printf '| %s |' "$parameter"
    for name in $there; do
      cell=$(value $name $one "$parameter")
      printf ' %s |' "$cell"
      [ "$cell" = "$(value httpd $one "$parameter")" ] || echo "$one $parameter" >>differing
    done
    echo
  done <names
done

# ---- Why ----
printf '\n## Why httpd differs\n\n'
sed 's/^\([^|]*\)|\(.*\)$/- \1: \2/' "$here/params_why.txt"
checks=0 failures=0
sed 's/.* //' differing | sort -u >differ
while read -r parameter; do
  checks=$((checks + 1))
  sed 's/|.*//' "$here/params_why.txt" | tr ', ' '\n\n' | grep -qxF "$parameter" && continue
  failures=$((failures + 1))
  echo "FAILED: $parameter differs, and params_why.txt does not say why" >&2
done <differ
echo "Checks: $checks, Failures: $failures, Errors: 0" >&2
[ $failures = 0 ]
