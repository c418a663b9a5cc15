#!/bin/sh
# wine.sh: runs a Windows program under Wine, quietly, without a display, as ctest does: wine.sh PROGRAM [ARGUMENTS...]
# WINEPREFIX says where Windows is; otherwise it is build/windows/prefix, which is made if need be.
# FCGICLIENT_WINE names another program that does so.
# What the program prints goes through a file: a child that outlives it does not keep ctest waiting.
: "${WINEPREFIX:=$(cd "$(dirname "$0")/../.." && pwd)/build/windows/prefix}"
: "${WINEDEBUG:=-all}"
: "${WINEDLLOVERRIDES:=mscoree,mshtml,winedbg.exe=}" # without winedbg a crash is an exit status, and not 0
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
wine=${FCGICLIENT_WINE:-/usr/lib/wine/wine64}
[ -x "$wine" ] || wine=wine
mkdir -p "$WINEPREFIX" && said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
trap 'exit 143' TERM INT HUP
"$wine" "$@" >"$said" 2>&1
status=$?
tr -d '\r' <"$said"
exit $status
