/* files.c: MonitorChangesTo: files, with the folder of ExePath before those that are relative. */
#include "config/config.h"
#include <string.h>

static int is_separator(char c) {
  return c == '/' || c == '\\';
}

/* On any system: /php, \\server\php, \php, d:\php, d:/php. */
int fcl__config_is_absolute(const char *path) {
  int is_letter = (path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z');
  return is_separator(path[0]) || (is_letter && path[1] == ':' && is_separator(path[2]));
}

static size_t folder_len(const char *path) {
  size_t i, len = 0;
  for (i = 0; path[i]; i++)
    if (path[i] == '/' || (path[i] == '\\' && path[0] != '/'))
      len = i + 1;
  return len;
}

static size_t count_parts(const char *text) {
  size_t n = 1;
  for (; *text; text++)
    n += *text == ';';
  return n;
}

/* To `at`, and returns what is behind it. */
static char *write_one(char *at, fcl_slice path, const char *program) {
  size_t folder = fcl__config_is_absolute(path.base) ? 0 : folder_len(program);
  memcpy(at, program, folder);
  memcpy(at + folder, path.base, path.len);
  at[folder + path.len] = 0;
  return at + folder + path.len + 1;
}

void fcl__config_monitor(fcl__config_reader *r, const fcl__config_app *a, void **out) {
  const char *s = a->values[FCL__MONITOR_CHANGES_TO].text;
  const char *program = a->values[FCL__EXE_PATH].text ? a->values[FCL__EXE_PATH].text : "";
  size_t count = count_parts(s), pointers = (count + 1) * sizeof(char *), used = 0, len;
  const char **list =
      fcl__config_alloc(r, pointers + count * (folder_len(program) + 1) + strlen(s) + 1);
  char *at = (char *) list + pointers;
  *out = list;
  for (; list && s; s = s[len] ? s + len + 1 : NULL) {
    fcl_slice path = {s, len = strcspn(s, ";")};
    path = fcl__ini_trim(path);
    if (path.len == 0)
      continue;
    list[used++] = at;
    at = write_one(at, path, program);
  }
}
