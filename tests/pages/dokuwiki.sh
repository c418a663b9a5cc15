#!/bin/sh
# Claim: DokuWiki as Debian ships it installs itself, shows, edits, takes uploads and searches, through httpd and through Apache.
# usage: dokuwiki.sh CACHE httpd HTTPD | dokuwiki.sh CACHE apache    (variables for apache: see tests/isapi/apache.sh)
# Nothing is installed: the packages are unpacked in a folder of the test; the cache keeps what was downloaded.
here=$(dirname "$0")
. "$here/../isapi/apache.sh"
cache=$1 host=$2 httpd=$3
checks=0 failures=0

skip() {
  echo "skipped: $*"
  exit 77
}
claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence"
  grep -iE '^HTTP|^Location|<li>|error' "$answer" | cut -c 1-400 | head -n 8
}

# ---- The packages ----

packages="dokuwiki libphp-simplepie php-geshi php-phpseclib libjs-jquery libjs-jquery-cookie libjs-jquery-ui"
extensions= # of PHP, where they are not installed
if [ -n "${FCGICLIENT_TEST_NO_PHP:-}" ] || ! command -v php-cgi >/dev/null; then skip "there is no php-cgi"; fi
if ! php-cgi -m | grep -qx xml; then
  packages="$packages php$(php-cgi -v | sed -n 's/^PHP \([0-9]*\.[0-9]*\).*/\1/p')-xml"
  extensions=xml
fi
mkdir -p "$cache" && cache=$(cd "$cache" && pwd) || exit 1
for package in $packages; do
  [ -n "$(ls "$cache/${package}"_*.deb 2>/dev/null)" ] ||
    (cd "$cache" && apt-get -qq -o APT::Sandbox::User= -o Acquire::http::Timeout=20 download "$package" </dev/null) ||
    skip "Debian's package $package cannot be had"
done

dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
answer=$dir/answer
end() {
  if [ $host = apache ]; then apache_stop "$dir"; else kill "$pid" 2>/dev/null && wait "$pid"; fi
}
trap 'end >/dev/null 2>&1; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# ---- Unpacked: root/ is the wiki, doku/ has the rest of the file system; the paths in it are changed accordingly ----

unpack() {
  mkdir "$dir/doku" "$dir/tmp"
  for package in $packages; do dpkg-deb -x "$cache/${package}"_*.deb "$dir/doku" || return 1; done
  wiki=$dir/doku/var/lib/dokuwiki
  mv "$dir/doku/usr/share/dokuwiki" "$dir/root"
  rm -f "$dir/root/lib/plugins" "$dir/root/lib/tpl" "$dir/root/.htaccess" "$dir/doku/etc/dokuwiki/"*.auth.php "$wiki/inc"
  ln -s "$wiki/data" "$dir/doku/etc/dokuwiki" "$dir/root/" && mv "$dir/root/dokuwiki" "$dir/root/conf" # as the installer expects
  mv "$wiki/lib/plugins" "$wiki/lib/tpl" "$dir/root/lib/"
  find "$dir/root" "$dir/doku/etc/dokuwiki" -name '*.php' -exec sed -i \
    -e "s|/usr/share/dokuwiki|$dir/root|g; s|\([' (\"]\)/usr/share/|\1$dir/doku/usr/share/|g" \
    -e "s|/etc/dokuwiki|$dir/doku/etc/dokuwiki|g; s|/var/lib/dokuwiki|$wiki|g" {} +
  chmod -R a+rwX "$wiki" "$dir/doku/etc/dokuwiki" "$dir/tmp"
  arguments="-d session.save_path=$dir/tmp"
  [ -z "$extensions" ] || arguments="$arguments -d extension=$(find "$dir/doku" -name xml.so)"
}

start() {
  if [ $host = apache ]; then
    PHP_ARGUMENTS=$arguments
    apache_make "$dir" && apache_start "$dir" && url=http://127.0.0.1:$port
    return
  fi
  "$httpd" --listen 127.0.0.1:0 --root "$dir/root" --quiet --index doku.php --app ".php=php-cgi $arguments" \
    >"$dir/url" 2>"$dir/log" &
  pid=$!
  until grep -q http "$dir/url"; do kill -0 "$pid" || return 1; sleep 0.05; done
  url=$(sed -n 's|^listening on \(.*\)/$|\1|p' "$dir/url")
}

# ---- A browser: cookies, and what a form hides ----

visit() { # visit PATH [CURL-OPTIONS...]: its page is in $answer, with the head before it
  path=$1
  shift
  curl -s -i --max-time 60 -b "$dir/jar" -c "$dir/jar" -o "$answer" "$@" "$url$path"
}
has() {
  grep -q -- "$1" "$answer"
}
status() {
  head -n 1 "$answer" | grep -q "^HTTP/1.1 $1 "
}
hidden() { # hidden NAME: the value of the form that was visited
  sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$answer" | sort | tail -n 1
}
of() { # of STATUS WORD: a page with that status and word
  status "$1" && has "$2"
}

