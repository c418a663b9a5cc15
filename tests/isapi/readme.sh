#!/bin/sh
# Claim: the configuration that adapters/isapi/README.md shows for Apache, and its fcgiext.ini, serve a page.
# usage: readme.sh README   (variables: see apache.sh)
here=$(dirname "$0")
. "$here/apache.sh"
checks=0 failures=0
apache_can_run || exit 77
dir=$(mktemp -d) || exit 1
trap 'kill -9 $(apache_ours "$dir") 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence"
}

# The README's places become this folder's, and its file is what the modules of any server stand before.
block() { # block LANGUAGE README
  awk -v begin="\`\`\`$1" '$0 == begin { inside = 1; next } /^```/ { inside = 0 } inside' "$2" |
    sed "s|/usr/lib/apache2/modules/mod_isapi.so|$dir/app/mod_isapi.so|; s|/usr/local/lib/fcgiclient/fcgiclient_isapi.so|$dir/app/ext.so|
      s|/usr/local/lib/fcgiclient|$dir/app|; s|/var/www/html|$dir/root|; s|/usr/bin/php-cgi|$(command -v php-cgi)|"
}
apache_write_ini() {
  { block ini "$readme" && echo "Arguments=-d fcgiclient.folder=$1"; } >"$1/fcgiext.ini"
}
eval "$(sed -n '/^apache_write_conf()/,/^}/p' "$here/apache.sh" | sed 's/^apache_write_conf/write_whole/')"
apache_write_conf() {
  write_whole "$@"
  sed -i '/^LoadModule isapi_module/d; /^DirectoryIndex/d; /^<Directory/,$d' "$1/httpd.conf"
  { printf '<Directory "%s">\nRequire all granted\n</Directory>\n' "$1/root" && block apache "$readme"; } >>"$1/httpd.conf"
}

readme=$1
claim "Both blocks are there." test -n "$(block apache "$readme")" -a -n "$(block ini "$readme")"
apache_make "$dir"
echo '<?php echo "Hello from ", $_SERVER["SCRIPT_NAME"], "\n";' >"$dir/root/hello.php"
chmod -R a+rX "$dir"
claim "Apache starts with them." apache_start "$dir"
claim "The page comes." test "$(curl -s "http://127.0.0.1:$port/hello.php")" = "Hello from /hello.php"
claim "The extension cannot be called but by the map." test \
  "$(curl -s -o "$dir/direct" -w '%{http_code}' "http://127.0.0.1:$port/fcgiclient.so/hello.php")" = 403
[ $failures = 0 ] || cat "$dir/log"
claim "All ends with Apache." apache_stop "$dir"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
