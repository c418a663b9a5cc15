/* fuzz_path.c: any target, parsed, decoded and split, keeps the promises of the path rules. */
#include <fcgiclient/cgi.h>
#include <stdlib.h>
#include <string.h>

static void promise(int holds) {
  if (!holds)
    abort();
}

static int contains(fcl_slice s, const char *what) {
  size_t i, len = strlen(what);
  for (i = 0; i + len <= s.len; i++)
    if (memcmp(s.base + i, what, len) == 0)
      return 1;
  return 0;
}

static void check_path(fcl_slice path) {
  size_t i;
  promise(path.len > 0 && path.base[0] == '/');
  for (i = 0; i < path.len; i++)
    promise((unsigned char) path.base[i] >= ' ' && path.base[i] != 0x7f && path.base[i] != '\\');
  promise(!contains(path, "//") && !contains(path, "/./") && !contains(path, "/../"));
  promise(path.len < 3 || memcmp(path.base + path.len - 3, "/..", 3) != 0);
}

static void check_split(fcl_slice path) {
  static const fcl_slice extensions[] = {{".php", 4}, {".py", 3}};
  fcl_cgi_script s;
  if (fcl_cgi_split(path, extensions, 2, FCL_CGI_FOLD_CASE, NULL, NULL, &s) == FCL_CGI_NO_SCRIPT) {
    promise(path.len < 4 || memcmp(path.base + path.len - 4, ".php", 4) != 0);
    return;
  }
  promise(s.name.base == path.base && s.name.len + s.info.len == path.len);
  promise(s.info.len == 0 || s.info.base[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fcl_cgi_target t;
  fcl_slice raw, path;
  char *room;
  raw.base = (const char *) data;
  raw.len = size;
  if (size == 0 || fcl_cgi_target_parse(raw, &t) != 0 || t.path.len == 0)
    return 0;
  room = malloc(t.path.len); /* no byte more than was promised to be enough */
  if (room && fcl_cgi_path(t.path, 0, room, t.path.len, &path) == 0) {
    check_path(path);
    check_split(path);
  }
  free(room);
  return 0;
}
