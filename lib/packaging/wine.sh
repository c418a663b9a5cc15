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
case $1 in
  */tests/*) # a test says something; Wine has been seen to end one before its first word, as if all were well
    [ $status != 0 ] || [ -s "$said" ] || { "$wine" "$@" >"$said" 2>&1; status=$?; } ;;
esac
tr -d '\r' <"$said"
# A program ends at once, and with status 0, when Wine's server is gone, or another has ended it.
if [ $status = 0 ] && { grep -q 'wineserver crashed' "$said" ||
  { grep -q '^Running suite' "$said" && ! grep -q 'Checks: ' "$said"; }; }; then
  echo "wine.sh: $1 has not come to its end, whatever its exit status says"
  status=1
fi
exit $status
