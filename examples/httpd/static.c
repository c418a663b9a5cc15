/* static.c: serves files: read in libuv's threads, one part at a time, when the client has taken
 * the part before. */
#include "static.h"
#include "conditions.h"
#include "output.h"
#include "reply.h"
#include "text.h"

static const struct {
  const char *extension, *type;
} types[] = {
    {"html", "text/html"},      {"htm", "text/html"},         {"css", "text/css"},
    {"js", "text/javascript"},  {"mjs", "text/javascript"},   {"json", "application/json"},
    {"txt", "text/plain"},      {"xml", "application/xml"},   {"svg", "image/svg+xml"},
    {"png", "image/png"},       {"jpg", "image/jpeg"},        {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},       {"webp", "image/webp"},       {"avif", "image/avif"},
    {"ico", "image/x-icon"},    {"woff", "font/woff"},        {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},        {"pdf", "application/pdf"},   {"zip", "application/zip"},
    {"gz", "application/gzip"}, {"wasm", "application/wasm"}, {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},       {"webm", "video/webm"},       {"ogg", "audio/ogg"},
    {"csv", "text/csv"},        {"md", "text/markdown"},
};

static fcl_slice type_of(fcl_slice path) {
  size_t at = path.len, i;
  while (at > 0 && path.base[at - 1] != '.' && path.base[at - 1] != '/')
    at--;
  if (at > 0 && path.base[at - 1] == '.')
    for (i = 0; i < sizeof types / sizeof *types; i++)
      if (same_fold(slice(path.base + at, path.len - at), types[i].extension))
        return text(types[i].type);
  return LITERAL("application/octet-stream");
}

/* ---- The body ---- */

static void on_file_read(uv_fs_t *fs) {
  exchange *x = fs->data;
  connection *c = x->c;
  ssize_t n = fs->result;
  size_t len;
  uv_fs_req_cleanup(fs);
  x->fs_busy = 0;
  if (c->is_closing || n <= 0) {
    if (n <= 0) /* it has become shorter, or cannot be read */
      reply_error(x, 500, 0);
    connection_settle(c);
    return;
  }
  x->file_at += n;
  x->file_left -= n;
  len = fcl_cgi_reply_take(&x->reply, (size_t) n);
  if (output_body(x, x->file_block->bytes, len))
    file_resume(x);
}

static void read_next(exchange *x) {
  uv_buf_t buf;
  size_t len;
  if (x->file_block == NULL)
    x->file_block =
        block_take(&x->c->worker->blocks, x->file_left <= BLOCK_SMALL ? BLOCK_SMALL : BLOCK_LARGE);
  if (x->file_block == NULL) {
    connection_reset(x->c);
    return;
  }
  len = x->file_block->size;
  if ((uint64_t) x->file_left < len)
    len = (size_t) x->file_left;
  buf = uv_buf_init(x->file_block->bytes, (unsigned) len);
  x->fs.data = x;
  if (uv_fs_read(&x->c->worker->loop, &x->fs, x->fd, &buf, 1, x->file_at, on_file_read) < 0)
    connection_reset(x->c);
  else
    x->fs_busy = 1;
}

void file_resume(exchange *x) {
  if (x->c->is_closing)
    connection_settle(x->c);
  else if (x->file_left > 0)
    read_next(x);
  else
    output_end(x);
}

void file_close(exchange *x) {
  uv_fs_t fs;
  if (x->fd >= 0)
    uv_fs_close(NULL, &fs, x->fd, NULL);
  x->fd = -1;
  block_give(&x->c->worker->blocks, x->file_block);
  x->file_block = NULL;
}

/* ---- The head ---- */

