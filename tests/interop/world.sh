#!/bin/sh
# Claim: applications of the real world, of Debian's packages, run behind httpd, visited with headless Chromium.
# usage: sh world.sh HTTPD [--table FILE] [NAME...]
# Installs what they need (services stay off; puppeteer-core of npm in browser/ of the build folder), leaves pictures in pictures/
# there and what was said in world/, and prints what came of it.  --table: that as world.md.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
[ -x "${1:-}" ] || { echo "usage: sh world.sh HTTPD [--table FILE] [NAME...]" >&2; exit 2; }
httpd=$(realpath "$1") table=
build=$(dirname "$(dirname "$httpd")")
pictures=$build/pictures logs=$build/world
shift
[ "${1:-}" != --table ] || { table=$2; shift 2; }
all="dokuwiki mediawiki phpmyadmin rails git munin"
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || all="rails git munin"
names=${*:-$all}

about() { # about NAME: its package, what else it needs, what it is called, what is done
  case $1 in
    dokuwiki) package=dokuwiki more="php-cgi php-xml php-gd php-mbstring" called=DokuWiki
      done_there="installed, a page written, an image uploaded, searched, logged out" ;;
    mediawiki) package=mediawiki more="php-cgi php-cli php-sqlite3 php-mbstring php-xml php-intl php-gd" called=MediaWiki
      done_there="logged in, a page written and edited, history, an image uploaded, searched" ;;
    phpmyadmin) package=phpmyadmin more="php-cgi php-mysql mariadb-server-core mariadb-client-core" called=phpMyAdmin
      done_there="a table made, a dump imported and exported, the live monitor" ;;
    rails) package=ruby-rails more=ruby-fcgi called=Rails
      done_there="notes written, listed and deleted in two sessions; an error" ;;
    git) package=gitweb more="git fcgiwrap cgit libcgi-fast-perl libfcgi-perl" called="Git, cgit and gitweb"
      done_there="cloned, pushed to, browsed; gitweb by fcgiwrap and as FastCGI" ;;
    munin) package=munin more="rrdtool libcgi-fast-perl" called=Munin
      done_there="graphs of four periods, any time, eight at once; zoomed into" ;;
    *) echo "there is no application $1; these are: $all" >&2; exit 2 ;;
  esac
}
absent() {
  echo "skipped: $1"
  exit 77
}
number() { # number BEFORE: in what was said
  sed -n "s/.*$1 \([0-9]*\).*/\1/p" "$log" | tail -n 1
}
row() {
  printf '|'
  printf ' %s |' "$@"
  echo
}

# ---- What they need: the packages configure no web server and no database ----
packages="curl chromium-headless-shell"
for name in $names; do
  about "$name"
  packages="$packages $package $more"
done
mkdir -p "$pictures" "$logs"
printf '%s multiselect\n' 'dokuwiki dokuwiki/webservers' 'phpmyadmin phpmyadmin/reconfigure-webserver' >"$logs/answers"
echo 'phpmyadmin phpmyadmin/dbconfig-install boolean false' >>"$logs/answers"
! command -v debconf-set-selections >/dev/null || as_root debconf-set-selections "$logs/answers"
need $packages || absent "not all packages can be had"
command -v node >/dev/null || need nodejs || absent "node cannot be had"
export FCGICLIENT_NODE_MODULES="$build/browser/node_modules"
if [ ! -e "$FCGICLIENT_NODE_MODULES/puppeteer-core" ]; then
  command -v npm >/dev/null || need npm || absent "npm cannot be had"
  mkdir -p "$build/browser"
  npm install --prefix "$build/browser" --no-audit --no-fund puppeteer-core@24 >"$logs/npm.log" 2>&1 || absent "npm's puppeteer-core cannot be had"
fi

# ---- One after another ----
checks=0 failures=0
row application "what is done there" result claims "requests by the browser" pictures seconds told >"$logs/rows"
row --- --- --- --- --- --- --- --- >>"$logs/rows"
for name in $names; do
  about "$name"
  log=$logs/$name.log
  rm -f "$pictures/$name"-*.png
  since=$(date +%s)
  sh "$here/$name.sh" "$httpd" "$pictures" >"$log" 2>&1
  came=$?
  took=$(($(date +%s) - since)) made=$(number Checks:) failed=$(number Failures:)
  case $came in
    0) result="all right" ;;
    77) result=$(tail -n 1 "$log") failed=0 ;;
    *) [ "${failed:-0}" -gt 0 ] || failed=1
      result="$failed failed"
      sed "s/^/$name: /" "$log" ;;
  esac
  checks=$((checks + ${made:-0})) failures=$((failures + failed))
  version=$(dpkg-query -W -f '${Version}' "$package" | sed 's/^[0-9]*://; s/[-+].*//')
  row "$called $version" "$done_there" "$result" "${made:-0}" "$(number requests)" "$(find "$pictures" -name "$name-*.png" | wc -l)" "$took" \
    "$(sed -n 's/^told //p' "$log" | paste -sd ';' | sed 's/;/; /g')" >>"$logs/rows"
done
cat "$logs/rows"
[ -z "$table" ] || {
  echo "# Applications of the real world behind httpd, visited with headless Chromium"
  echo
  echo "\`sh tests/interop/world.sh HTTPD --table FILE\` made this table. Claims are what was looked at, by curl, git and the browser; one of"
  echo "them is that each of the browser's requests was answered. \`examples/apps\` has the configurations."
  echo
  cat "$logs/rows"
} >"$table"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
