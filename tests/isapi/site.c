/* site.c: the folder, and exchanges in it. */
#define _GNU_SOURCE
#include "site.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

char site_folder[] = "/tmp/fcl-test-XXXXXX";
exchange x;

const char *site_path(const char *name) {
  static char paths[4][200];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", site_folder, name);
  return paths[next];
}

void site_write(const char *name, const char *text) {
  char path[300], *slash;
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", site_folder, name);
  for (slash = strchr(path + strlen(site_folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    ck_assert(mkdir(path, 0755) == 0 || errno == EEXIST);
    *slash = '/';
  }
  file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

void site_setup_empty(void) {
  const char *fault;
  memset(&x, 0, sizeof x);
  ck_assert_ptr_nonnull(mkdtemp(site_folder));
  setenv("FCGICLIENT_INI", site_path("fcgiext.ini"), 1);
  setenv("FCGICLIENT_GUARDIAN", GUARDIAN, 1);
  fault = server_load(EXTENSION);
  ck_assert_msg(fault == NULL, "%s", fault);
}

void site_setup(void) {
  site_setup_empty();
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nExePath=" APP "\nMaxInstances=4\n");
  site_write("root/a.test", "");
}

void site_teardown(void) {
  char command[200];
  server_free(&x);
  server_unload();
  snprintf(command, sizeof command, "rm -rf '%s'", site_folder);
  ck_assert_int_eq(system(command), 0);
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
