# install.sh: the installed tree, moved elsewhere, serves each way in: find_package, pkg-config and a sub-project, shared
# and static.  The CMakeLists.txt and commands are those of README.md.
# usage: sh install.sh SOURCE BUILD CC
source=$1 build=$2 cc=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/support.sh"

# The block of README.md that follows the line <!-- NAME -->.
snippet() {
  awk -v mark="<!-- $1 -->" '$0 == mark { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' "$source/README.md"
}

consumer() { # consumer NAME: a folder with the program, and our source as a part of it
  mkdir -p "$folder/$1" && cd "$folder/$1" && cp "$here/consumer.c" main.c && ln -sfn "$source" libfcgiclient
}

says_version() {
  version=$("$@") && echo "$version" && [ "$version" = "$(sed -n 's/^#define FCL_VERSION_[A-Z]* \([0-9]*\)$/\1/p' \
    "$source/include/fcgiclient/base.h" | paste -sd .)" ]
}

with_cmake() { # with_cmake NAME OPTIONS...: README's snippet NAME as a project, built and run
  consumer "$1" && snippet "${1%-*}" >CMakeLists.txt && [ -s CMakeLists.txt ] || return 1
  shift
  cmake -S . -B b -DCMAKE_C_COMPILER="$cc" "$@" && cmake --build b -j 2 --target main && says_version ./b/main
}

with_static_component() {
  consumer component-static &&
    snippet find_package | sed '/^find_package/s/REQUIRED/REQUIRED COMPONENTS static/' >CMakeLists.txt
  cmake -S . -B b -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$moved" &&
    cmake --build b && says_version ./b/main &&
    ! uses_shared ./b/main
}

uses_shared() {
  readelf -d "$1" | grep -q 'NEEDED.*libfcgiclient'
}

# The harness alone, without the library.
with_harness() {
  mkdir -p "$folder/harness" && cd "$folder/harness" || return 1
  cat >CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.20)
project(main C)
find_package(fcgiclient REQUIRED COMPONENTS harness)
add_executable(main main.c)
target_link_libraries(main fcgiclient::harness)
CMAKE
  cat >main.c <<C
#include <fcgiclient/harness.h>
#include <stdio.h>
static void app(fcl_script *s, void *user) {
}
int main(void) {
  fcl_script_options o = {0};
  fcl_script *s;
  fcl_error e;
  o.play = app;
  if (fcl_script_start(&s, &o, &e))
    return fprintf(stderr, "%s\\n", e.text), 1;
  puts(fcl_script_address(s));
  return fcl_script_end(s, &e);
}
C
  cmake -S . -B b -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$moved" && cmake --build b && ./b/main
}

# It finds the shared library and the guardian from where it is.
command_runs() {
  [ "$(env -u FCGICLIENT_GUARDIAN -u LD_LIBRARY_PATH "$moved/bin/fcgi" run -d body -q echo=1 "$build/bin/app")" = body ]
}

wants_later_version() {
  consumer later && snippet find_package | sed 's/fcgiclient 0.1 /fcgiclient 0.99 /' >CMakeLists.txt
  ! cmake -S . -B b -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$moved"
}

# The two commands of README.md, with its program's name.
with_pkg_config() {
  consumer "$1" && snippet "$1" | sed "s/^cc /$(echo "$cc" | sed 's,/,\\/,g') /" >build.sh && [ -s build.sh ] || return 1
  PKG_CONFIG_PATH=$pc sh -e build.sh || return 1
  case $1 in
    pkg-config-static) uses_shared ./main && return 1 ;;
  esac
  LD_LIBRARY_PATH=$(dirname "$pc") says_version ./main
}

names_no_prefix() {
  ! grep -rl "$folder/first" "$moved"
}

guardian_is_found() { # an application is started: only the guardian does that
  consumer guardian && cp "$here/starts.c" main.c &&
    "$cc" main.c -o main $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs fcgiclient) &&
    env -u FCGICLIENT_GUARDIAN LD_LIBRARY_PATH="$(dirname "$pc")" ./main "$build/bin/app"
}

# In the folder of the static sub-project: there the library is a part of the program, and the guardian is where it was built.
guardian_of_sub_project_is_found() {
  cd "$folder/add_subdirectory-static" && cp "$here/starts.c" main.c && cmake --build b -j 2 &&
    env -u FCGICLIENT_GUARDIAN ./b/main "$build/bin/app"
}

claim "the library installs" cmake --install "$build" --prefix "$folder/first" || finish
moved=$folder/moved
mv "$folder/first" "$moved"
pc=$(dirname "$(find "$moved" -name fcgiclient.pc)")
claim "no installed file names the prefix" names_no_prefix
claim "find_package finds the shared library" with_cmake find_package-shared -DCMAKE_PREFIX_PATH="$moved"
claim "find_package finds the static library" with_static_component
claim "find_package refuses a later version" wants_later_version
claim "pkg-config finds the shared library" with_pkg_config pkg-config
claim "pkg-config finds the static library" with_pkg_config pkg-config-static
claim "the library is a sub-project by add_subdirectory" with_cmake add_subdirectory-any
claim "the library is a sub-project, static" with_cmake add_subdirectory-static -DFCGICLIENT_SHARED=OFF
claim "a program with the library in it finds the guardian" guardian_of_sub_project_is_found
claim "the library is a sub-project by FetchContent" \
  with_cmake FetchContent-any -DFETCHCONTENT_SOURCE_DIR_FCGICLIENT="$source"
claim "the moved library finds its guardian" guardian_is_found
if [ -x "$build/bin/fcgi" ]; then
  claim "find_package finds the harness" with_harness
  claim "the moved command runs" command_runs
fi
finish
