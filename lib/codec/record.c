/* record.c: record headers, BEGIN_REQUEST and END_REQUEST, and the decoder that lends what it
 * finds. */
#include <fcgiclient/codec.h>
#include <string.h>

enum {
  HEADER,
  CONTENT,
  PADDING,
  BROKEN
}; /* fcl_decoder.phase; HEADER is 0: a zeroed decoder is ready */

const char *fcl_type_name(unsigned type) {
  static const char *const names[] = {"?",
                                      "BEGIN_REQUEST",
                                      "ABORT_REQUEST",
                                      "END_REQUEST",
                                      "PARAMS",
                                      "STDIN",
                                      "STDOUT",
                                      "STDERR",
                                      "DATA",
                                      "GET_VALUES",
                                      "GET_VALUES_RESULT",
                                      "UNKNOWN_TYPE"};
  return type < sizeof names / sizeof names[0] ? names[type] : "?";
}

void fcl_put_header(uint8_t out[8], fcl_type type, unsigned id, size_t length, unsigned padding) {
  out[0] = 1;
  out[1] = (uint8_t) type;
  out[2] = (uint8_t) (id >> 8);
  out[3] = (uint8_t) id;
  out[4] = (uint8_t) (length >> 8);
  out[5] = (uint8_t) length;
  out[6] = (uint8_t) padding;
  out[7] = 0;
}

void fcl_put_begin(uint8_t out[16], unsigned id, unsigned role, unsigned flags) {
  fcl_put_header(out, FCL_BEGIN_REQUEST, id, 8, 0);
  memset(out + 8, 0, 8);
  out[8] = (uint8_t) (role >> 8);
  out[9] = (uint8_t) role;
  out[10] = (uint8_t) flags;
}

void fcl_put_end(uint8_t out[16], unsigned id, uint32_t app_status, unsigned protocol_status) {
  fcl_put_header(out, FCL_END_REQUEST, id, 8, 0);
  memset(out + 8, 0, 8);
  out[8] = (uint8_t) (app_status >> 24);
  out[9] = (uint8_t) (app_status >> 16);
  out[10] = (uint8_t) (app_status >> 8);
  out[11] = (uint8_t) app_status;
  out[12] = (uint8_t) protocol_status;
}

int fcl_get_end(const void *content, size_t len, fcl_end *end) {
  const uint8_t *in = content;
  if (len < 8)
    return 0;
  end->app_status =
      (uint32_t) in[0] << 24 | (uint32_t) in[1] << 16 | (uint32_t) in[2] << 8 | (uint32_t) in[3];
  end->protocol_status = in[4];
  return 1;
}

static void take(fcl_decoder *d, const char **p, size_t n) {
  *p += n;
  d->offset += n;
}

/* Nothing of a header with a wrong version is taken, so `offset` and *p show where it stands.  The
   bytes behind it are kept for the message: "HTTP/1.1" tells more than the version 72. */
static fcl_decode_event refuse(fcl_decoder *d, const char *p, size_t left) {
  d->start = d->offset;
  d->number++;
  d->have = (uint8_t) (left < FCL_HEADER_SIZE ? left : FCL_HEADER_SIZE);
  memcpy(d->header, p, d->have);
  memset(&d->record, 0, sizeof d->record);
  d->record.version = d->header[0];
  d->phase = BROKEN;
  return FCL_EV_BAD_VERSION;
}

static fcl_decode_event read_header(fcl_decoder *d, const char **p, const char *end) {
  const size_t left = (size_t) (end - *p), want = (size_t) (FCL_HEADER_SIZE - d->have);
  const size_t n = left < want ? left : want;
  const uint8_t *h = d->header;
  if (n == 0)
    return FCL_EV_MORE;
  if (d->have == 0 && (*p)[0] != 1)
    return refuse(d, *p, left);
  if (d->have == 0) {
    d->start = d->offset;
    d->number++;
  }
  memcpy(d->header + d->have, *p, n);
  take(d, p, n);
  d->have = (uint8_t) (d->have + n);
  if (d->have < FCL_HEADER_SIZE)
    return FCL_EV_MORE;
  d->record.version = h[0];
  d->record.type = h[1];
  d->record.id = (uint16_t) (h[2] << 8 | h[3]);
  d->record.length = (uint16_t) (h[4] << 8 | h[5]);
  d->record.padding = h[6];
  d->left = d->record.length;
  d->phase = CONTENT;
  return FCL_EV_RECORD;
}

/* Skips what has come of the padding; the record is over with its last byte. */
static fcl_decode_event skip_padding(fcl_decoder *d, const char **p, const char *end) {
  const size_t left = (size_t) (end - *p), n = left < d->left ? left : d->left;
  if (n > 0) /* *p may be NULL */
    take(d, p, n);
  d->left -= (uint32_t) n;
  if (d->left > 0)
    return FCL_EV_MORE;
  d->phase = HEADER;
  d->have = 0;
  return FCL_EV_END;
}

fcl_decode_event fcl_decode(fcl_decoder *d, const char **p, const char *end, fcl_slice *span) {
  size_t left;
  if (d->phase == HEADER)
    return read_header(d, p, end);
  if (d->phase == BROKEN)
    return FCL_EV_BAD_VERSION;
  if (d->phase == CONTENT && d->left > 0) {
    left = (size_t) (end - *p);
    if (left == 0)
      return FCL_EV_MORE;
    span->base = *p;
    span->len = left < d->left ? left : d->left;
    take(d, p, span->len);
    d->left -= (uint32_t) span->len;
    return FCL_EV_CONTENT;
  }
  if (d->phase == CONTENT) {
    d->phase = PADDING;
    d->left = d->record.padding;
  }
  return skip_padding(d, p, end);
}

int fcl_decoder_between(const fcl_decoder *d) {
  return d->phase == HEADER && d->have == 0;
}
