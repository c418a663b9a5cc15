/* site.c: the folder, and exchanges in it. */
#include "site.h"
#include "support/scratch.h"
#include <uv.h>

char site_folder[300];
exchange x;

const char *site_path(const char *name) {
  static char paths[4][400];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", site_folder, name);
  return paths[next];
}

static void make_folder(const char *path) {
  uv_fs_t made;
  int code = uv_fs_mkdir(NULL, &made, path, 0755, NULL);
  uv_fs_req_cleanup(&made);
  ck_assert(code == 0 || code == UV_EEXIST);
}

void site_write(const char *name, const char *text) {
  char path[400], *slash;
  snprintf(path, sizeof path, "%s/%s", site_folder, name);
  for (slash = strchr(path + strlen(site_folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    make_folder(path);
    *slash = '/';
  }
  test_file_write(path, text, strlen(text));
}

void site_copy(const char *from, const char *name) {
  uv_fs_t copied;
  ck_assert_int_eq(uv_fs_copyfile(NULL, &copied, from, site_path(name), 0, NULL), 0);
  uv_fs_req_cleanup(&copied);
}

void site_setup_empty(void) {
  const char *fault;
  memset(&x, 0, sizeof x);
  test_folder_make(site_folder);
  test_environment_set("FCGICLIENT_INI", site_path("fcgiext.ini"));
  test_environment_set("FCGICLIENT_GUARDIAN", GUARDIAN);
  fault = server_load(EXTENSION);
  ck_assert_msg(fault == NULL, "%s", fault);
}

void site_setup(void) {
  site_setup_empty();
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nExePath=" APP "\nMaxInstances=4\n");
  site_write("root/a.test", "");
}

/* With all that is in it; what somebody still has loaded stays. */
static void take_away(const char *folder) {
  uv_fs_t list, one;
  uv_dirent_t entry;
  char path[600];
  uv_fs_scandir(NULL, &list, folder, 0, NULL);
  while (uv_fs_scandir_next(&list, &entry) == 0) {
    snprintf(path, sizeof path, "%s/%s", folder, entry.name);
    if (entry.type == UV_DIRENT_DIR)
      take_away(path);
    else
      test_file_delete(path);
  }
  uv_fs_req_cleanup(&list);
  uv_fs_rmdir(NULL, &one, folder, NULL);
  uv_fs_req_cleanup(&one);
}

void site_teardown(void) {
  server_free(&x);
  server_unload();
  take_away(site_folder);
}

void site_run(void) {
  server_run(&x);
  ck_assert_str_eq(x.fault, "");
}

void site_get_from(const char *path, const char *query) {
  static const char *variables[16];
  const char *all[] = {
      "SERVER_PROTOCOL", "HTTP/1.1",  "DOCUMENT_ROOT", site_path("root"), "SCRIPT_NAME", path,
      "REQUEST_URI",     "/a.test?x", "REMOTE_ADDR",   "1.2.3.4",         NULL};
  if (x.version == SERVER_MOD_ISAPI)
    all[5] = "/x.so";
  memcpy(variables, all, sizeof all);
  x.variables = variables;
  x.path_info = path;
  x.query = query;
  site_run();
}

void site_get(const char *query) {
  site_get_from("/a.test", query);
}

const char *site_text(void) {
  return x.out ? x.out : "";
}

void site_expect_pattern(const exchange *of, size_t size) {
  size_t i;
  ck_assert_uint_eq(of->out_len, size);
  for (i = 0; i < size; i++)
    if (of->out[i] != (char) ((uint32_t) i * 2654435761u >> 24))
      ck_abort_msg("byte %lu is wrong", (unsigned long) i);
}

const char *site_param(const char *name) {
  static char values[4][10000];
  static int next;
  const char *line = site_text();
  size_t len = strlen(name);
  for (; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
    if (strncmp(line, name, len) == 0 && line[len] == '=') {
      next = (next + 1) % 4;
      snprintf(values[next], sizeof values[next], "%.*s", (int) strcspn(line + len + 1, "\n"),
               line + len + 1);
      return values[next];
    }
  return "(absent)";
}