static void add_range(exchange *x, int status, const version *v, int64_t from, int64_t len) {
  char room[80], *to = PUT(room, "bytes ");
  if (status == 416) {
    *to++ = '*';
  } else {
    to = put_number(to, (uint64_t) from);
    *to++ = '-';
    to = put_number(to, (uint64_t) (from + len - 1));
  }
  *to++ = '/';
  to = put_number(to, (uint64_t) v->size);
  reply_field(x, "Content-Range", slice(room, (size_t) (to - room)));
}

static void send_file(exchange *x, fcl_slice path, const version *v) {
  int64_t from, len;
  int status = conditions_check(x, v, &from, &len);
  int has_body = status == 200 || status == 206;
  if (!reply_begin(x, status)) {
    connection_close(x->c);
    return;
  }
  reply_field(x, "ETag", text(v->tag));
  reply_field(x, "Last-Modified", text(v->modified_text));
  reply_field(x, "Accept-Ranges", LITERAL("bytes"));
  if (has_body)
    reply_field(x, "Content-Type", type_of(path));
  if (status == 206 || status == 416)
    add_range(x, status, v, from, len);
  reply_end(x, has_body ? len : 0);
  x->file_at = from;
  x->file_left = has_body && x->reply.framing == FCL_CGI_LENGTH ? len : 0;
  file_resume(x);
}

static void add_slash(exchange *x, fcl_slice path, fcl_slice query, int has_query) {
  worker *w = x->c->worker;
  char *to = w->file, *end = w->file + sizeof w->file - 4;
  size_t i;
  for (i = 0; i < path.len && to < end; i++) { /* encoded: it was decoded */
    unsigned char c = (unsigned char) path.base[i];
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
        strchr("/-_.~!$&'()*+,;=:@", c)) {
      *to++ = (char) c;
    } else {
      *to++ = '%';
      *to++ = "0123456789ABCDEF"[c >> 4];
      *to++ = "0123456789ABCDEF"[c & 15];
    }
  }
  if (to >= end || query.len > (size_t) (end - to)) {
    reply_error(x, 414, 0);
    return;
  }
  *to++ = '/';
  if (has_query) {
    *to++ = '?';
    to = query.len ? put(to, query.base, query.len) : to;
  }
  reply_redirect(x, 301, slice(w->file, (size_t) (to - w->file)));
}

/* As stat tells on every system. */
static int status_of(uint64_t mode) {
  enum { KIND = 0170000, FOLDER = 0040000, REGULAR = 0100000 };
  return (mode & KIND) == REGULAR ? 200 : (mode & KIND) == FOLDER ? 301 : 404;
}

/* O_NONBLOCK: a pipe in the root must not stop the server. */
static int open_file(exchange *x, fcl_slice path, uv_stat_t *s) {
  worker *w = x->c->worker;
  fcl_slice full;
  uv_fs_t fs;
  if (!fcl_cgi_join(text(w->options->root), path, w->file, sizeof w->file - 1, &full))
    return 404;
  w->file[full.len] = 0;
  x->fd =
      uv_fs_open(NULL, &fs, w->file, UV_FS_O_RDONLY | UV_FS_O_NONBLOCK | UV_FS_O_NOCTTY, 0, NULL);
  uv_fs_req_cleanup(&fs);
  if (x->fd < 0)
    return x->fd == UV_EACCES                                               ? 403
           : x->fd == UV_EMFILE || x->fd == UV_ENFILE || x->fd == UV_ENOMEM ? 503
                                                                            : 404;
  if (uv_fs_fstat(NULL, &fs, x->fd, NULL) < 0)
    return 500;
  *s = fs.statbuf;
  return status_of(s->st_mode);
}

void file_serve(exchange *x, fcl_slice path, fcl_slice query, int has_query) {
  uv_stat_t s;
  version v;
  int status = open_file(x, path, &s);
  if (status == 301) {
    add_slash(x, path, query, has_query);
    return;
  }
  if (status != 200) {
    reply_error(x, status, 0);
    return;
  }
  version_set(&v, (int64_t) s.st_size, (time_t) s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  send_file(x, path, &v);
}
