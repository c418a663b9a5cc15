#!/bin/sh
# Gets and builds what the library and its tests need for Windows, as static libraries: libuv, Check, expat and cJSON, from
# Debian's source packages.
# usage: libraries.sh FOLDER [WIDTH...]   WIDTH: x86_64, i686; FOLDER/WIDTH is what FCGICLIENT_WINDOWS_PREFIX names
[ $# -gt 0 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 1
shift
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/debian_source.sh"

get() {
  [ ! -e "$folder/src/got" ] || return 0
  source_open "$folder/src/apt" || { echo "$0: Debian's list of source packages cannot be had" >&2; return 1; }
  for name in libuv1 check expat cjson; do
    source_files $name "$folder/src/$name" || { echo "$0: the source package of $name cannot be had" >&2; return 1; }
  done
  rm -rf "$folder/src/apt" && : >"$folder/src/got"
}

# make_one WIDTH NAME SOURCE TARGET OPTIONS...: builds one target, quietly
make_one() {
  width=$1 name=$2 source=$3 target=$4
  shift 4
  cmake -S "$folder/src/$source" -B "$folder/$width/build/$name" -DCMAKE_TOOLCHAIN_FILE="$here/../../lib/packaging/mingw-$width.cmake" \
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_FLAGS=-w -D__USE_MINGW_ANSI_STDIO=1 -DCJSON_HIDE_SYMBOLS" -DBUILD_SHARED_LIBS=OFF "$@" &&
    cmake --build "$folder/$width/build/$name" --target "$target" -j 2
}

put() { # put WIDTH: what was built, and the headers, where they are looked for
  to=$folder/$1 from=$folder/$1/build
  mkdir -p "$to/include/cjson" "$to/lib/pkgconfig" &&
    cp -R "$folder"/src/libuv1/include/. "$to/include/" &&
    cp "$from"/check/src/check.h "$from"/check/check_stdint.h "$folder"/src/expat/expat/lib/expat*.h "$to/include/" &&
    cp "$folder/src/cjson/cJSON.h" "$to/include/cjson/" &&
    cp "$from"/*/libuv_a.a "$from"/*/src/libcheck.a "$from"/*/libexpat.a "$from"/*/libcjson.a "$to/lib/" &&
    printf 'Name: Check\nDescription: tests\nVersion: 0.15\nLibs: -L%s/lib -lcheck\nCflags: -I%s/include\n' "$to" "$to" \
      >"$to/lib/pkgconfig/check.pc"
}

build() { # build WIDTH
  make_one $1 libuv libuv1 uv_a -DBUILD_TESTING=OFF &&
    make_one $1 check check check -DCHECK_ENABLE_TESTS=OFF -DINSTALL_CHECKMK=OFF &&
    make_one $1 expat expat/expat expat -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_TOOLS=OFF -DEXPAT_BUILD_EXAMPLES=OFF &&
    make_one $1 cjson cjson cjson -DENABLE_CJSON_TEST=OFF -DENABLE_CUSTOM_COMPILER_FLAGS=OFF &&
    put $1 && rm -rf "$folder/$1/build" && : >"$folder/$1/built"
}

missing=
for width in "${@:-x86_64}"; do
  [ -e "$folder/$width/built" ] || missing="$missing $width"
done
[ -n "$missing" ] || exit 0
get || exit 1
for width in $missing; do # at the same time: their configuring leaves processors alone
  mkdir -p "$folder/$width"
  build $width >"$folder/$width.log" 2>&1 &
done
wait
for width in $missing; do
  [ -e "$folder/$width/built" ] && continue
  tail -n 20 "$folder/$width.log" >&2
  echo "$0: not built for $width (all of it: $folder/$width.log)" >&2
  exit 1
done
