/* params.c: the facts of a request become the parameters that a CGI program counts on (RFC 3875
 * section 4.1). */
#include <fcgiclient/cgi.h>
#include <string.h>

/* Where parameters go. */
typedef struct sink {
  fcl_cgi_set set;
  void *user;
} sink;

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

#define LITERAL(s)             slice((s), sizeof(s) - 1)
#define PUT(sink, name, value) put((sink), (name), sizeof(name) - 1, (value))

static void put(const sink *to, const char *name, size_t name_len, fcl_slice value) {
  to->set(to->user, slice(name, name_len), value.base ? value : LITERAL(""));
}

static void put_if(const sink *to, const char *name, fcl_slice value) {
  if (value.len)
    put(to, name, strlen(name), value);
}

static void put_number(const sink *to, const char *name, unsigned number) {
  char digits[3 * sizeof number], *at = digits + sizeof digits;
  do
    *--at = (char) ('0' + number % 10);
  while ((number /= 10) != 0);
  put(to, name, strlen(name), slice(at, (size_t) (digits + sizeof digits - at)));
}

void fcl_cgi_set_params(void *params, fcl_slice name, fcl_slice value) {
  fcl_params_set((fcl_params *) params, name, value);
}

/* "example.org:80" without its port, "[::1]:80" with its brackets (RFC 3875 section 4.1.14).  Empty
 * if it is no name. */
static fcl_slice host_name(fcl_slice host) {
  size_t i;
  for (i = 0; i < host.len; i++) {
    unsigned char c = (unsigned char) host.base[i];
    int in_brackets = host.base[0] == '[' && memchr(host.base, ']', i) == NULL;
    if (c == ':' && !in_brackets)
      break;
    if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && !strchr(".-_[]:", c))
      return LITERAL("");
  }
  return slice(host.base, i);
}

static fcl_slice server_name(const fcl_cgi_request *q) {
  fcl_slice name = q->server_name;
  if (name.len == 0)
    name = host_name(q->authority);
  if (name.len == 0)
    name = host_name(q->host);
  if (name.len == 0)
    name = q->server_addr;
  return name.len ? name : LITERAL("localhost");
}

static fcl_slice server_software(const fcl_cgi_request *q, char *room, size_t size) {
  static const char product[] = "libfcgiclient/";
  const char *version = fcl_version_string();
  size_t len = strlen(version);
  if (q->server_software.len || sizeof product + len > size)
    return q->server_software;
  memcpy(room, product, sizeof product - 1);
  memcpy(room + sizeof product - 1, version, len);
  return slice(room, sizeof product - 1 + len);
}

static void put_server(const fcl_cgi_request *q, const sink *to) {
  char room[64];
  PUT(to, "GATEWAY_INTERFACE", LITERAL("CGI/1.1"));
  PUT(to, "SERVER_SOFTWARE", server_software(q, room, sizeof room));
  PUT(to, "SERVER_PROTOCOL", q->protocol.len ? q->protocol : LITERAL("HTTP/1.1"));
  PUT(to, "SERVER_NAME", server_name(q));
  put_number(to, "SERVER_PORT", q->server_port ? q->server_port : q->https ? 443 : 80);
  put_if(to, "SERVER_ADDR", q->server_addr);
  if (q->https)
    PUT(to, "HTTPS", LITERAL("on"));
  PUT(to, "REQUEST_SCHEME", q->https ? LITERAL("https") : LITERAL("http"));
  /* PHP: php-cgi with cgi.force_redirect (the default) refuses to run without it. */
  PUT(to, "REDIRECT_STATUS", LITERAL("200"));
}

static void put_client(const fcl_cgi_request *q, const sink *to) {
  PUT(to, "REMOTE_ADDR", q->remote_addr);
  if (q->remote_port)
    put_number(to, "REMOTE_PORT", q->remote_port);
  put_if(to, "REMOTE_USER", q->remote_user);
  put_if(to, "AUTH_TYPE", q->auth_type);
  put_if(to, "HTTP_HOST", q->authority); /* RFC 9112 section 3.2.2: beats the Host field */
}

/* `given`, or else root and path, joined. */
static int put_path(const sink *to, const char *name, fcl_slice given, fcl_slice root,
                    fcl_slice path) {
  char room[FCL_CGI_PATH_MAX];
  if (given.len == 0 && !fcl_cgi_join(root, path, room, sizeof room, &given))
    return 0;
  put(to, name, strlen(name), given);
  return 1;
}

static int put_paths(const fcl_cgi_request *q, const sink *to) {
  int fits;
  PUT(to, "REQUEST_METHOD", q->method);
  PUT(to, "REQUEST_URI", q->target);
  PUT(to, "QUERY_STRING", q->query);
  PUT(to, "SCRIPT_NAME", q->script_name);
  PUT(to, "DOCUMENT_ROOT", q->document_root);
  fits = put_path(to, "SCRIPT_FILENAME", q->script_filename, q->document_root, q->script_name) &&
         put_path(to, "DOCUMENT_URI", slice(NULL, 0), q->script_name, q->path_info);
  if (q->path_info.len == 0)
    return fits;
  PUT(to, "PATH_INFO", q->path_info);
  return fits &&
         put_path(to, "PATH_TRANSLATED", q->path_translated, q->document_root, q->path_info);
}

fcl_code fcl_cgi_params(const fcl_cgi_request *request, fcl_cgi_set set, void *user) {
  sink to;
  to.set = set;
  to.user = user;
  put_server(request, &to);
  put_client(request, &to);
  return put_paths(request, &to) ? FCL_OK : FCL_E_PARAMS;
}

static int is_one_of(fcl_slice name, const char *const *list) {
  for (; *list; list++)
    if (name.len == strlen(*list) && memcmp(name.base, *list, name.len) == 0)
      return 1;
  return 0;
}

int fcl_cgi_name_allowed(fcl_slice name) {
  static const char *const denied[] = {"PHP_VALUE", "PHP_ADMIN_VALUE", "HTTP_PROXY", NULL};
  size_t i;
  for (i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char) name.base[i];
    if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '_')
      return 0;
  }
  return name.len > 0 && !is_one_of(name, denied);
}
