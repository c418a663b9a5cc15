/* front.c: a connection's requests, one after the other: head, body with a length or in chunks,
   response with a length, in chunks or to the end of the connection. */
#define _GNU_SOURCE
#include "front.h"
#include <arpa/inet.h>
#include <fcgiclient/cgi.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum { HEAD_MAX = 64 * 1024, VARIABLES = 40 };

/* A connection, and the request that it has in hand. */
typedef struct line {
  const front *front;
  int fd, over; /* `over`: the request is, for who watches */
  connection connection;
  char in[HEAD_MAX + 1]; /* received, and not taken yet */
  size_t len;
  char head[HEAD_MAX + 1], fields[HEAD_MAX + 1];
  char method[40], target[8200], path[8200], script[8200], file[9000], query[8200], ports[2][16];
  char addresses[2][64];
  int minor, keeps, is_chunked, expects, has_head, in_chunks;
  int64_t left; /* of the body, or of its chunk; -1: the next chunk's size comes first */
  int at_end;
  const char *variables[VARIABLES];
} line;

/* ---- Bytes ---- */

static int send_all(line *l, const void *data, size_t len) {
  const char *at = data;
  while (len > 0) {
    ssize_t n = send(l->fd, at, len, MSG_NOSIGNAL);
    if (n <= 0)
      return 0;
    at += n;
    len -= (size_t) n;
  }
  return 1;
}

