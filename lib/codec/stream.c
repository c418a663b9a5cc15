/* stream.c: lent bytes as the records of one stream, header by header, without copying the content.
 */
#include <fcgiclient/codec.h>
#include <assert.h>
#include <string.h>

static size_t content_size(size_t len) {
  return len < FCL_CONTENT_ALIGNED ? len : FCL_CONTENT_ALIGNED;
}

void fcl_stream_init(fcl_stream *s, fcl_type type, unsigned id) {
  memset(s, 0, sizeof *s);
  s->type = (uint8_t) type;
  s->id = (uint16_t) id;
  s->data = ""; /* for sums of pointer and 0 */
}

void fcl_stream_lend(fcl_stream *s, const void *data, size_t len) {
  if (len == 0) /* an empty record would end the stream */
    return;
  assert(fcl_stream_idle(s) && !s->finish);
  s->data = data;
  s->len = len;
}

void fcl_stream_finish(fcl_stream *s) {
  s->finish = 1;
}

int fcl_stream_idle(const fcl_stream *s) {
  return s->len == 0 && s->header_left == 0 && s->ended == s->finish;
}

/* Between two records: fixes the size of the next one, if there is one.  What is lent does not
   grow, so this decides the same whether fill or advance gets here first. */
static void open_record(fcl_stream *s) {
  if (s->header_left > 0 || s->record_left > 0 || fcl_stream_idle(s))
    return;
  s->ended = s->len == 0;
  s->record_len = s->record_left = (uint16_t) content_size(s->len);
  s->header_left = FCL_HEADER_SIZE;
}

static fcl_slice put_header(fcl_stream *s, size_t which, size_t len, size_t left) {
  fcl_slice vec;
  fcl_put_header(s->headers[which], (fcl_type) s->type, s->id, len, 0);
  vec.base = (const char *) s->headers[which] + FCL_HEADER_SIZE - left;
  vec.len = left;
  return vec;
}

static fcl_slice content(const char *data, size_t len) {
  fcl_slice vec;
  vec.base = data;
  vec.len = len;
  return vec;
}

size_t fcl_stream_fill(fcl_stream *s, fcl_slice *vecs, size_t max) {
  const char *data;
  size_t left, n = 0, which;
  open_record(s);
  if (s->header_left > 0)
    vecs[n++] = put_header(s, 0, s->record_len, s->header_left);
  if (s->record_left > 0)
    vecs[n++] = content(s->data, s->record_left);
  data = s->data + s->record_left;
  left = s->len - s->record_left;
  for (which = 1; which < FCL_STREAM_RECORDS && left > 0 && n + 2 <= max; which++) {
    const size_t len = content_size(left);
    vecs[n++] = put_header(s, which, len, FCL_HEADER_SIZE);
    vecs[n++] = content(data, len);
    data += len;
    left -= len;
  }
  if (left == 0 && s->finish && !s->ended && n < max)
    vecs[n++] = put_header(s, which, 0, FCL_HEADER_SIZE);
  return n;
}

void fcl_stream_advance(fcl_stream *s, size_t written) {
  while (written > 0) {
    size_t n;
    open_record(s);
    assert(s->header_left > 0 || s->record_left > 0); /* more was written than the fill named */
    n = s->header_left < written ? s->header_left : written;
    s->header_left = (uint8_t) (s->header_left - n);
    written -= n;
    n = s->record_left < written ? s->record_left : written;
    s->record_left = (uint16_t) (s->record_left - n);
    s->data += n;
    s->len -= n;
    written -= n;
  }
}
