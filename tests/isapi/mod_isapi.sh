#!/bin/sh
# Builds mod_isapi.so from Debian's source package of Apache httpd, once for each build folder; installs nothing, needs no root.
# usage: mod_isapi.sh FOLDER   (77: the source cannot be had)
folder=$1
claim="mod_isapi.so is built from Debian's source package"

end() { # end FAILURES
  echo "Checks: 1, Failures: $1, Errors: 0"
  exit "$1"
}
skip() {
  echo "skipped: $*"
  exit 77
}

[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || skip "without PHP nobody needs it"
[ -e "$folder/mod_isapi.so" ] && end 0
for program in apxs apt-get apache2; do
  command -v $program >/dev/null 2>&1 || skip "there is no $program (Debian: apache2-bin apache2-dev dpkg-dev)"
done
. "$(dirname "$0")/../support/debian_source.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 1
source_open "$work/apt" && source_files apache2 "$work" '*/modules/arch/win32/mod_isapi.[ch]' || {
  tail -n 5 "$work/apt/log"
  skip "the source package of apache2 cannot be had"
}
cd "$work/modules/arch/win32" || exit 1
apxs -c mod_isapi.c >log 2>&1 && mv .libs/mod_isapi.so "$folder/" && end 0
cat log
echo "FAILED: $claim"
end 1
