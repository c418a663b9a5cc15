#!/bin/sh
# servers.sh: what web servers send to a FastCGI application, requirement by requirement, and what their
# clients get when it misbehaves: the table servers.md, made with `fcgi app --json` behind each of them.
# usage: sh servers.sh [--install] FCGI [HTTPD] >servers.md
# --install: on Debian, with root or sudo, the servers that are missing; their services stay off.  Others are left out.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
. "$here/servers_run.sh"
install=
[ "$1" = --install ] && install=1 && shift
fcgi=$1 httpd=$2
[ -x "$fcgi" ] || { echo "usage: sh servers.sh [--install] FCGI [HTTPD]" >&2; exit 2; }
fcgi=$(cd "$(dirname "$fcgi")" && pwd)/fcgi

packages="nginx-light apache2-bin lighttpd haproxy h2o caddy"
if [ -n "$install" ]; then
  new=
  for package in $packages; do
    have $package || new="$new $package"
  done
  # shellcheck disable=SC2086
  need curl $packages || exit 1
  for package in $new; do
    as_root deb-systemd-helper disable "${package%-*}.service" >/dev/null 2>&1
  done
fi

folder=$(mktemp -d) || exit 1
app= server=
trap '[ -z "$server" ] || kill $server; [ -z "$app" ] || kill $app; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP
cd "$folder" || exit 1
chmod 755 .
mkdir site results
head -c 3000000 /dev/zero | tr '\0' 'x' >upload
# ---- The visits.  Those that say a word are rows of the second table. ----
visit() { # visit QUERY OPTIONS...: the answer in body, its status in $status, curl's verdict in $verdict
  query=$1
  shift
  status=$(curl -s -m 20 -o body -w '%{http_code}' "$@" "http://127.0.0.1:$port/dir/page.x?$query")
  verdict=$?
}
outcome() { # outcome PATTERN: yes, or what came instead
  if [ $verdict != 0 ]; then
    echo "cut (curl $verdict)"
  elif [ "$status" = 200 ] && grep -q "$1" body; then
    echo yes
  else
    echo "$status"
  fi
}
whole_upload=$(printf '3000000 bytes, FNV-1a')

v_get() { visit x=1; outcome '^QUERY_STRING=x=1$'; }
v_head() { visit x=1 -I; [ "$status" = 200 ] && echo yes || echo "$status"; }
v_post() { visit echo=1 -d small; outcome '^small$'; }
v_post_empty() { visit echo=1 -d ''; outcome ''; }
v_upload() { visit sum=1 -H Expect: --data-binary @upload; outcome "$whole_upload"; }
v_chunked() { visit sum=1 -H Expect: -H 'Transfer-Encoding: chunked' --data-binary @upload; outcome "$whole_upload"; }
v_early() { visit 'early=1&size=100' -H Expect: --data-binary @upload; outcome .; }
v_download() { visit size=3000000; [ "$(wc -c <body)" = 3000000 ] && echo yes || outcome '^$'; }
v_headers() {
  set --
  i=0
  while [ $i -lt 20 ]; do
    set -- "$@" -H "X-$i: $(head -c 300 upload)"
    i=$((i + 1))
  done
  visit x=1 "$@"
  outcome '^HTTP_X_19=xxx'
}
v_stderr() { visit stderr=oops; outcome '^QUERY_STRING=stderr=oops$'; }
v_404() { visit status=404; [ "$status" = 404 ] && echo yes || echo "$status"; }
v_info() { curl -s -m 20 -o body "http://127.0.0.1:$port/a%20b/x.php/in/fo?x"; echo; }
v_proxy() { visit x=1 -H 'Proxy: evil'; grep -q '^HTTP_PROXY=' body && echo no || outcome .; }
v_underscore() {
  visit x=1 -H 'X-Who: dash' -H 'X_Who: underscore'
  grep -q 'underscore' body && echo no || outcome '^HTTP_X_WHO=dash'
}
v_twice() { visit x=1 -H 'X-A: 1' -H 'X-A: 2'; outcome '^HTTP_X_A=1, *2$'; }
v_cut() { visit 'size=1000000&exit=1'; [ $verdict != 0 ] && echo yes || { [ "$status" = 200 ] && echo no || echo "$status"; }; }
v_noend() { visit 'size=1000&noend=1'; [ $verdict != 0 ] && echo yes || { [ "$status" = 200 ] && echo no || echo "$status"; }; }
v_crash() { visit 'before=1&exit=1'; echo "$status"; }
v_leave() { curl -s -m 0.4 -o body "http://127.0.0.1:$port/x?size=1000&slow=200"; echo; }
v_leave_upload() { curl -s -m 0.4 --limit-rate 1M -H Expect: -o body --data-binary @upload "http://127.0.0.1:$port/x?sum=1"; echo; }
v_crowd() {
  visitors=
  for i in 1 2 3 4 5 6 7 8; do
    curl -s -m 20 -o "crowd$i" "http://127.0.0.1:$port/x?n=[1-5]" &
    visitors="$visitors $!"
  done
  # shellcheck disable=SC2086
  wait $visitors
  echo
}

