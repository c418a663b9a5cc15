#!/bin/sh
# Gets and builds what the library and its tests need for Windows, as static libraries: libuv, Check, expat and cJSON, from
# Debian's source packages.  The compiler is called here: to configure them takes longer than to compile them.
# usage: libraries.sh FOLDER [WIDTH...]   WIDTH: x86_64, i686; FOLDER/WIDTH is what FCGICLIENT_WINDOWS_PREFIX names
#        libraries.sh FOLDER --get        their sources only, for which no compiler is needed
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
shift
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/debian_source.sh"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

get() {
  [ ! -e "$folder/src/got" ] || return 0
  source_open "$folder/src/apt" || cannot "Debian's list of source packages" || return 1
  for name in libuv1 check expat cjson; do
    source_files $name "$folder/src/$name" || cannot "the source package of $name" || return 1
  done
  rm -rf "$folder/src/apt" && : >"$folder/src/got"
}

cannot() {
  tail -n 5 "$folder/src/apt/log"
  echo "$0: $* cannot be had: is there a network, and does apt know the way out?"
  return 1
} >&2

# archive NAME OPTIONS... -- FILES...: lib/libNAME.a
archive() {
  name=$1 options=
  shift
  while [ "$1" != -- ]; do
    options="$options $1"
    shift
  done
  shift
  # shellcheck disable=SC2086
  printf '%s\n' "$@" | xargs -P "$jobs" -n 6 $compiler $options -c && $archiver qc ../../lib/lib$name.a ./*.o
}

libuv() { # <windows.h> is compiled once
  options="-DWIN32_LEAN_AND_MEAN -D_WIN32_WINNT=0x0602 -I../../include -I$src/libuv1/src"
  cp -R $src/libuv1/include/. ../../include/ &&
    $compiler $options -x c-header ../../include/uv.h -o uv.h.gch &&
    archive uv_a -include uv.h $options -- $src/libuv1/src/*.c $src/libuv1/src/win/*.c
}

# What its configuration would find with MinGW-w64.
check_has="SYS_TIME_H UNISTD_H PTHREAD GETPID GETTIMEOFDAY MALLOC REALLOC MKSTEMP SNPRINTF VSNPRINTF DECL_STRDUP DECL_ALARM"
check() {
  files=
  for file in fpclassify clock_gettime timer_create timer_delete timer_settime getline localtime_r strsignal; do
    files="$files $src/check/lib/$file.c"
  done
  echo '#include <stdint.h>' | tee ../../include/check_stdint.h >config.h &&
    sed 's/@CHECK_M[A-Z]*_VERSION@/0/; s/@[A-Z_]*@/0/' $src/check/src/check.h.in >../../include/check.h &&
    archive check -pthread -std=gnu99 -D_GNU_SOURCE -Dtimer_t=int -DHAVE_CONFIG_H -DHAVE_FORK=0 -DENABLE_SUBUNIT=0 \
      -DTIMEOUT_TESTS_ENABLED=1 $(printf -- '-DHAVE_%s=1 ' $check_has) -I. -I../../include -I$src/check/src -I$src/check/lib -- \
      $src/check/src/check*.c $files &&
    sed "s/^  //" >../../lib/pkgconfig/check.pc <<'PC'
  Name: Check
  Description: tests
  Version: 0.15
  Libs: -L${pcfiledir}/.. -lcheck
  Cflags: -I${pcfiledir}/../../include
PC
}

expat() {
  : >expat_config.h && cp $src/expat/expat/lib/expat*.h ../../include/ &&
    archive expat -I. -DXML_STATIC -DXML_NS -DXML_DTD -DXML_CONTEXT_BYTES=1024 -DBYTEORDER=1234 -DHAVE_STDINT_H -- \
      $src/expat/expat/lib/xmlparse.c $src/expat/expat/lib/xmlrole.c $src/expat/expat/lib/xmltok.c
}

cjson() {
  mkdir ../../include/cjson && cp $src/cjson/cJSON.h ../../include/cjson/ &&
    archive cjson -DCJSON_HIDE_SYMBOLS -D__USE_MINGW_ANSI_STDIO=1 -- $src/cjson/cJSON.c
}

build() { # build WIDTH: in folders of their own, from which everything has the same names
  compiler="$1-w64-mingw32-gcc -O1 -w" archiver=$1-w64-mingw32-ar src=../../../src
  rm -rf "${folder:?}/$1"
  for one in libuv check expat cjson; do
    mkdir -p "$folder/$1/build/$one" "$folder/$1/include" "$folder/$1/lib/pkgconfig" &&
      (cd "$folder/$1/build/$one" && $one) || return 1
  done
  rm -rf "$folder/$1/build" && : >"$folder/$1/built"
}

is_built() {
  [ -e "$folder/$1/built" ] && [ -z "$(find "$here/libraries.sh" -newer "$folder/$1/built")" ]
}

[ "${1:-}" != --get ] || { get; exit; }
for width in "${@:-x86_64}"; do
  is_built $width && continue
  get || exit 1
  build $width >"$folder/$width.log" 2>&1 && continue
  tail -n 20 "$folder/$width.log" >&2
  echo "$0: not built for $width (all of it: $folder/$width.log)" >&2
  exit 1
done
