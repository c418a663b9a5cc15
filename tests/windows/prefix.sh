#!/bin/sh
# Makes a Windows for Wine, once: Windows 10, without a display.  $WINEPREFIX says where.
# usage: prefix.sh
: "${WINEPREFIX:?prefix.sh: WINEPREFIX says where Windows is to be}"
[ ! -e "$WINEPREFIX/made" ] || exit 0
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winedbg.exe='
wine=/usr/lib/wine/wine64
mkdir -p "$WINEPREFIX" && "$wine" wineboot -i && # by itself Wine says that it is Windows 7
  "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f && : >"$WINEPREFIX/made"
