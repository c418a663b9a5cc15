# symbols.sh: what the libraries show: exports and names.  What they need: tests/support/objects_without_uv.sh.
# usage: sh symbols.sh SOURCE BUILD
source=$1 build=$2
. "$(dirname "$0")/support.sh"

exports_only_fcl() {
  nm -D --defined-only "$build/lib/libfcgiclient.so" | awk '$2 != "A" { print $3 }' | grep -v '^fcl_'
  [ $? = 1 ]
}

# Every function of the public headers is there, in both libraries.
declared() {
  cat "$source"/include/fcgiclient/*.h | tr '\n' ' ' | grep -oE 'FCL_EXTERN [^;(]*\(' | grep -oE 'fcl_[a-z0-9_]+ *\($' | tr -d ' (' | sort -u
}

all_exported() {
  nm -D --defined-only "$build/lib/libfcgiclient.so" | sed 's/.* //; s/@.*//' | sort -u >"$folder/has"
  declared >"$folder/wants"
  [ "$(wc -l <"$folder/wants")" -ge 40 ] && ! comm -23 "$folder/wants" "$folder/has" | grep .
}

all_in_static() {
  nm --defined-only "$build/lib/libfcgiclient.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$folder/has"
  declared >"$folder/wants"
  ! comm -23 "$folder/wants" "$folder/has" | grep .
}

# Static libraries share one name space with the program: everything global in ours begins with fcl_.
static_names_are_ours() {
  ! nm --defined-only -g "$build/lib/libfcgiclient.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | grep -v '^fcl_'
}

soname_is_versioned() {
  readelf -d "$build/lib/libfcgiclient.so" | grep -E 'SONAME.*libfcgiclient\.so\.[0-9]+\.[0-9]+\]'
}

claim "the shared library exports only fcl_*" exports_only_fcl
claim "the shared library exports all that the headers declare" all_exported
claim "the static library has all that the headers declare" all_in_static
claim "all global names of the static library begin with fcl_" static_names_are_ours
claim "the shared library's SONAME has the ABI version" soname_is_versioned
finish
