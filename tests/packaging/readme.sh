# readme.sh: what README.md quotes is what the tree has, and the tree is as README.md and the rooms say.
# usage: sh readme.sh SOURCE
source=$1
. "$(dirname "$0")/support.sh"

quotes_hello() {
  awk '$0 == "<!-- hello.c -->" { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' \
    "$source/README.md" | diff - "$source/examples/hello.c"
}

hello_is_short() {
  [ "$(wc -l <"$source/examples/hello.c")" -lt 50 ]
}

# The numbered sentences, each on one line.
sentences() {
  sed 's/ \*\/$//' "$1" | awk '/^ *[0-9]+\. / { on = 1; printf "\n" } on && ($0 ~ /^ *$/ || $0 ~ /^#/) { exit } on { printf "%s ", $0 }' | tr -s ' ' | sed 's/^ //'
}

quotes_contract() {
  sentences "$source/README.md" >"$folder/readme"
  sentences "$source/include/fcgiclient/fcgiclient.h" >"$folder/header"
  [ "$(grep -c '^[0-9]*\. ' "$folder/header")" = 10 ] && diff "$folder/readme" "$folder/header"
}

folders_exist() {
  for name in $(sed -n '/^## Where things are/,/^## What/s/^ *\([a-z0-9/]*\)\/ .*/\1/p' "$source/README.md"); do
    [ -d "$source/$name" ] || [ -d "$source/lib/$name" ] || { echo "no folder $name"; return 1; }
  done
}

rooms_have_readmes() {
  missing=0
  for room in "$source"/lib "$source"/lib/*/ "$source"/include/fcgiclient "$source"/adapters "$source"/adapters/*/ \
    "$source"/examples "$source"/examples/*/ "$source"/tests; do
    [ -e "$room/README.md" ] || { echo "$room has no README.md"; missing=1; }
  done
  return $missing
}

names_options() {
  for option in $(grep -ohE '(option|set)\(FCGICLIENT_[A-Z]+ ("[^"]*" CACHE|")' "$source/CMakeLists.txt" | grep -oE 'FCGICLIENT_[A-Z]+'); do
    grep -q "\`$option[\`=]" "$source/README.md" || { echo "$option is not in README.md"; return 1; }
  done
}

claim "README.md shows examples/hello.c, word for word" quotes_hello
claim "hello.c has less than 50 lines" hello_is_short
claim "README.md and fcgiclient.h state the same contract" quotes_contract
claim "the folders that README.md names exist" folders_exist
claim "each room has a README.md" rooms_have_readmes
claim "README.md names each option of the build" names_options
finish
