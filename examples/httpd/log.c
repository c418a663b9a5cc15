/* log.c: lines are gathered for each thread and written once a turn of its loop. */
#include "log.h"
#include "system.h"
#include "text.h"
#include <stdio.h>

enum { STDOUT = 1 };
enum { TARGET_LOGGED = 2048, REST_SIZE = 128 }; /* of the target; what else a line holds */

static void write_all(int fd, const char *data, size_t len) {
  while (len > 0) {
    ptrdiff_t n = system_write(fd, data, len);
    if (n <= 0)
      return; /* nobody reads: the server goes on */
    data += n;
    len -= (size_t) n;
  }
}

void log_flush(worker *w) {
  if (w->log_len)
    write_all(STDOUT, w->log, w->log_len);
  w->log_len = 0;
}

/* Bytes that would break the line, or drive a terminal, as %XX. */
static char *put_target(char *to, fcl_slice target) {
  size_t i;
  if (target.len == 0)
    *to++ = '-';
  for (i = 0; i < target.len && i < TARGET_LOGGED; i++) {
    unsigned char c = (unsigned char) target.base[i];
    if (c > ' ' && c < 0x7f) {
      *to++ = (char) c;
    } else {
      *to++ = '%';
      *to++ = "0123456789ABCDEF"[c >> 4];
      *to++ = "0123456789ABCDEF"[c & 15];
    }
  }
  return to;
}

void log_request(exchange *x) {
  worker *w = x->c->worker;
  int status =
      x->has_head ? x->reply.status : 499; /* as nginx: the client left before there was one */
  char *to;
  if (w->options->quiet || x->started == 0)
    return;
  if (w->log_len + TARGET_LOGGED * 3 + REST_SIZE > sizeof w->log)
    log_flush(w);
  to = w->log + w->log_len;
  to = x->method.len ? put(to, x->method.base, x->method.len) : PUT(to, "-");
  *to++ = ' ';
  to = put_target(to, x->target);
  *to++ = ' ';
  to = put_number(to, (uint64_t) status);
  *to++ = ' ';
  to = put_number(to, x->sent);
  *to++ = ' ';
  to = put_number(to, (uv_hrtime() - x->started) / 1000000);
  *to++ = '\n';
  w->log_len = (size_t) (to - w->log);
}

void log_sentence(const char *level, const char *sentence) {
  fprintf(stderr, "httpd: %s%s\n", level, sentence);
}
