/* records.c: what an application may send (§3.3): its own types with the id of a request,
   management answers with id 0. */
#include "transport/records.h"
#include "base/error.h"
#include "platform/status.h"
#include <string.h>
#include <uv.h>

#define SHOWN 16 /* bytes in a sentence */

/* "01 06 00 01", in `out` of 3 * SHOWN bytes. */
static const char *hex(char *out, const void *bytes, size_t len) {
  static const char digits[] = "0123456789abcdef";
  const uint8_t *in = bytes;
  size_t n;
  len = len < SHOWN ? len : SHOWN;
  for (n = 0; n < len; n++) {
    out[3 * n] = digits[in[n] >> 4];
    out[3 * n + 1] = digits[in[n] & 15];
    out[3 * n + 2] = ' ';
  }
  out[len ? 3 * len - 1 : 0] = 0;
  return out;
}

fcl__verdict fcl__record_refuse(const fcl_decoder *d, fcl_error *e, const char *what,
                                const char *hint) {
  const fcl_record *r = &d->record;
  char bytes[3 * SHOWN];
  fcl__error_setx(e, FCL_E_PROTOCOL, 0,
                  "%s (record %llu of the connection, type %u %s, id %u, %u bytes, at offset %llu, "
                  "header %s)%s",
                  what, (unsigned long long) d->number, r->type, fcl_type_name(r->type), r->id,
                  r->length, (unsigned long long) d->start, hex(bytes, d->header, sizeof d->header),
                  hint);
  return FCL__RECORD_REFUSED;
}

fcl__verdict fcl__record_judge(const fcl_decoder *d, fcl_error *e) {
  const fcl_record *r = &d->record;
  switch ((fcl_type) r->type) {
  case FCL_STDOUT:
  case FCL_STDERR:
  case FCL_END_REQUEST:
    if (r->id == 0)
      return fcl__record_refuse(d, e, "sent a record of a request with id 0", "");
    if (r->type == FCL_END_REQUEST && r->length < 8)
      return fcl__record_refuse(d, e, "sent an END_REQUEST record that is too short",
                                "; it has 8 bytes (§5.5)");
    return FCL__RECORD_FINE;
  case FCL_BEGIN_REQUEST:
  case FCL_ABORT_REQUEST:
  case FCL_PARAMS:
  case FCL_STDIN:
  case FCL_DATA:
  case FCL_GET_VALUES:
    return fcl__record_refuse(d, e, "sent a record that only web servers send",
                              "; is the address that of a web server or a client?");
  case FCL_GET_VALUES_RESULT:
  case FCL_UNKNOWN_TYPE:
    return FCL__RECORD_FINE;
  }
  return FCL__RECORD_UNKNOWN;
}

/* Who speaks when the first bytes are these, as far as they have come. */
static const char *speaker(const fcl_decoder *d) {
  static const struct {
    const char *begins, *says;
  } known[] = {
      {"HTTP/", ": that is an HTTP server, not a FastCGI application"},
      {"\26\3", ": that is TLS, which FastCGI applications do not speak"},
      {"\25\3", ": that is TLS, which FastCGI applications do not speak"},
      {"SSH-", ": that is an SSH server, not a FastCGI application"},
      {"220", ": that is a mail or FTP server, not a FastCGI application"},
      {"Content-", ": that is CGI output; the program must speak FastCGI"},
      {"Status:", ": that is CGI output; the program must speak FastCGI"},
      {"Location", ": that is CGI output; the program must speak FastCGI"},
  };
  size_t n, len;
  for (n = 0; n < sizeof known / sizeof *known; n++) {
    len = strlen(known[n].begins);
    if (memcmp(d->header, known[n].begins, d->have < len ? d->have : len) == 0)
      return known[n].says;
  }
  return d->record.version == 0 ? ": it has lost its place in its own records"
                                : ": it does not speak FastCGI";
}

void fcl__record_wrong_version(const fcl_decoder *d, fcl_error *e) {
  char bytes[3 * SHOWN];
  fcl__error_setx(
      e, FCL_E_PROTOCOL, 0,
      "sent a record of version %u (record %llu of the connection, at offset %llu, bytes "
      "%s",
      d->record.version, (unsigned long long) d->number, (unsigned long long) d->start,
      hex(bytes, d->header, d->have));
  if (d->header[0] >= 0x20 && d->header[0] < 0x7f)
    fcl__error_append(e, " \"%.*s\"", (int) d->have, (const char *) d->header);
  fcl__error_append(e, ")%s", speaker(d));
}

void fcl__record_stray(const fcl_decoder *d, const char *stray, size_t len, fcl_error *e) {
  char bytes[3 * SHOWN];
  fcl__error_setx(e, FCL_E_PROTOCOL, 0,
                  "sent %zu bytes outside of any request, behind record %llu of the connection, at "
                  "offset %llu: %s%s",
                  len, (unsigned long long) d->number, (unsigned long long) d->offset,
                  hex(bytes, stray, len), len > SHOWN ? " ..." : "");
}

/* How far into which record its bytes had come. */
static void say_where(const fcl_decoder *d, fcl_error *e) {
  if (fcl_decoder_between(d))
    return;
  fcl__error_append(e, " in the middle of a record (record %llu of the connection, ",
                    (unsigned long long) d->number);
  if (d->offset - d->start < FCL_HEADER_SIZE)
    fcl__error_append(e, "%llu bytes of its header", (unsigned long long) (d->offset - d->start));
  else
    fcl__error_append(e, "type %u %s, id %u, %llu of %u bytes", d->record.type,
                      fcl_type_name(d->record.type), d->record.id,
                      (unsigned long long) (d->offset - d->start - FCL_HEADER_SIZE),
                      d->record.length + d->record.padding);
  fcl__error_append(e, ", at offset %llu)", (unsigned long long) d->start);
}

fcl__break fcl__record_unwritten(int status, fcl_error *e) {
  int is_memory = status == UV_ENOMEM || status == UV_ENOBUFS;
  char words[256];
  fcl__error_setx(e, is_memory ? FCL_E_NOMEM : FCL_E_IO, fcl__status_sys(status),
                  "could not be written to: %s", fcl__status_words(status, words, sizeof words));
  return is_memory ? FCL__BREAK_MEMORY : FCL__BREAK_IO;
}

fcl__break fcl__record_stream_ended(const fcl_decoder *d, int status, fcl_error *e) {
  char words[256];
  if (status == UV_EOF) {
    fcl__error_setx(e, FCL_E_TRUNCATED, 0, "closed the connection");
    say_where(d, e);
    return FCL__BREAK_EOF;
  }
  fcl__error_setx(e, status == UV_ENOBUFS ? FCL_E_NOMEM : FCL_E_IO, fcl__status_sys(status),
                  "broke the connection: %s", fcl__status_words(status, words, sizeof words));
  return status == UV_ENOBUFS ? FCL__BREAK_MEMORY : FCL__BREAK_IO;
}
