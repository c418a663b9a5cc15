# objects_without_uv.sh: the rooms that must not know libuv, a clock or memory do not: their objects do not ask for any.
# usage: sh objects_without_uv.sh FILE, which lists the library's objects, one a line
objects=$1
. "$(dirname "$0")/../packaging/support.sh"

# asks_for_none PATH PATTERN: objects whose names end like that exist, and none has an undefined symbol like that.
asks_for_none() {
  grep -E "/$1\.(o|obj)$" "$objects" >"$folder/some" || { echo "there is no object $1 in $objects"; return 1; }
  while read -r object; do
    nm -u "$object" >"$folder/symbols" || return 1
    sed 's/.* U //; s/^ *U //; s/@.*//' "$folder/symbols" | grep -xE "$2" | sed "s|^|$object: |"
  done <"$folder/some" >"$folder/found"
  ! grep . "$folder/found"
}

memory='malloc|calloc|realloc|reallocarray|free|aligned_alloc|strn?dup|v?asprintf|fcl__(realloc|zalloc|strdup|free)'
clock='time|clock|clock_gettime|gettimeofday|timespec_get|nanosleep|usleep|sleep'

config=
grep -q '/config/' "$objects" && config=config # FCGICLIENT_CONFIG
for room in base codec cgi stats pool $config; do
  claim "lib/$room knows no libuv" asks_for_none "$room/[^/]*" 'uv_.*'
done
for room in codec cgi pool $config; do
  claim "lib/$room knows no clock" asks_for_none "$room/[^/]*" "$clock"
done
for file in record stream pairs head; do
  claim "lib/codec/$file.c takes no memory" asks_for_none "codec/$file\.c" "$memory"
done
# The check itself: what does allocate is seen.
claim "lib/base/memory.c is seen to take memory" eval "! asks_for_none 'base/memory\.c' '$memory' && grep realloc '$folder/found'"
finish
