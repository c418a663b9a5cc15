/* front.c: a connection's requests, one after the other: head, body with a length or in chunks,
   response with a length, in chunks or to the end of the connection. */
#include "adapters/front.h"
#include "adapters/socket.h"
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_MAX = 64 * 1024, VARIABLES = 40 };

/* A connection, and the request that it has in hand. */
typedef struct line {
  int fd;
  void *connection;      /* the server's */
  char in[HEAD_MAX + 1]; /* received, and not taken yet */
  size_t len;
  char head[HEAD_MAX + 1], fields[HEAD_MAX + 1];
  char method[40], target[8200], path[8200], script[8200], file[9000], query[8200], ports[2][16];
  char addresses[2][64], length[24], authorization[8200];
  int minor, keeps, is_chunked, expects, has_no_body, in_chunks;
  int64_t left; /* of the body, or of its chunk; -1: the next chunk's size comes first */
  int at_end;
  const char *variables[VARIABLES];
} line;

/* ---- Bytes ---- */

/* Letters' case does not matter. */
static int is_same(const char *a, const char *b, size_t len) {
  size_t i;
  for (i = 0; i < len && a[i] && ((a[i] ^ b[i]) & ~0x20) == 0; i++)
    ;
  return i == len;
}

static int more(line *l) {
  long n = l->len < HEAD_MAX ? socket_receive(l->fd, l->in + l->len, HEAD_MAX - l->len) : -1;
  if (n <= 0)
    return 0;
  l->len += (size_t) n;
  l->in[l->len] = 0;
  return 1;
}

static void took(line *l, size_t n) {
  memmove(l->in, l->in + n, l->len - n + 1);
  l->len -= n;
}

static const char *field(const char *fields, const char *name) {
  static _Thread_local char value[8200];
  size_t len = strlen(name);
  const char *end;
  for (; (end = strstr(fields, "\r\n")) != NULL; fields = end + 2)
    if (is_same(fields, name, len) && fields[len] == ':') {
      fields += len + 1;
      fields += strspn(fields, " ");
      snprintf(value, sizeof value, "%.*s", (int) (end - fields), fields);
      return value;
    }
  return NULL;
}

/* ---- The body ---- */

/* Returns 0 when the client breaks off. */
static int next_chunk(line *l) {
  char *end;
  if (!l->in_chunks) /* the first */
    l->in_chunks = 1;
  while ((end = strstr(l->in, "\r\n")) == NULL || (end == l->in && strstr(end + 2, "\r\n") == NULL))
    if (!more(l))
      return 0;
  if (end == l->in) /* behind the chunk before */
    took(l, 2);
  l->left = (int64_t) strtoull(l->in, NULL, 16);
  took(l, (size_t) (strstr(l->in, "\r\n") + 2 - l->in));
  l->at_end = l->left == 0;
  return 1;
}

static long read_body(void *of, char *data, size_t size) {
  line *l = of;
  long n;
  if (l->expects && l->len == 0 && !socket_send(l->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25))
    return -1;
  l->expects = 0;
  if (l->is_chunked && l->left <= 0 && !l->at_end && !next_chunk(l))
    return -1;
  if (l->left <= 0)
    return 0;
  if (size > (uint64_t) l->left)
    size = (size_t) l->left;
  if (l->len > 0) {
    n = (long) (size < l->len ? size : l->len);
    memcpy(data, l->in, (size_t) n);
    took(l, (size_t) n);
  } else {
    n = socket_receive(l->fd, data, size);
  }
  if (n <= 0)
    return -1;
  l->left -= n;
  return n;
}

/* ---- The response ---- */

static int send_head(void *of, unsigned status, const char *reason, const char *fields, int keeps) {
  static _Thread_local char head[HEAD_MAX + 400];
  line *l = of;
  int n;
  l->has_no_body = strcmp(l->method, "HEAD") == 0 || status == 204 || status == 304;
  l->in_chunks = keeps && !l->has_no_body && field(fields, "Content-Length") == NULL && l->minor;
  if (!keeps || (!l->in_chunks && !l->has_no_body && field(fields, "Content-Length") == NULL))
    l->keeps = 0;
  n = snprintf(head, sizeof head, "HTTP/1.1 %u %s\r\nDate: today\r\nServer: test\r\n%s%s%s\r\n",
               status, reason, fields, l->in_chunks ? "Transfer-Encoding: chunked\r\n" : "",
               l->keeps ? "" : "Connection: close\r\n");
  return n < (int) sizeof head && socket_send(l->fd, head, (size_t) n);
}

