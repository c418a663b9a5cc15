# headers.sh: each public header compiles alone, as C99 and as C++98, and needs neither libuv nor anything of ours.
# usage: sh headers.sh SOURCE
source=$1
. "$(dirname "$0")/support.sh"

compiles() { # compiles COMPILER LANGUAGE STANDARD HEADER
  printf '#include <%s>\n' "$4" >"$folder/one.src"
  "$1" -x "$2" -std="$3" -pedantic -Wall -Wextra -Werror ${5:-} -I"$source/include" -fsyntax-only "$folder/one.src"
}

includes_only_ours() {
  ! grep -hE '^ *# *include' "$source"/include/fcgiclient/*.h | grep -vE '<(stddef|stdint)\.h>|<fcgiclient/[a-z]+\.h>'
}

for header in "$source"/include/fcgiclient/*.h; do
  header=fcgiclient/$(basename "$header")
  for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    claim "$header compiles as C99 with $compiler" compiles $compiler c c99 $header
  done
  for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    # <stdint.h> itself uses long long, which C++98 does not know.
    claim "$header compiles as C++98 with $compiler" compiles $compiler c++ c++98 $header -Wno-long-long
  done
done
claim "the headers include stddef.h, stdint.h and each other, nothing else" includes_only_ours
finish
