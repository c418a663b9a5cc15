/* records.c: what an application may send (§3.3): its own types with the id of a request,
   management answers with id 0. */
#include "transport/records.h"
#include "base/error.h"
#include <uv.h>

fcl__verdict fcl__record_refuse(const fcl_decoder *d, fcl_error *e, const char *what,
                                const char *hint) {
  const fcl_record *r = &d->record;
  fcl__error_setx(e, FCL_E_PROTOCOL, 0,
                  "%s (record type %u %s, id %u, %u bytes, ends before offset %llu)%s", what,
                  r->type, fcl_type_name(r->type), r->id, r->length, (unsigned long long) d->offset,
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

static const char *version_hint(unsigned version) {
  switch (version) {
  case 'H':
    return ": that is an HTTP server, not a FastCGI application";
  case 22:
  case 21:
    return ": that is TLS, which FastCGI applications do not speak";
  case 0:
    return ": it has lost its place in its own records";
  default:
    return ": it does not speak FastCGI";
  }
}

void fcl__record_wrong_version(const fcl_decoder *d, fcl_error *e) {
  fcl__error_setx(e, FCL_E_PROTOCOL, 0, "sent a record of version %u at offset %llu%s",
                  d->record.version, (unsigned long long) d->offset,
                  version_hint(d->record.version));
}

fcl__break fcl__record_stream_ended(const fcl_decoder *d, int status, fcl_error *e) {
  if (status == UV_EOF) {
    fcl__error_setx(e, FCL_E_TRUNCATED, 0, "closed the connection%s",
                    fcl_decoder_between(d) ? "" : " in the middle of a record");
    return FCL__BREAK_EOF;
  }
  fcl__error_setx(e, status == UV_ENOBUFS ? FCL_E_NOMEM : FCL_E_IO, -status,
                  "broke the connection: %s", uv_strerror(status));
  return status == UV_ENOBUFS ? FCL__BREAK_MEMORY : FCL__BREAK_IO;
}