static int write_body(void *of, const char *data, size_t len) {
  line *l = of;
  char size[20];
  if (l->has_no_body || len == 0)
    return 1;
  if (!l->in_chunks)
    return socket_send(l->fd, data, len);
  return socket_send(l->fd, size, (size_t) sprintf(size, "%lx\r\n", (unsigned long) len)) &&
         socket_send(l->fd, data, len) && socket_send(l->fd, "\r\n", 2);
}

/* ---- The request ---- */

static void small(line *l, int status) {
  char text[200];
  int len = snprintf(text, sizeof text,
                     "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
  l->keeps = 0;
  socket_send(l->fd, text, (size_t) len);
}

/* Returns 0 at the end of the connection. */
static int read_head(line *l) {
  char *end, *rest;
  while ((end = strstr(l->in, "\r\n\r\n")) == NULL)
    if (!more(l))
      return 0;
  snprintf(l->head, sizeof l->head, "%.*s", (int) (end + 2 - l->in), l->in);
  took(l, (size_t) (end + 4 - l->in));
  rest = strstr(l->head, "\r\n") + 2;
  snprintf(l->fields, sizeof l->fields, "%s", rest);
  return sscanf(l->head, "%39s %8191s HTTP/1.%d", l->method, l->target, &l->minor) == 3;
}

/* HTTP.sys refuses what is no length, and lengths that differ. */
static int has_bad_length(const char *fields) {
  char first[40] = "";
  const char *value, *end;
  for (; (end = strstr(fields, "\r\n")) != NULL; fields = end + 2) {
    if (!is_same(fields, "Content-Length:", 15))
      continue;
    value = field(fields, "Content-Length");
    if (strlen(value) > 18 || strspn(value, "0123456789") != strlen(value) ||
        (first[0] && strcmp(first, value) != 0))
      return 1;
    snprintf(first, sizeof first, "%s", value);
  }
  return 0;
}

static void take_fields(line *l) {
  const char *value = field(l->fields, "Connection");
  l->keeps = value ? !is_same(value, "close", 5) : l->minor;
  l->is_chunked = field(l->fields, "Transfer-Encoding") != NULL;
  l->expects = field(l->fields, "Expect") != NULL;
  value = field(l->fields, "Content-Length");
  l->left = l->is_chunked ? -1 : value ? strtoll(value, NULL, 10) : 0;
  l->at_end = l->in_chunks = 0;
}

/* As HTTP.sys: decoded, and without dots.  Returns a status. */
static int take_path(line *l) {
  fcl_cgi_target t;
  fcl_slice path;
  int status = fcl_cgi_target_parse((fcl_slice){l->target, strlen(l->target)}, &t);
  if (status == 0)
    status = fcl_cgi_path(t.path, 0, l->path, sizeof l->path - 1, &path);
  if (status)
    return status;
  memmove(l->path, path.base, path.len);
  l->path[path.len] = 0;
  snprintf(l->query, sizeof l->query, "%.*s", (int) t.query.len, t.query.len ? t.query.base : "");
  return 0;
}

/* The script by the map *.php; NULL: it is none. */
static const char *find_script(line *l) {
  const char *at = l->path;
  while ((at = strstr(at, ".php")) != NULL) {
    at += 4;
    if (*at == 0 || *at == '/') {
      snprintf(l->script, sizeof l->script, "%.*s", (int) (at - l->path), l->path);
      return l->script;
    }
  }
  return NULL;
}

static void set_variables(line *l) {
  const char *all[] = {"SERVER_PROTOCOL",
                       l->minor ? "HTTP/1.1" : "HTTP/1.0",
                       "APPL_PHYSICAL_PATH",
                       front_root,
                       "SCRIPT_NAME",
                       l->script,
                       "PATH_INFO",
                       l->path,
                       "PATH_TRANSLATED",
                       l->file,
                       "HTTP_URL",
                       l->target,
                       "QUERY_STRING",
                       l->query,
                       "REMOTE_ADDR",
                       l->addresses[0],
                       "REMOTE_PORT",
                       l->ports[0],
                       "LOCAL_ADDR",
                       l->addresses[1],
                       "SERVER_PORT",
                       l->ports[1],
                       "SERVER_NAME",
                       "test",
                       "HTTPS",
                       "off",
                       "SERVER_SOFTWARE",
                       "Microsoft-IIS/10.0",
                       "INSTANCE_ID",
                       "1",
                       "CONTENT_LENGTH",
                       l->length,
                       "HTTP_AUTHORIZATION",
                       l->authorization,
                       "HTTP_TRANSFER_ENCODING",
                       l->is_chunked ? "chunked" : "",
                       NULL};
  _Static_assert(sizeof all <= sizeof l->variables, "room");
  const char *authorization = field(l->fields, "Authorization");
  snprintf(l->authorization, sizeof l->authorization, "%s", authorization ? authorization : "");
  snprintf(l->length, sizeof l->length, "%lld", (long long) (l->is_chunked ? 0 : l->left));
  snprintf(l->file, sizeof l->file, "%s%s", front_root, l->path);
  memcpy(l->variables, all, sizeof all);
}

/* ---- Answers ---- */

static void leave(void *of) {
  front_disconnect(((line *) of)->connection);
}

/* Returns 0 when the connection is to be reset. */
static int serve_script(line *l) {
  front_request r = {.connection = l->connection,
                     .method = l->method,
                     .fields = l->fields,
                     .path = l->path,
                     .query = l->query,
                     .variables = l->variables,
                     .minor = l->minor,
                     .length = l->is_chunked ? -1 : l->left,
                     .of = l,
                     .read = read_body,
                     .head = send_head,
                     .write = write_body};
  socket_watch w = {.fd = l->fd, .left = leave, .of = l};
  front_result result;
  socket_watch_begin(&w);
  result = front_run(&r);
  socket_watch_end(&w);
  if (result == FRONT_NOTHING)
    small(l, 500);
  else if (result == FRONT_WHOLE && l->in_chunks)
    l->keeps &= socket_send(l->fd, "0\r\n\r\n", 5);
  l->keeps &= result == FRONT_WHOLE && (l->is_chunked ? l->at_end : l->left <= 0);
  return result != FRONT_BROKEN;
}

static void serve_file(line *l) {
  char head[200], bytes[65536];
  struct stat st;
  FILE *file;
  size_t n;
  snprintf(l->file, sizeof l->file, "%s%s", front_root, l->path);
  file = stat(l->file, &st) == 0 && (st.st_mode & S_IFMT) == S_IFREG ? fopen(l->file, "rb") : NULL;
  if (file == NULL || l->left != 0) {
    small(l, 404);
  } else {
    n = (size_t) snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n\r\n",
                          (long long) st.st_size);
    l->keeps &= socket_send(l->fd, head, n);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
      l->keeps &= socket_send(l->fd, bytes, n);
  }
  if (file)
    fclose(file);
}

void front_serve(int fd) {
  line *l = calloc(1, sizeof *l);
  int status, may_end = 1;
  l->fd = fd;
  l->connection = front_connect();
  socket_address(fd, 0, l->addresses[0], l->ports[0]);
  socket_address(fd, 1, l->addresses[1], l->ports[1]);
  do {
    if (!read_head(l))
      break;
    take_fields(l);
    status = has_bad_length(l->fields) ? 400 : take_path(l);
    if (status) {
      small(l, status);
    } else if (find_script(l)) {
      set_variables(l);
      may_end = serve_script(l);
    } else {
      serve_file(l);
    }
  } while (l->keeps);
  if (may_end) {
    socket_close_gently(fd);
  } else {
    socket_reset(fd);
    socket_close(fd);
  }
  front_close(l->connection);
  free(l);
}