static int more(line *l) {
  ssize_t n = l->len < HEAD_MAX ? recv(l->fd, l->in + l->len, HEAD_MAX - l->len, 0) : -1;
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
    if (strncasecmp(fields, name, len) == 0 && fields[len] == ':') {
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

static long read_body(exchange *x, char *data, size_t size) {
  line *l = x->user;
  ssize_t n;
  if (l->expects && l->len == 0 && !send_all(l, "HTTP/1.1 100 Continue\r\n\r\n", 25))
    return -1;
  l->expects = 0;
  if (l->is_chunked && l->left <= 0 && !l->at_end && !next_chunk(l))
    return -1;
  if (l->left <= 0)
    return 0;
  if (size > (uint64_t) l->left)
    size = (size_t) l->left;
  if (l->len > 0) {
    n = (ssize_t) (size < l->len ? size : l->len);
    memcpy(data, l->in, (size_t) n);
    took(l, (size_t) n);
  } else {
    n = recv(l->fd, data, size, 0);
  }
  if (n <= 0)
    return -1;
  l->left -= n;
  return n;
}

/* ---- The response ---- */

static int has_no_body(const exchange *x) {
  return strcmp(x->method, "HEAD") == 0 || x->status == 204 || x->status == 304;
}

static int send_head(line *l, const exchange *x) {
  static _Thread_local char head[sizeof x->fields_out + 400];
  int n;
  l->in_chunks = !has_no_body(x) && field(x->fields_out, "Content-Length") == NULL && l->minor;
  if (!l->in_chunks && !has_no_body(x) && field(x->fields_out, "Content-Length") == NULL)
    l->keeps = 0;
  n = snprintf(head, sizeof head, "HTTP/1.1 %u %s\r\nDate: today\r\nServer: test\r\n%s%s%s\r\n",
               x->status, x->reason, x->fields_out,
               l->in_chunks ? "Transfer-Encoding: chunked\r\n" : "",
               l->keeps ? "" : "Connection: close\r\n");
  l->has_head = 1;
  return send_all(l, head, (size_t) n);
}

static int write_body(exchange *x, const char *data, size_t len, int is_last) {
  line *l = x->user;
  char size[20];
  if (!l->has_head && !send_head(l, x))
    return 0;
  if (is_last)
    return !l->in_chunks || send_all(l, "0\r\n\r\n", 5);
  if (has_no_body(x) || len == 0)
    return 1;
  if (!l->in_chunks)
    return send_all(l, data, len);
  return send_all(l, size, (size_t) sprintf(size, "%lx\r\n", (unsigned long) len)) &&
         send_all(l, data, len) && send_all(l, "\r\n", 2);
}

/* ---- The request ---- */

static void small(line *l, int status) {
  char text[200];
  int len = snprintf(text, sizeof text,
                     "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
  l->keeps = 0;
  send_all(l, text, (size_t) len);
}

static void address(line *l, int which, int (*get)(int, struct sockaddr *, socklen_t *)) {
  struct sockaddr_in a = {0};
  socklen_t len = sizeof a;
  get(l->fd, (struct sockaddr *) &a, &len);
  inet_ntop(AF_INET, &a.sin_addr, l->addresses[which], sizeof l->addresses[which]);
  sprintf(l->ports[which], "%u", ntohs(a.sin_port));
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
    if (strncasecmp(fields, "Content-Length:", 15) != 0)
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
  l->keeps = value ? strcasecmp(value, "close") != 0 : l->minor;
  l->is_chunked = field(l->fields, "Transfer-Encoding") != NULL;
  l->expects = field(l->fields, "Expect") != NULL;
  value = field(l->fields, "Content-Length");
  l->left = l->is_chunked ? -1 : value ? strtoll(value, NULL, 10) : 0;
  l->at_end = l->has_head = l->in_chunks = 0;
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
                       l->front->root,
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
                       NULL};
  _Static_assert(sizeof all <= sizeof l->variables, "room");
  snprintf(l->file, sizeof l->file, "%s%s", l->front->root, l->path);
  memcpy(l->variables, all, sizeof all);
}

/* ---- A client that leaves ---- */

static void watch(void *of) {
  line *l = of;
  struct pollfd fds[2] = {{l->fd, POLLRDHUP, 0}, {l->over, POLLIN, 0}};
  while (poll(fds, 2, -1) < 0)
    ;
  if (fds[0].revents)
    server_disconnect(&l->connection);
}

static void serve_script(line *l) {
  exchange *x = calloc(1, sizeof *x);
  uv_thread_t thread;
  uint64_t one = 1;
  x->kind = l->front->kind;
  x->limit = l->front->limit;
  x->method = l->method;
  x->fields = l->fields;
  x->processor = l->front->processor;
  x->map = "*.php";
  x->variables = l->variables;
  x->minor = (USHORT) l->minor;
  x->major = 1;
  x->connection = &l->connection;
  x->read = read_body;
  x->write = write_body;
  x->user = l;
  l->over = eventfd(0, 0);
  uv_thread_create(&thread, watch, l);
  server_run(x);
  if (write(l->over, &one, sizeof one) < 0)
    abort();
  uv_thread_join(&thread);
  close(l->over);
  if (x->fault[0]) {
    fprintf(stderr, "fault: %s %s: %s\n", l->method, l->target, x->fault);
    _exit(3);
  }
  if (x->is_reset) {
    struct linger now = {1, 0};
    setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    l->keeps = 0;
  }
  l->keeps &= !l->connection.is_gone && (l->is_chunked ? l->at_end : l->left <= 0);
  server_free(x);
  free(x);
}

static void serve_file(line *l) {
  char head[200], bytes[65536];
  struct stat st;
  FILE *file;
  size_t n;
  snprintf(l->file, sizeof l->file, "%s%s", l->front->root, l->path);
  file = stat(l->file, &st) == 0 && S_ISREG(st.st_mode) ? fopen(l->file, "rb") : NULL;
  if (file == NULL || l->left != 0) {
    small(l, 404);
  } else {
    n = (size_t) snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n\r\n",
                          (long long) st.st_size);
    l->keeps &= send_all(l, head, n);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
      l->keeps &= send_all(l, bytes, n);
  }
  if (file)
    fclose(file);
}

/* So that a client that still sends is not reset before it has read the answer. */
static void linger(line *l) {
  char rest[4096];
  struct timeval second = {1, 0};
  shutdown(l->fd, SHUT_WR);
  setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  while (recv(l->fd, rest, sizeof rest, 0) > 0)
    ;
}

void front_serve(const front *f, int fd) {
  line *l = calloc(1, sizeof *l);
  int status, is_reset = 0;
  l->front = f;
  l->fd = fd;
  server_connect(&l->connection);
  address(l, 0, getpeername);
  address(l, 1, getsockname);
  do {
    struct linger now = {0, 0};
    socklen_t len = sizeof now;
    if (!read_head(l))
      break;
    take_fields(l);
    status = has_bad_length(l->fields) ? 400 : take_path(l);
    if (status) {
      small(l, status);
    } else if (find_script(l)) {
      set_variables(l);
      serve_script(l);
    } else {
      serve_file(l);
    }
    getsockopt(fd, SOL_SOCKET, SO_LINGER, &now, &len);
    is_reset = now.l_onoff;
  } while (l->keeps);
  if (!is_reset)
    linger(l);
  server_close(&l->connection);
  close(fd);
  free(l);
}
