#!/bin/sh
# `fcgi config --install`, `--add`, `--uninstall` as Windows' own program: all of tests/config/setup.sh, and the machine's own
# applicationHost.config, found where IIS has it, with paths of Windows.
# usage: setup.sh BUILD (for Windows)     WINEPREFIX says where Windows is
here=$(cd "$(dirname "$0")" && pwd) build=$(cd "$1" && pwd) || exit 2
[ -x "$build/bin/fcgi.exe" ] || { echo "skipped: there is no fcgi.exe in $build"; exit 77; }
at=$(mktemp -d) || exit 1
inetsrv=${WINEPREFIX:?}/drive_c/windows/system32/inetsrv
trap 'rm -rf "$at" "$inetsrv/config"' EXIT
printf '#!/bin/sh\nexec sh "%s/../../lib/packaging/wine.sh" "%s/bin/fcgi.exe" "$@"\n' "$here" "$build" >"$at/fcgi" && chmod 755 "$at/fcgi"
sh "$here/../config/setup.sh" "$at/fcgi" "$here/../config/apphost" >"$at/said" 2>&1
grep -v '^Checks: ' "$at/said"
checks=$(sed -n 's/^Checks: \([0-9]*\),.*/\1/p' "$at/said") failures=$(sed -n 's/.*Failures: \([0-9]*\),.*/\1/p' "$at/said")
checks=${checks:-1} failures=${failures:-1}
claim() { # claim SENTENCE: the command before it was right
  status=$?
  checks=$((checks + 1))
  [ "$status" = 0 ] || { failures=$((failures + 1)) && echo "FAILED: $1" && cat "$at/out"; }
}
config() { "$at/fcgi" config "$@" >"$at/out" 2>&1; }
mkdir -p "$inetsrv/config" && f=$inetsrv/config/applicationHost.config && cp "$here/../config/apphost/iis-10.0.config" "$f"
dll=Z:$(echo "$build/bin/fcgiclient_iis7.dll" | tr / '\\')
width=$(case $build in *86_64 | *x64) echo 64 ;; *) echo 32 ;; esac)
has() { grep -qF -- "$1" "$f"; }

config --dry-run --install "$dll" && ! has fcgiclient
claim "a dry run finds the machine's file, and does nothing"
config --install "$dll" && has "<add name=\"fcgiclient\" image=\"$dll\" preCondition=\"bitness$width\" />"
claim "the DLL is looked at by its path of Windows"
config --add 'C:\Program Files\PHP\php-cgi.exe' php && has 'scriptProcessor="C:\Program Files\PHP\php-cgi.exe"'
claim "a program's path has blanks"
[ -e "$f.1.backup" ]
claim "the file is kept as it was"
"$at/fcgi" config check 'C:\windows\system32\inetsrv\config\applicationHost.config' >"$at/out" 2>&1
grep -q 'php-cgi' "$at/out"
claim "the file is read by its path of Windows"
config --uninstall && ! has 'name="fcgiclient' && has '<add fileExtension=".php" allowed="false" />'
claim "--uninstall takes all of it out, and scripts are refused"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
