# man.sh: the man pages are sound, and name every function of the public headers.
# usage: sh man.sh SOURCE
source=$1
. "$(dirname "$0")/support.sh"

lints() {
  if command -v mandoc >/dev/null; then
    mandoc -Tlint -W warning "$1"
  else
    [ -z "$(groff -ww -mandoc -Tutf8 -z "$1" 2>&1 | tee /dev/stderr)" ]
  fi
}

functions() {
  cat "$source"/include/fcgiclient/*.h | tr '\n' ' ' | grep -oE 'FCL_EXTERN [^;(]*\(' |
    grep -oE 'fcl_[a-z0-9_]+ *\($' | tr -d ' (' | sed 's/^fcl__/fcl_/' | sort -u
}

all_named() {
  [ "$(functions | wc -l)" -ge 40 ] || return 1
  missing=0
  for name in $(functions); do
    grep -qE "^\\.(Fn|Fo|Nm) (\"[^\"]* \*?)?$name\\b" "$source"/lib/man/*.3 || { echo "$name is in no man page"; missing=1; }
  done
  return $missing
}

# The other way round: what a page names, the headers have.
names_nothing_else() {
  functions >"$folder/has"
  grep -hoE '^\.(Fn|Nm) fcl_[a-z0-9_]+|\bfcl_[a-z0-9_]+\(' "$source"/lib/man/*.3 | sed 's/.* //; s/($//' | sort -u |
    comm -23 - "$folder/has" | grep . && return 1
  return 0
}

command -v mandoc >/dev/null || command -v groff >/dev/null || exit 77
for page in "$source"/lib/man/*.[13578]; do
  claim "$(basename "$page") is sound" lints "$page"
done
claim "every public function is in a man page" all_named
statuses() { # NAME STATUS, of the header or of the page
  sed -n 's/^ *XX(\([A-Z_]*\), \([0-9]*\), .*/\1 \2/p' "$source/include/fcgiclient/base.h" | sort >"$folder/has"
  sed -n 's/^\.It Sy \([A-Z_]*\) Pq \([0-9]*\), .*/\1 \2/p' "$source/lib/man/fcgiclient-errors.7" | sort >"$folder/named"
  [ -s "$folder/has" ] && diff "$folder/has" "$folder/named"
}
claim "every error code has its place in fcgiclient-errors(7), with its HTTP status" statuses
claim "the pages name no function that is not there" names_nothing_else
finish
