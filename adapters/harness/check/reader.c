/* reader.c: what an application sends, record by record, as facts that cases judge.  It bears with
   everything but what makes the next record's place unknown. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 64 << 20 }; /* of a connection; more is dropped */

typedef struct record {
  const unsigned char *header, *content;
  unsigned type, id, len;
} record;

static void strange(host *h, const record *r, const char *why) {
  if (h->strange[0] == 0)
    snprintf(h->strange, sizeof h->strange,
             "%s: the record %02x %02x %02x %02x %02x %02x %02x %02x (%s, id %u, %u bytes)", why,
             r->header[0], r->header[1], r->header[2], r->header[3], r->header[4], r->header[5],
             r->header[6], r->header[7], fcl_type_name(r->type), r->id, r->len);
}

static host_answer *find_or_add(host *h, unsigned id) {
  host_answer *a = host_find(h, id);
  if (a)
    return a;
  if (h->count == h->room) {
    h->room = h->room ? 2 * h->room : 8;
    h->answers = realloc(h->answers, h->room * sizeof *h->answers);
    if (h->answers == NULL) {
      fcgi_say("there is no memory for %zu answers", h->room);
      exit(FCGI_NO_CONNECTION);
    }
  }
  a = &h->answers[h->count++];
  memset(a, 0, sizeof *a);
  a->id = id;
  return a;
}

static void take_stream(host *h, const record *r, bytes *to, unsigned *ends, unsigned *late) {
  if (*ends > 0)
    ++*late;
  if (r->len == 0)
    ++*ends;
  if (h->kept + r->len > KEPT_MAX)
    return;
  h->kept += r->len;
  bytes_add(to, r->content, r->len);
}

static void take_end(const record *r, host_answer *a) {
  a->ends++;
  a->end_len = r->len;
  if (r->len < 5)
    return;
  a->app_status = (uint32_t) r->content[0] << 24 | (uint32_t) r->content[1] << 16 |
                  (uint32_t) r->content[2] << 8 | r->content[3];
  a->protocol_status = r->content[4];
}

static void take_request(host *h, const record *r) {
  host_answer *a;
  if (r->id == 0) {
    strange(h, r, "a request's record has the management id 0");
    return;
  }
  a = find_or_add(h, r->id);
  if (a->ends > 0)
    a->late++;
  if (r->type == FCL_STDOUT)
    take_stream(h, r, &a->out, &a->out_ends, &a->out_late);
  else if (r->type == FCL_STDERR)
    take_stream(h, r, &a->err, &a->err_ends, &a->err_late);
  else
    take_end(r, a);
}

static void take(host *h, const record *r) {
  if (r->header[7] != 0)
    h->reserved++;
  if (r->type == FCL_STDOUT || r->type == FCL_STDERR || r->type == FCL_END_REQUEST) {
    take_request(h, r);
    return;
  }
  if (r->type != FCL_GET_VALUES_RESULT && r->type != FCL_UNKNOWN_TYPE) {
    strange(h, r, "no application sends such a type");
    return;
  }
  if (r->id != 0)
    strange(h, r, "a management record has another id than 0");
  if (r->type == FCL_UNKNOWN_TYPE) {
    h->unknown_count++;
    h->unknown_len = r->len;
    h->unknown_type = r->len ? r->content[0] : 0;
    return;
  }
  h->values_count++;
  if (r->len == 0 && h->values_count > 1)
    return;
  h->values.len = 0;
  bytes_add(&h->values, r->content, r->len);
}

void host_read_records(host *h) {
  size_t at = 0;
  while (!h->is_lost && h->in.len - at >= FCL_HEADER_SIZE) {
    const unsigned char *p = (const unsigned char *) h->in.base + at;
    record r = {p, p + FCL_HEADER_SIZE, p[1], (unsigned) p[2] << 8 | p[3],
                (unsigned) p[4] << 8 | p[5]};
    size_t size = FCL_HEADER_SIZE + r.len + p[6];
    if (p[0] != 1) {
      strange(h, &r, "its version is not 1");
      h->is_lost = 1;
      break;
    }
    if (h->in.len - at < size)
      break;
    take(h, &r);
    at += size;
  }
  if (at > 0)
    bytes_drop(&h->in, at);
}

static void clear_answers(host *h) {
  size_t i;
  for (i = 0; i < h->count; i++) {
    bytes_free(&h->answers[i].out);
    bytes_free(&h->answers[i].err);
  }
  h->count = 0;
}

void host_forget(suite *s) {
  clear_answers(&s->host);
  s->host.values_count = s->host.unknown_count = 0;
}

void host_clear(host *h) {
  clear_answers(h);
  free(h->answers);
  bytes_free(&h->out);
  bytes_free(&h->in);
  bytes_free(&h->values);
  memset(h, 0, sizeof *h);
  h->fd = -1;
}
