#!/bin/sh
# The page suite through an adapter's DLL in the tests' own server under Wine: the suite is a program of this system's build, the
# server one of the build for Windows.
# usage: under_wine.sh iis7|isapi BUILD BUILD-FOR-WINDOWS     WINEPREFIX, FCGICLIENT_WINE: whose Wine
program=$2/tests/pages_$1
[ "$1" = iis7 ] || program=${program}_host
[ -x "$program" ] || { echo "skipped: there is no $program"; exit 77; }
FCGICLIENT_PAGES_WINDOWS=$(cd "$3" && pwd) CK_DEFAULT_TIMEOUT=120 exec "$program" "$1" later 0
