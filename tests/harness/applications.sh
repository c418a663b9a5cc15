#!/bin/sh
# applications.sh: which requirements of FastCGI applications in the field meet: the table applications.md, made with
# `fcgi check` and the probes of adapters/harness/check/probes.
# usage: sh applications.sh [--install] FCGI APP >applications.md
# --install: on Debian, with root or sudo, what is missing; services stay off.  What is not there is left out, with the reason.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
install=
[ "$1" = --install ] && install=1 && shift
fcgi=$1 app=$2
[ -x "$fcgi" ] && [ -x "$app" ] || { echo "usage: sh applications.sh [--install] FCGI APP" >&2; exit 2; }
fcgi=$(cd "$(dirname "$fcgi")" && pwd)/fcgi app=$(cd "$(dirname "$app")" && pwd)/app
probes=$here/../../adapters/harness/check/probes

packages="php-cgi php-fpm libfcgi-dev libfcgi-perl ruby-fcgi golang-go node-fastcgi libnet-async-fastcgi-perl fcgiwrap uwsgi-core"
if [ -n "$install" ]; then
  new=
  for package in $packages; do
    have $package || new="$new $package"
  done
  # shellcheck disable=SC2086
  need gcc libc6-dev $packages >&2 || exit 1
  for package in $new; do
    as_root deb-systemd-helper disable "$package.service" "$package.socket" >/dev/null 2>&1
  done
fi

folder=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP
cd "$folder" || exit 1
PATH=$PATH:/usr/sbin
cp "$probes"/* .

version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null; }

# ---- The applications: each says what it is in $about, and runs the suite; 1: it is not there ----
check() { "$fcgi" check --timeout 2s "$@"; }

php_cgi() { about="php-cgi $(php-cgi -v | sed -n 's/^PHP \([^ ]*\).*/\1/p')" && check --probe php php-cgi; }
php_fpm() {
  fpm=$(ls /usr/sbin/php-fpm* 2>/dev/null | tail -n 1)
  [ -n "$fpm" ] || return 1
  about="php-fpm $("$fpm" -v | sed -n 's/^PHP \([^ ]*\).*/\1/p'), one process"
  cat >fpm.conf <<CONF
[global]
error_log = $folder/fpm.log
daemonize = no
[www]
user = $(id -un)
listen = $folder/fpm.sock
pm = static
pm.max_children = 1
CONF
  "$fpm" -n -R -F -y fpm.conf >fpm.out 2>&1 &
  server=$!
  until grep -q 'ready to handle' fpm.log 2>/dev/null; do kill -0 $server && sleep 0.05 || return 1; done
  check --probe php "unix:$folder/fpm.sock"
  status=$?
  kill $server
  wait $server
  server=
  return $status
}
libfcgi() { about="libfcgi $(version libfcgi-dev): fcgi_stdio" && cc probe.c -o libfcgi -lfcgi 2>/dev/null && check ./libfcgi; }
perl_fcgi() { about="Perl FCGI $(version libfcgi-perl)" && perl -MFCGI -e1 2>/dev/null && check perl probe.pl; }
ruby_fcgi() { about="Ruby fcgi $(version ruby-fcgi)" && ruby -rfcgi -e1 2>/dev/null && check ruby probe.rb; }
go_fcgi() {
  about="Go $(go env GOVERSION 2>/dev/null): net/http/fcgi"
  GOCACHE=$folder/go go build -o go_probe probe.go 2>/dev/null && check ./go_probe
}
node_fastcgi() {
  about="node-fastcgi $(version node-fastcgi), node $(node --version 2>/dev/null)"
  NODE_PATH=/usr/share/nodejs node -e 'require("node-fastcgi")' 2>/dev/null && NODE_PATH=/usr/share/nodejs check node probe.js
}
net_async() {
  about="Perl Net::Async::FastCGI $(version libnet-async-fastcgi-perl)"
  perl -MNet::Async::FastCGI -e1 2>/dev/null && check perl probe-async.pl
}
fcgiwrap_() { about="fcgiwrap $(version fcgiwrap), a CGI program behind it" && check --probe "$folder/probe.cgi" fcgiwrap; }
uwsgi_() {
  about="uWSGI $(version uwsgi-core): --protocol fastcgi, a CGI program behind it" && command -v uwsgi >/dev/null &&
    check --probe "$folder/probe.cgi" uwsgi --protocol fastcgi --plugin cgi --cgi "$folder/probe.cgi" --fastcgi-modifier1 9 --processes 1
}
app_() { about="examples/app of this library" && check "$app"; }