visits='get head post post_empty upload chunked early download headers stderr 404 info proxy underscore twice crash cut noend
  leave leave_upload crowd'
describe() {
  case $1 in
    get) echo "GET" ;;
    head) echo "HEAD" ;;
    post) echo "POST of 5 bytes" ;;
    upload) echo "POST of 3 MB with Content-Length" ;;
    chunked) echo "POST of 3 MB, chunked: whole, with its CONTENT_LENGTH or without" ;;
    early) echo "3 MB up, answered before they are read" ;;
    download) echo "3 MB down" ;;
    headers) echo "20 fields of 300 bytes" ;;
    stderr) echo "an answer with STDERR in front" ;;
    404) echo "Status: 404" ;;
    proxy) echo "the field Proxy does not become HTTP_PROXY" ;;
    underscore) echo "X_Who does not replace X-Who" ;;
    twice) echo "two fields of a name are joined" ;;
    crash) echo "status when it dies before it answers" ;;
    cut) echo "a client sees that a body is cut (it died in the middle)" ;;
    noend) echo "a client sees that END_REQUEST never came" ;;
    *) return 1 ;;
  esac
}

# ---- Running them ----
start_app() {
  "$fcgi" app --listen tcp:127.0.0.1:0 --json >"results/$1.json" 2>app.txt &
  app=$!
  until grep -q 'listening on' app.txt 2>/dev/null; do sleep 0.02; done
  to=$(sed -n 's/.*listening on tcp:127.0.0.1://p' app.txt)
  rm -f app.txt
}

test_server() { # test_server NAME FUNCTION
  start_app "$1"
  port=$(free_port)
  (
    trap - EXIT
    "$2"
  ) >"results/$1.log" 2>&1 &
  server=$!
  waited=0
  until curl -s -m 5 -o /dev/null "http://127.0.0.1:$port/"; do
    waited=$((waited + 1))
    kill -0 $server 2>/dev/null && [ $waited -lt 100 ] || {
      echo "$1 does not run:" >&2
      tail -n 5 "results/$1.log" >&2
      stop_all
      rm -f "results/$1.json"
      return 1
    }
    sleep 0.1
  done
  for visit in $visits; do
    "v_$(echo "$visit" | tr - _)" >"results/$1.$visit"
  done
  stop_all
  tested="$tested $1"
}

stop_all() {
  kill $server $app 2>/dev/null
  wait $server $app 2>/dev/null
  server= app=
}

tested=
have_program() { command -v "$1" >/dev/null; }
have_program nginx && test_server nginx nginx_ && test_server nginx_keep nginx_keep
have_program apache2 && test_server apache apache && test_server apache_keep apache_keep
have_program lighttpd && test_server lighttpd lighttpd_ && test_server lighttpd_stream lighttpd_stream
have_program haproxy && test_server haproxy haproxy_
have_program h2o && test_server h2o h2o_
have_program caddy && test_server caddy caddy_
[ -x "$httpd" ] && test_server httpd httpd_