unpack || skip "the packages do not unpack"
[ $host != apache ] || apache_can_run || exit 77
claim "the server starts" start

visit /install.php
claim "the installer shows its form" of 200 'name="d\[superuser\]"'
visit /install.php --data-urlencode 'd[title]=Wiki größer' -d 'l=en&submit=1&d[acl]=on&d[superuser]=admin&d[fullname]=Ad+Min' \
  -d 'd[email]=admin@example.org&d[password]=very+secret&d[confirm]=very+secret&d[policy]=0&d[license]=cc-by-sa'
claim "it installs" of 200 'class="success"\|successfully'

visit /doku.php
claim "the first page is shown, under the title that was chosen" of 200 'Wiki größer'
visit '/doku.php?id=start&do=login'
visit '/doku.php?id=start' -d "sectok=$(hidden sectok)&id=start&do=login&u=admin&p=wrong"
claim "a wrong password is refused" of 403 'username or password was wrong'
visit '/doku.php?id=start&do=login'
visit '/doku.php?id=start' -d "sectok=$(hidden sectok)&id=start&do=login&u=admin&p=very+secret"
claim "the right one is sent on, with a cookie" of 302 '^Set-Cookie: DW'
visit '/doku.php?id=start'
claim "the next page knows who asks" has 'Ad Min'

visit '/doku.php?id=room:page&do=edit'
claim "a page can be edited" of 200 'name="wikitext"'
visit '/doku.php?id=room:page' --data-urlencode 'wikitext======= Überschrift ======
The word xylophone stands here, with <code c>int x;</code> and "quotes".' --data-urlencode "sectok=$(hidden sectok)" \
  --data-urlencode "changecheck=$(hidden changecheck)" -d 'id=room:page&rev=0&date=&prefix=.&suffix=&summary=new&do[save]=1'
claim "it is saved" status 30[23]
visit '/doku.php?id=room:page'
claim "what was written is shown" of 200 'xylophone'
claim "in its own letters" has 'Überschrift'
visit '/doku.php?id=room:page&do=revisions'
claim "it has a history" of 200 'Old Revisions'

visit '/doku.php?id=room:page&do=media&ns=room'
token=$(hidden sectok)
{ cat "$dir"/doku/var/lib/dokuwiki/data/*.png; head -c 300000 /dev/urandom; } >"$dir/picture.png" # PHP looks at the first bytes
visit "/lib/exe/ajax.php?call=mediaupload&ns=room&qqfile=picture.png&sectok=$token&ow=0" -X POST -H 'Expect:' \
  -H 'Content-Type: application/octet-stream' --data-binary "@$dir/picture.png"
claim "a file of 300 kB is taken" of 200 'success'
visit "/lib/exe/ajax.php" -F call=mediaupload -F ns=room -F "sectok=$token" -F "qqfile=@$dir/picture.png;filename=other.png"
claim "and one from a form" of 200 'success'
for name in picture other; do
  claim "it comes back as it was" eval "curl -s '$url/lib/exe/fetch.php?media=room:$name.png' | cmp -s - '$dir/picture.png'"
done
etag=$(curl -s -i "$url/lib/exe/fetch.php?media=room:picture.png" | sed -n 's/^E[tT]ag: \(.*\)\r$/\1/p')
visit '/lib/exe/fetch.php?media=room:picture.png' -H "If-None-Match: $etag"
claim "once it is known, 304 is enough" status 304

visit '/lib/exe/taskrunner.php?id=room:page'
visit '/doku.php?do=search&id=start&q=xylophone'
claim "a search finds the page" of 200 'doku.php?id=room:page'
visit '/lib/exe/css.php?t=dokuwiki'
claim "styles are put together" of 200 'text/css'
visit '/lib/exe/js.php?t=dokuwiki'
claim "scripts too, from the library's folders" of 200 'jQuery'
visit '/feed.php'
claim "the feed tells of the change" of 200 'room:page'
visit '/doku.php?id=start&do=admin'
claim "who may administer can" of 200 admin_tasks
visit "/doku.php?id=start&do=logout&sectok=$(sed -n 's/.*do=logout&amp;sectok=\([0-9a-f]*\).*/\1/p' "$answer" | head -n 1)"
claim "whoever logs out is sent on" status 302
visit '/doku.php?id=room:page&do=admin'
claim "without a login there is no administration" eval '! has admin_tasks'
claim "the server ends in order" end
if [ $failures != 0 ]; then tail -n 20 "$dir/log"; fi

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
