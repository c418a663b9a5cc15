#!/bin/sh
# cgit.cgi: cgit's pages of the repositories in $GIT_PROJECT_ROOT: http://HOST/cgit.cgi/
CGIT_CONFIG=$(mktemp) || exit 1
trap 'rm -f "$CGIT_CONFIG"' EXIT
export CGIT_CONFIG
cat >"$CGIT_CONFIG" <<CONF
virtual-root=$SCRIPT_NAME
css=/cgit.css
logo=
cache-size=0
enable-index-links=1
enable-commit-graph=1
snapshots=tar.gz
scan-path=${GIT_PROJECT_ROOT:-/srv/git}
CONF
/usr/lib/cgit/cgit.cgi
