# consumer.sh: what is installed for Windows serves programs that find it by CMake, as DLL and statically; the DLL exports what the
# headers promise, and needs nothing that is not on every Windows.
# usage: sh consumer.sh FOLDER   FOLDER has the library's build (x86_64) and the libraries that it needs, as tests/windows.sh makes them
windows=$1
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
. "$here/../packaging/support.sh"
dump=x86_64-w64-mingw32-objdump
moved=$folder/moved

installs() {
  cmake --install "$windows/x86_64" --prefix "$folder/first" && mv "$folder/first" "$moved"
}

project() { # project NAME COMPONENT: a program and its CMakeLists.txt
  mkdir -p "$folder/$1" && cp "$here/../packaging/consumer.c" "$folder/$1/main.c" && cat >"$folder/$1/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.20)
project(main C)
find_package(fcgiclient 0.1 REQUIRED COMPONENTS $2)
add_executable(main main.c)
target_link_libraries(main fcgiclient::fcgiclient)
CMAKE
}

serves() { # serves COMPONENT: found, linked, run
  project $1 $1 && cd "$folder/$1" &&
    cmake -S . -B b -DCMAKE_TOOLCHAIN_FILE="$source/lib/packaging/mingw-x86_64.cmake" \
      "-DCMAKE_PREFIX_PATH=$moved;$windows/libraries/x86_64" && cmake --build b || return 1
  [ $1 = static ] || cp "$moved"/bin/libfcgiclient*.dll b/
  sh "$source/lib/packaging/wine.sh" b/main.exe >version && cat version &&
    [ "$(cat version)" = "$(sed -n 's/^#define FCL_VERSION_[A-Z]* \([0-9]*\)$/\1/p' "$source/include/fcgiclient/base.h" | paste -sd .)" ]
}

needs_no_dll() {
  ! $dump -p "$folder/static/b/main.exe" | grep 'DLL Name: libfcgiclient'
}

# Every function that a header marks, and no other.
exports_what_headers_promise() {
  $dump -p "$moved"/bin/libfcgiclient*.dll | sed -n '/Ordinal\/Name Pointer/,/^$/s/.*\(fcl_[a-z0-9_]*\)$/\1/p' | sort >"$folder/has"
  (cd "$moved/include/fcgiclient" && cat base.h codec.h cgi.h stats.h fcgiclient.h config.h) >"$folder/headers"
  tr '\n' ' ' <"$folder/headers" | grep -oE 'FCL_EXTERN [^;(]*[ *]fcl_[a-z0-9_]+\(' | sed 's/.*[ *]\(fcl_[a-z0-9_]*\)($/\1/' |
    sort >"$folder/promised"
  [ -s "$folder/promised" ] && diff "$folder/promised" "$folder/has"
}

needs_what_every_windows_has() {
  $dump -p "$moved"/bin/libfcgiclient*.dll | sed -n 's/.*DLL Name: //p' | tr '[:upper:]' '[:lower:]' >"$folder/needs"
  ! grep -vxE '(advapi32|iphlpapi|kernel32|msvcrt|user32|userenv|ws2_32|psapi|ole32|shell32|dbghelp|ntdll)\.dll' "$folder/needs"
}

claim "the library installs" installs || finish
claim "a program finds the DLL by find_package" serves shared
claim "a program finds the static library by find_package" serves static
claim "a program with the static library needs no DLL of ours" needs_no_dll
claim "the DLL exports what the headers mark, and nothing else" exports_what_headers_promise
claim "the DLL needs what every Windows has" needs_what_every_windows_has
finish
