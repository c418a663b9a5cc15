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
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$work" # apt reads as a user of its own
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 1
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
cd "$work" || exit 1

# apt with lists and a cache of its own: those of the machine stay as they are.
source_of() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User= -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=20 "$@" </dev/null >>"$work/log" 2>&1
}
# Where the installed package came from; else where Debian is.
sources() {
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  signed=
  [ ! -e $key ] || signed="[signed-by=$key] "
  apt-cache policy apache2-bin 2>/dev/null |
    sed -n "s|^ *[0-9]* \(https*:[^ ]*\) \([^ /]*\)/\([^ ]*\) .*|deb-src $signed\1 \2 \3|p" | sort -u >sources.list
  [ -s sources.list ] || {
    name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    echo "deb-src ${signed}http://deb.debian.org/debian $name main"
    echo "deb-src ${signed}http://deb.debian.org/debian-security $name-security main"
  } >sources.list
}
# The installed version first; any of the same Apache 2.4 will do, and not every one is kept.
versions() {
  dpkg-query -W -f '${source:Version}\n' apache2-bin 2>/dev/null
  apt-cache -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/parts" \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" showsrc apache2 2>/dev/null |
    sed -n 's/^Version: //p' | sort -rV
}

sources
source_of update
for version in $(versions); do
  source_of source --download-only --tar-only "apache2=$version"
  tar xf apache2_*.orig.tar.* --strip-components=4 --wildcards '*/modules/arch/win32/mod_isapi.[ch]' 2>/dev/null
  [ ! -e mod_isapi.c ] || break
done
[ -e mod_isapi.c ] || {
  tail -n 5 log
  skip "the source package of apache2 cannot be had"
}
apxs -c mod_isapi.c >>log 2>&1 && mv .libs/mod_isapi.so "$folder/" && end 0
cat log
echo "FAILED: $claim"
end 1
