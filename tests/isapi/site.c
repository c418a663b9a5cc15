/* site.c: the extension in its server. */
#include "site.h"
#include "support/scratch.h"

void site_copy(const char *from, const char *name) {
  uv_fs_t copied;
  ck_assert_int_eq(uv_fs_copyfile(NULL, &copied, from, site_path(name), 0, NULL), 0);
  uv_fs_req_cleanup(&copied);
}

void site_setup_empty(void) {
  const char *fault;
  site_make_folder();
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

void site_teardown(void) {
  server_free(&x);
  server_unload();
  site_remove_folder();
}

/* ---- Exchanges ---- */

static void prepare(const char *path, const char *query) {
  static const char *variables[16];
  static char target[1000];
  static char root[400]; /* for the whole exchange; what site_path returns is for the moment */
  const char *all[] = {
      "SERVER_PROTOCOL", "HTTP/1.1", "DOCUMENT_ROOT", root,      "SCRIPT_NAME", path,
      "REQUEST_URI",     target,     "REMOTE_ADDR",   "1.2.3.4", NULL};
  snprintf(target, sizeof target, "%s?%s", path, query);
  if (x.version == SERVER_MOD_ISAPI)
    all[5] = "/x.so";
  snprintf(root, sizeof root, "%s", site_path("root"));
  memcpy(variables, all, sizeof all);
  x.variables = variables;
  x.path_info = path;
  x.query = query;
}

void site_prepare(const char *query) {
  prepare("/a.test", query);
}

void site_get_from(const char *path, const char *query) {
  prepare(path, query);
  site_run();
}

void site_get(const char *query) {
  site_get_from("/a.test", query);
}

void site_again(void) {
  exchange same = {.kind = x.kind, .version = x.version};
  server_free(&x);
  x = same;
}

const int site_ways = SERVER_KINDS, site_first_async = SERVER_LATER, site_slow_ways = SERVER_EARLY;

void site_go_way(int i) {
  x.kind = (server_kind) i;
}

/* The server has read the first of it. */
void site_post(const char *bytes, size_t size, long length) {
  x.method = "POST";
  x.body = bytes;
  x.body_len = size;
  x.available = size < 49152 ? size : 49152;
  x.total = length < 0 ? ISAPI_LENGTH_UNKNOWN : (DWORD) length;
}

unsigned site_status(void) {
  return (unsigned) strtoul(x.status, NULL, 10);
}

const unsigned site_failed = 502;

int site_got_nothing(void) {
  return x.heads == 0 && x.out_len == 0;
}

int site_got_part(void) {
  return x.is_cut;
}

int site_was_ended(void) {
  return x.result != HSE_STATUS_SUCCESS;
}
