/* site.c: the module in its server. */
#include "site.h"
#include "support/scratch.h"

char site_app[1000];
const char *site_handler = site_app;
static const char *variables[30];

static void find_app(void) {
  uv_fs_t fs;
  ck_assert_int_eq(uv_fs_realpath(NULL, &fs, APP, NULL), 0);
  snprintf(site_app, sizeof site_app, "%s", (char *) fs.ptr);
  uv_fs_req_cleanup(&fs);
}

void site_setup_empty(void) {
  const char *fault;
  site_make_folder();
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
  server_free(&x);
  server_configure_fails(0);
  ck_assert_msg(fault == NULL, "%s", fault);
  site_remove_folder();
}

/* ---- Exchanges ---- */

/* As IIS says it without allowPathInfo. */
void site_prepare_path(const char *path, const char *query) {
  static char target[1000], file[1000];
  const char *all[] = {
      "SERVER_PROTOCOL", "HTTP/1.1", "APPL_PHYSICAL_PATH", NULL,      "SCRIPT_NAME", path,
      "PATH_INFO",       path,       "PATH_TRANSLATED",    file,      "HTTP_URL",    target,
      "QUERY_STRING",    query,      "REMOTE_ADDR",        "1.2.3.4", NULL};
  static char root[400];
  snprintf(root, sizeof root, "%s", site_path(""));
  snprintf(target, sizeof target, "%s?%s", path, query);
  snprintf(file, sizeof file, "%s%s", site_path(""), path + 1);
  all[3] = root;
  memcpy(variables, all, sizeof all);
  x.variables = variables;
  x.processor = x.processor ? x.processor : site_handler;
}

void site_prepare(const char *query) {
  site_prepare_path("/a.test", query);
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

/* Each kind of server with each way to buffer.  Where starting programs is slow (Wine) each kind
   has one way. */
#ifdef _WIN32
const int site_ways = SERVER_KINDS;
#else
const int site_ways = SERVER_KINDS * 3;
#endif
const int site_first_async = 0, site_slow_ways = SERVER_LATER + 1;

void site_go_way(int i) {
  static const DWORD limits[] = {0, 50000, 4 << 20};
  x.kind = (server_kind) (i % SERVER_KINDS);
  x.limit = limits[(i / SERVER_KINDS + i) % 3];
}

void site_post(const char *bytes, size_t size, long length) {
  static char fields[60];
  snprintf(fields, sizeof fields,
           length < 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: %ld\r\n", length);
  x.method = "POST";
  x.fields = fields;
  x.body = bytes;
  x.body_len = size;
}

unsigned site_status(void) {
  return x.status;
}

const unsigned site_failed = 500;

int site_got_nothing(void) {
  return x.is_reset && !x.is_sent;
}

int site_got_part(void) {
  return x.is_reset && x.is_sent;
}

int site_was_ended(void) {
  return x.result != RQ_NOTIFICATION_CONTINUE;
}