all="php_cgi php_fpm libfcgi perl_fcgi ruby_fcgi go_fcgi node_fastcgi net_async fcgiwrap_ uwsgi_ app_"
there= absent=
for one in $all; do
  $one >$one.txt 2>$one.err
  echo "$about" >$one.about
  if grep -q ' requirements: ' $one.txt; then
    there="$there $one"
  else
    absent="$absent $one"
  fi
done

# ---- The table ----
cat <<TXT
# Applications, requirement by requirement

Made by \`tests/harness/applications.sh\` with \`fcgi check\` (\`man fcgi-check\`) and the probes of adapters/harness/check/probes, as
Debian has them, without settings. A probe can do no more than its library lets it, and some of what is seen is the probe's or the
CGI program's: what fcgiwrap and uWSGI pass on is up to the program behind them. Some of it depends on the moment: Ruby fcgi closes
a connection (4.1) when its garbage is collected.

TXT
for one in $there; do
  echo "- **${one%_}**: $(cat $one.about)"
done
for one in $absent; do
  echo "- ${one%_}: not here ($(head -c 200 $one.err | tr '\n' ' '))"
done
cat <<'TXT'

## What they meet

**FAIL**: a MUST that is not met; fail: a SHOULD; "-": skipped. What all of them meet is not shown.

TXT
for one in $there; do
  sed -n 's/^  \([pfFs][aAk][isI][lsLp]\)  \([0-9.]*\)  *\(MUST\|SHOULD\) *\(.*\)$/\2\t'$one'\t\1\t\3\t\4/p' $one.txt
done | awk -F '\t' -v names="$there" '
  { if (!($1 in claim)) order[++n] = $1; claim[$1] = $5; level[$1] = $4; got[$1, $2] = $3; count[$2, $3]++
    if ($3 != "pass") shown[$1] = 1 }
  function row(title, verdict,  i, line) {
    line = "| | " title " | |"
    for (i = 1; i <= k; i++) line = line " " count[name[i], verdict] + 0 " |"
    print line
  }
  END {
    k = split(names, name, " ")
    head = "| requirement | | level |"; rule = "| --- | --- | --- |"
    for (i = 1; i <= k; i++) { short = name[i]; sub(/_$/, "", short); head = head " " short " |"; rule = rule " --- |" }
    print head; print rule
    for (j = 1; j <= n; j++) {
      id = order[j]
      if (!(id in shown)) continue
      line = "| " id " | " claim[id] " | " level[id] " |"
      for (i = 1; i <= k; i++) {
        v = got[id, name[i]]
        line = line " " (v == "pass" ? "" : v == "skip" ? "-" : v == "FAIL" ? "**FAIL**" : v) " |"
      }
      print line
    }
    row("met, of " n, "pass"); row("MUST not met", "FAIL"); row("SHOULD not met", "fail"); row("skipped", "skip")
  }'
printf '\n## Why a MUST is not met\n\n'
for one in $there; do
  awk -v name="${one%_}" '/^  FAIL/ { id = $2; getline; sub(/^ */, ""); print "- " name ", " id ": " $0 }' $one.txt
done
printf '\n## How much they take\n\n'
for one in $there; do
  awk -v name="${one%_}" '/^  pass  8\.[78] / { getline; if (sub(/^              /, "")) print "- " name ": " $0 }' $one.txt
done
! grep -q '^  [Ff][Aa][Ii][Ll]' app_.txt # ours meets all
