#!/bin/sh
# Gets Debian's libuv, Check and expat for another processor, by apt with lists of its own; installs nothing, needs no root.
# usage: libraries.sh FOLDER ARCHITECTURE TRIPLET    libraries.sh build/portable/s390x s390x s390x-linux-gnu
[ $# = 3 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
[ ! -e "$1/made" ] || exit 0
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
architecture=$2 triplet=$3
. "$(dirname "$0")/../support/debian_source.sh"

cannot() {
  tail -n 5 "$folder/apt/log"
  echo "$0: $* for $architecture cannot be had: is there a network, and does apt know the way out?"
  exit 1
} >&2

of_that() { # of_that PROGRAM ARGUMENTS...
  program=$1
  shift
  source_apt "$program" -o APT::Architecture=$architecture -o APT::Architectures=$architecture -o Acquire::Languages=none \
    -o Dir::State::status="$folder/apt/status" "$@" >>"$folder/apt/log" 2>&1
}

# As if they were installed, where the toolchain file looks.
place() {
  for package in ./*.deb; do
    dpkg -x "$package" unpacked || return 1
  done
  rm -rf "$folder/include" "$folder/lib" "$folder/pkgconfig"
  mv unpacked/usr/include "$folder/include" && mv unpacked/usr/lib/$triplet "$folder/lib" && rm -f "$folder"/lib/*.so && mkdir "$folder/pkgconfig" &&
    cp -R "$folder/include/$triplet/." "$folder/include/" && # of check.h and expat_config.h each architecture has its own
    printf 'Name: Check\nDescription: tests\nVersion: 0.15\nLibs: -L%s -lcheck -lsubunit\nCflags: -I%s -pthread\n' \
      '${pcfiledir}/../lib' '${pcfiledir}/../include' >"$folder/pkgconfig/check.pc"
}

rm -rf "$folder/apt" && mkdir -p "$folder/apt" && : >"$folder/apt/status"
source_places | sed -n '/security/d; s/^deb-src/deb/p' >"$folder/apt/sources.list" # the first release has every architecture
source_folder=$folder/apt
mkdir -p "$folder/apt/parts" "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/apt/got"
of_that apt-get -qq update || cannot "Debian's list of packages"
cd "$folder/apt/got" || exit 1
of_that apt-get -qq download libuv1-dev check libsubunit-dev libexpat1-dev || cannot "libuv, Check or expat"
place && cd / && rm -rf "$folder/apt" && : >"$folder/made"
