/* site.c: the folder, and exchanges in it. */
#include "site.h"
#include "support/scratch.h"
#include <uv.h>

enum { FILES_MAX = 20 };

exchange x;
char site_app[1000];
static char folder[300], made[FILES_MAX][400];
static int is_folder[FILES_MAX], made_count;
static const char *variables[30];

const char *site_path(const char *name) {
  static char paths[4][400];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

static void remember(const char *path, int folder_too) {
  int i;
  for (i = 0; i < made_count; i++)
    if (strcmp(made[i], path) == 0)
      return;
  ck_assert_int_lt(made_count, FILES_MAX);
  is_folder[made_count] = folder_too;
  snprintf(made[made_count++], sizeof made[0], "%s", path);
}

void site_write(const char *name, const char *text) {
  char path[400], *slash;
  uv_fs_t fs;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  for (slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (uv_fs_mkdir(NULL, &fs, path, 0755, NULL) == 0)
      remember(path, 1);
    uv_fs_req_cleanup(&fs);
    *slash = '/';
  }
  test_file_write(path, text, strlen(text));
  remember(path, 0);
}

static void find_app(void) {
  uv_fs_t fs;
  ck_assert_int_eq(uv_fs_realpath(NULL, &fs, APP, NULL), 0);
  snprintf(site_app, sizeof site_app, "%s", (char *) fs.ptr);
  uv_fs_req_cleanup(&fs);
}

void site_setup_empty(void) {
  const char *fault;
  memset(&x, 0, sizeof x);
  test_folder_make(folder);
  find_app();
  test_environment_set("FCGICLIENT_GUARDIAN", GUARDIAN);
  test_environment_set("FCGICLIENT_LOG", site_path("log"));
  site_write("a.test", "");
  fault = server_load(MODULE);
  ck_assert_msg(fault == NULL, "%s", fault);
}

void site_setup(void) {
  static const char *app[] = {"fullPath", site_app, "maxInstances", "4", NULL};
  static const server_application all[] = {app, NULL};
  site_setup_empty();
  server_configure(all, 0);
}

void site_teardown(void) {
  const char *fault = server_unload();
  uv_fs_t fs;
  server_free(&x);
  server_configure_fails(0);
  ck_assert_msg(fault == NULL, "%s", fault);
  while (made_count > 0) {
    made_count--;
    if (is_folder[made_count])
      uv_fs_rmdir(NULL, &fs, made[made_count], NULL);
    else
      uv_fs_unlink(NULL, &fs, made[made_count], NULL);
    uv_fs_req_cleanup(&fs);
  }
  uv_fs_unlink(NULL, &fs, site_path("log"), NULL);
  uv_fs_req_cleanup(&fs);
  ck_assert_int_eq(test_folder_remove(folder), 1);
}

/* As IIS says it without allowPathInfo. */
void site_prepare_path(const char *path, const char *query) {
  static char target[1000], file[1000];
  const char *all[] = {
      "SERVER_PROTOCOL", "HTTP/1.1", "APPL_PHYSICAL_PATH", NULL,      "SCRIPT_NAME", path,
      "PATH_INFO",       path,       "PATH_TRANSLATED",    file,      "HTTP_URL",    target,
      "QUERY_STRING",    query,      "REMOTE_ADDR",        "1.2.3.4", NULL};
  static char root[400];
  snprintf(root, sizeof root, "%s/", folder);
  snprintf(target, sizeof target, "%s?%s", path, query);
  snprintf(file, sizeof file, "%s%s", folder, path);
  all[3] = root;
  memcpy(variables, all, sizeof all);
  x.variables = variables;
  x.processor = x.processor ? x.processor : site_app;
}

void site_prepare(const char *query) {
  site_prepare_path("/a.test", query);
}

void site_run(void) {
  server_run(&x);
  ck_assert_str_eq(x.fault, "");
}

void site_get(const char *query) {
  site_prepare(query);
  site_run();
}

void site_again(void) {
  server_kind kind = x.kind;
  DWORD limit = x.limit;
  server_free(&x);
  memset(&x, 0, sizeof x);
  x.kind = kind;
  x.limit = limit;
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
      snprintf(values[next], sizeof values[next], "%.*s", (int) strcspn(line + len + 1, "\r\n"),
               line + len + 1);
      return values[next];
    }
  return "(absent)";
}