# ---- The table ----
version() {
  case $1 in
    nginx) nginx -v 2>&1 | sed 's,.*/,nginx ,' ;;
    apache) apache2 -v | sed -n 's,.*Apache/\([^ ]*\).*,Apache \1: mod_proxy_fcgi,p' ;;
    lighttpd) lighttpd -v | sed -n 's,lighttpd/\([^ ]*\).*,lighttpd \1: mod_fastcgi,p' ;;
    haproxy) haproxy -v | sed -n 's/.*version \([0-9.]*\).*/HAProxy \1, option keep-conn/p' ;;
    h2o) h2o -v | sed -n 's/h2o version /h2o /p' ;;
    caddy) echo "Caddy $(caddy version | cut -d' ' -f1): reverse_proxy, transport fastcgi" ;;
    httpd) echo "examples/httpd of this library" ;;
    nginx_keep) echo "fastcgi_keep_conn on, fastcgi_request_buffering off" ;;
    apache_keep) echo "enablereuse=on" ;;
    lighttpd_stream) echo "server.stream-request-body = 2, server.stream-response-body = 2" ;;
  esac
}
requirements() { # requirements FILE: "id|source|text|verdict|times|broken|first" for each
  sed 's/},{/\n/g' "$1" | sed -n 's/.*"id":"\([^"]*\)","source":"\([^"]*\)","text":"\([^"]*\)","verdict":"\([^"]*\)","times":\([0-9]*\),"broken":\([0-9]*\),"first":"\(.*\)".*/\1|\2|\3|\4|\5|\6|\7/p'
}
field() { # field SERVER ID NUMBER
  requirements "results/$1.json" | awk -F'|' -v id="$2" -v n="$3" '$1 == id { print $n; exit }'
}
row() {
  printf '|'
  printf ' %s |' "$@"
  printf '\n'
}

cat <<TEXT
# Web servers, seen by an application

Made by \`tests/harness/servers.sh\` with \`fcgi app --json\` behind each server, which \`curl\` visited. Servers as Debian has
them, configured as their manuals show; what is set beyond that stands beside the name. Some of it depends on the moment, and may
differ the next time: how far a body was read when the answer ended (3.3-7), the order of a server's own tables (X_Who).

TEXT
for name in $tested; do
  echo "- **$name**: $(version "$name")"
done
printf '\n## What they send\n\n"x of y": broken so often; "-": did not come up. Requirements that none has broken are not shown.\n\n'
# shellcheck disable=SC2086
row requirement "" $tested
# shellcheck disable=SC2046
row --- --- $(for name in $tested; do echo ---; done)
first=${tested# } first=${first%% *}
notes=
requirements "results/$first.json" | cut -d'|' -f1-3 >ids
while IFS='|' read -r id source text; do
  cells= broken=
  for name in $tested; do
    case $(field "$name" "$id" 4) in
      kept) cells="$cells kept |" ;;
      broken)
        cells="$cells **$(field "$name" "$id" 6) of $(field "$name" "$id" 5)** |"
        broken=1
        notes="$notes- $name, $id: $(field "$name" "$id" 7 | sed 's/\\"/"/g')
"
        ;;
      *) cells="$cells - |" ;;
    esac
  done
  [ -n "$broken" ] && echo "| $id | $text ($source) |$cells"
done <ids
kept= all=$(wc -l <ids)
for name in $tested; do
  kept="$kept $(requirements "results/$name.json" | grep -c '|kept|') |"
done
echo "| | kept, of $all |$kept"
printf '\nThe first time that each was broken:\n\n%s' "$notes"
printf '\n## What their clients get\n\n'
# shellcheck disable=SC2086
row case $tested
# shellcheck disable=SC2046
row --- $(for name in $tested; do echo ---; done)
for visit in $visits; do
  describe "$visit" >/dev/null || continue
  printf '| %s |' "$(describe "$visit")"
  for name in $tested; do
    printf ' %s |' "$(cat "results/$name.$visit")"
  done
  echo
done
# Ours must break nothing.
[ ! -e results/httpd.json ] || grep -q '"broken":0,' results/httpd.json
