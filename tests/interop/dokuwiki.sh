#!/bin/sh
# Claim: DokuWiki as Debian has it, with php-cgi behind httpd: installed in the browser, a page, an image, a search, logged out.
# usage: dokuwiki.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || skip "without PHP"
program php-cgi php-cgi
[ -e /usr/share/dokuwiki/doku.php ] || skip "there is no DokuWiki (Debian's dokuwiki)"
browser >/dev/null || skip "$(browser)"
begin "$@"

claim "a wiki is set up in a folder" sh "$apps/dokuwiki/setup.sh" "$folder/wiki"
serve --root "$folder/wiki/site" --index index.php --env DOKUWIKI="$folder/wiki" --app ".php=php-cgi -d auto_prepend_file=$apps/dokuwiki/preload.php"
claim "nothing of conf and data is served" is 404 /data/pages/
claim "the installer is shown" shows /install.php 'DokuWiki Installer'
drive dokuwiki "$folder"
claim "it wrote the page" grep -q 'zebra' "$folder/wiki/data/pages/groesse/eins.txt"
claim "the image is there, byte by byte" cmp "$folder/stripes.png" "$folder/wiki/data/media/groesse/stripes.png"
claim "its parts are sent: a range of the image" sh -c "curl -sf -r 0-7 '$url/lib/exe/fetch.php?media=groesse:stripes.png' | cmp -n 8 - '$folder/stripes.png'"
claim "a feed" shows /feed.php '<rdf:RDF'
finish
