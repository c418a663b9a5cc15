#!/bin/sh
# Gets and builds FastCGI applications for Windows that know nothing of us: libfcgi's examples, and PHP's main/fastcgi.c in a
# small program.  Their sources come from Debian's source packages; nothing of them is kept in this tree.
# usage: apps.sh FOLDER [WIDTH...]   WIDTH: x86_64, i686; the programs are in FOLDER/WIDTH, and are not built again
#        apps.sh FOLDER --get        their sources only
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
shift
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/debian_source.sh"
log=$folder/apps.log
examples="echo size authorizer threaded"
flags="-static -O1 -w" # -w: these are not our warnings

fail() {
  tail -n 20 "$log" >&2
  echo "$0: $* (all of it: $log)" >&2
  exit 1
}

get() {
  [ ! -e "$folder/src/got" ] || return 0
  log=$folder/src/apt/log
  source_open "$folder/src/apt" || fail "Debian's list of source packages cannot be had: is there a network?"
  source_files libfcgi "$folder/src/libfcgi" || fail "the source package of libfcgi cannot be had"
  source_files php8.2 "$folder/src/php" '*/main/fastcgi.[ch]' || fail "the source package of php8.2 cannot be had"
  log=$folder/apps.log
  cp "$folder/src/libfcgi/include/fcgi_config_x86.h" "$folder/src/libfcgi/include/fcgi_config.h" &&
    rm -rf "$folder/src/apt" && : >"$folder/src/got"
}

build_examples() { # build_examples WIDTH: the library once, then each example
  cc="$1-w64-mingw32-gcc $flags -I$folder/src/libfcgi/include"
  from=$folder/src/libfcgi to=$folder/$1
  $cc -c "$here/wine_std.c" -o "$to/wine_std.o" || return 1
  for file in fcgiapp fcgi_stdio os_win32 strerror; do
    $cc -c "$from/libfcgi/$file.c" -o "$to/$file.o" || return 1
  done
  for name in $examples; do
    $cc "$from/examples/$name.c" "$to"/*.o -o "$to/fcgi-$name.exe" -lws2_32 -lpthread || return 1
  done
}

build_php() { # build_php WIDTH
  $1-w64-mingw32-gcc $flags "-I$here/php" "-I$folder/src/php/main" "$here"/php/*.c "$folder/src/php/main/fastcgi.c" \
    "$here/wine_std.c" -o "$folder/$1/small-php.exe" -lws2_32
}

is_built() {
  [ -e "$folder/$1/built" ] && [ -z "$(find "$here/php" "$here/wine_std.c" "$here/apps.sh" -newer "$folder/$1/built")" ]
}

[ "${1:-}" != --get ] || { get; exit; }
for width in "${@:-x86_64}"; do
  is_built $width && continue
  get || exit 1
  mkdir -p "$folder/$width"
  build_examples $width >>"$log" 2>&1 || fail "libfcgi's examples do not compile for $width"
  build_php $width >>"$log" 2>&1 || fail "PHP's main/fastcgi.c does not compile for $width"
  : >"$folder/$width/built"
done
