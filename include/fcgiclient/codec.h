/* codec.h: FastCGI 1.0 as bytes: records, name-value pairs, a request's parameters, the CGI response head.
   No sockets, no clock, no threads; the decoder, the stream writer and the head parser take no memory.  For protocol
   tests, for tools, and for people who bring their own loop.  §n is the section of the FastCGI 1.0 specification.
   Everything here may be used by any thread, one thread at a time for each object.  Compiles as C99 and C++98. */
#ifndef FCGICLIENT_CODEC_H
#define FCGICLIENT_CODEC_H
#include <fcgiclient/base.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ---- Records (§3.3) ---- */

#define FCL_HEADER_SIZE 8
#define FCL_CONTENT_MAX 65535     /* what a record can hold */
#define FCL_CONTENT_ALIGNED 65528 /* what we put into one: the largest multiple of 8, so that nothing needs padding */

typedef enum fcl_type {
  FCL_BEGIN_REQUEST = 1,
  FCL_ABORT_REQUEST,
  FCL_END_REQUEST,
  FCL_PARAMS,
  FCL_STDIN,
  FCL_STDOUT,
  FCL_STDERR,
  FCL_DATA,
  FCL_GET_VALUES,
  FCL_GET_VALUES_RESULT,
  FCL_UNKNOWN_TYPE
} fcl_type;

/* "STDOUT"; "?" for a number that is no type.  Static. */
FCL_EXTERN const char *fcl_type_name(unsigned type);

#define FCL_KEEP_CONN 1 /* the flag of BEGIN_REQUEST (§5.1) */

/* What END_REQUEST says of the request (§5.5). */
typedef enum fcl_protocol_status {
  FCL_REQUEST_COMPLETE,
  FCL_CANT_MPX_CONN,
  FCL_IS_OVERLOADED,
  FCL_UNKNOWN_ROLE
} fcl_protocol_status;

/* A record header, as numbers.  `type` may be any byte. */
typedef struct fcl_record {
  uint8_t version, type, padding;
  uint16_t id, length; /* length of the content, without the padding */
} fcl_record;

/* Writes a record header of version 1 with its reserved byte 0.  length <= 65535, padding <= 255, id <= 65535: higher
   bits are cut off, so the caller checks.  §3.3 */
FCL_EXTERN void fcl_put_header(uint8_t out[8], fcl_type type, unsigned id, size_t length, unsigned padding);
/* Whole BEGIN_REQUEST and END_REQUEST records, reserved bytes 0, no padding.  §5.1, §5.5 */
FCL_EXTERN void fcl_put_begin(uint8_t out[16], unsigned id, unsigned role, unsigned flags);
FCL_EXTERN void fcl_put_end(uint8_t out[16], unsigned id, uint32_t app_status, unsigned protocol_status);

/* The body of an END_REQUEST record. */
typedef struct fcl_end {
  uint32_t app_status;
  uint8_t protocol_status; /* an fcl_protocol_status, or any other byte */
} fcl_end;
/* Reads it from the first 8 bytes of the record's content.  Returns 1, or 0 if len < 8. */
FCL_EXTERN int fcl_get_end(const void *content, size_t len, fcl_end *end);

/* ---- Decoding records ---- */

typedef enum fcl_decode_event {
  FCL_EV_MORE,       /* all input is used up; *p == end */
  FCL_EV_RECORD,     /* a header is complete: d->record tells */
  FCL_EV_CONTENT,    /* *span is the next piece of content, inside the input, never empty, cut as it came */
  FCL_EV_END,        /* content and padding of the record are over */
  FCL_EV_BAD_VERSION /* d->record.version is not 1; sticky: every later call says so again and takes nothing */
} fcl_decode_event;

/* A zeroed decoder is ready.  Read `record` and `offset`; the rest is the decoder's. */
typedef struct fcl_decoder {
  fcl_record record;   /* valid from FCL_EV_RECORD to FCL_EV_END */
  uint64_t offset;     /* bytes taken so far, */
  uint64_t start;      /* where the record's header begins, */
  uint64_t number;     /* and the how manieth record that is, from 1; for messages */
  uint8_t header[8];   /* the record's header as it came (after FCL_EV_BAD_VERSION too, as far as it came) */
  uint8_t have;        /* bytes in `header` */
  uint8_t phase;
  uint32_t left;       /* of content, then of padding */
} fcl_decoder;

/* Takes bytes from [*p, end) up to the next event, and moves *p behind them.  No memory, no callbacks: to pause, stop
   calling.  The events of a byte stream are the same however it is cut, but for the cuts of FCL_EV_CONTENT.  A version
   other than 1 is refused at the header's first byte, and nothing of that header is taken: `offset` tells where it
   stands.  *span is set by FCL_EV_CONTENT only.  §3.3 */
FCL_EXTERN fcl_decode_event fcl_decode(fcl_decoder *d, const char **p, const char *end, fcl_slice *span);
/* 1 while the decoder stands between two records: header, content and padding of the last one are over. */
FCL_EXTERN int fcl_decoder_between(const fcl_decoder *d);

/* ---- Writing a stream as records (§2: STDIN, DATA) ---- */

#define FCL_STREAM_RECORDS 16                     /* records that one fill can name */
#define FCL_STREAM_VECS (2 * FCL_STREAM_RECORDS + 1) /* slices it needs for that */

/* Turns lent bytes into the records of one stream, without copying them.  Made by fcl_stream_init. */
typedef struct fcl_stream {
  uint8_t type, ended, header_left; /* header_left: bytes of the current record's header still to go out */
  uint16_t id;
  uint16_t record_left; /* content of the current record still to go out */
  uint16_t record_len;  /* its whole content */
  uint8_t finish;       /* the closing empty record is wanted */
  const char *data;     /* lent, and not yet in a record */
  size_t len;
  uint8_t headers[FCL_STREAM_RECORDS + 1][FCL_HEADER_SIZE]; /* what the last fill points to */
} fcl_stream;

FCL_EXTERN void fcl_stream_init(fcl_stream *s, fcl_type type, unsigned id);
/* Lends the next part.  Only when fcl_stream_idle; it stays lent until fcl_stream_idle again.  len 0 does nothing. */
FCL_EXTERN void fcl_stream_lend(fcl_stream *s, const void *data, size_t len);
/* No part follows the lent one: the closing empty record goes out behind it, exactly once. */
FCL_EXTERN void fcl_stream_finish(fcl_stream *s);
/* 1 when all that was lent (and, after finish, the closing record) has been taken by fcl_stream_advance. */
FCL_EXTERN int fcl_stream_idle(const fcl_stream *s);
/* Fills up to `max` slices with what goes out next (headers and lent bytes in turn), and returns their number, 0 when
   idle.  They stay valid until the next fill.  Does not move on: fcl_stream_advance does, by what was really written.
   Records hold up to 65,528 bytes, never padded.  max >= 2. */
FCL_EXTERN size_t fcl_stream_fill(fcl_stream *s, fcl_slice *vecs, size_t max);
/* `written` bytes of the last fill are gone; not more than it named. */
FCL_EXTERN void fcl_stream_advance(fcl_stream *s, size_t written);

/* ---- Name-value pairs (§3.4) ---- */

/* The wire size of a pair: 1- or 4-byte lengths, name, value.  Each length <= 2^31 - 1. */
FCL_EXTERN size_t fcl_pair_size(size_t name_len, size_t value_len);
/* Writes a pair into `out`, which has fcl_pair_size bytes; returns the end of what it wrote. */
FCL_EXTERN uint8_t *fcl_put_pair(uint8_t *out, fcl_slice name, fcl_slice value);
/* Reads one pair from [*p, end) and moves *p behind it; name and value lie inside the input.  A 4-byte length for a
   short text is accepted.  Returns 1; 0 when the pair is not all there (*p is not moved): with no more to come, that is
   a malformed pair. */
FCL_EXTERN int fcl_get_pair(const char **p, const char *end, fcl_slice *name, fcl_slice *value);

/* ---- A request's parameters: the builder whose buffer is the wire image ---- */

/* BEGIN_REQUEST, the PARAMS records and the empty one that ends them (and, where no body follows, the empty STDIN) lie in
   one buffer, ready to go out; only id and flags are patched in when a connection is chosen.  A pair is cut between
   records only if it fits into none (PHP and uWSGI read every PARAMS record by itself), and only where the limits allow it.  The first error sticks; fcl_params_end tells it.
   Made by fcl_params_init; the fields are the builder's. */
typedef struct fcl_params {
  uint8_t *bytes;
  size_t len, cap;    /* len: up to the last pair; what ends the image stands behind it */
  size_t image_len;   /* after fcl_params_end */
  size_t record;      /* where the header of the record being filled stands; 0: none is open */
  size_t total;       /* bytes of pairs so far, without record headers */
  size_t max_total, max_pair;
  uint64_t seen[8];   /* two bits per hash of a name: one that is clear means that the name is not there */
  uint32_t count;     /* pairs */
  fcl_code failed;
  uint8_t why;          /* what is wrong with it */
  char failed_name[64]; /* the parameter that failed, cut and escaped */
  size_t failed_size;
  void *(*realloc_fn)(void *ptr, size_t size, void *user);
  void *user;
} fcl_params;

/* realloc_fn: size 0 frees; NULL: the C library's.  Takes no memory yet. */
FCL_EXTERN void fcl_params_init(fcl_params *p, void *(*realloc_fn)(void *, size_t, void *), void *user);
/* What all pairs together, and any one pair, may take on the wire.  Defaults: FCL_CONTENT_ALIGNED for both (one record,
   as nginx, lighttpd and HAProxy have it).  0 keeps the default.  max_pair above FCL_CONTENT_MAX: a larger pair is cut into
   records of its own, which the specification allows (section 3.4), libfcgi takes, and PHP and uWSGI refuse; its name must
   fit into the first of them. */
FCL_EXTERN void fcl_params_limit(fcl_params *p, size_t max_total, size_t max_pair);
/* Empties it and forgets the error, and keeps the memory. */
FCL_EXTERN void fcl_params_reset(fcl_params *p);
FCL_EXTERN void fcl_params_free(fcl_params *p);
/* Adds a pair, or replaces the one of that name.  An empty name, or a NUL in name or value, '=' or a control character in the name is
   FCL_E_INVAL; too large is FCL_E_PARAMS.  The bytes are copied; they may not be lent by fcl_params_get of this builder. */
FCL_EXTERN void fcl_params_set(fcl_params *p, fcl_slice name, fcl_slice value);
/* Likewise, from NUL-terminated strings; a NULL value is the empty one. */
FCL_EXTERN void fcl_params_set_text(fcl_params *p, const char *name, const char *value);
/* Sets in `p` every pair of `from`, whole. */
FCL_EXTERN void fcl_params_copy(fcl_params *p, const fcl_params *from);
/* Takes the pair of that name out.  Returns 1, or 0 when there is none.  Not after fcl_params_end. */
FCL_EXTERN int fcl_params_remove(fcl_params *p, fcl_slice name);
/* Returns 1 and lends *value (until the next change), or 0.  Names are compared byte by byte.  Of a
   pair that is cut, *value is what lies in its first record (fcl_params_next: likewise). */
FCL_EXTERN int fcl_params_get(const fcl_params *p, fcl_slice name, fcl_slice *value);
/* Walks all pairs: start with *at = 0.  Returns 1 with the next pair, 0 behind the last. */
FCL_EXTERN int fcl_params_next(const fcl_params *p, size_t *at, fcl_slice *name, fcl_slice *value);
/* Ends the image: closes the records, and appends the empty STDIN record when `no_body`.  Once, after the last set.
   Returns FCL_OK and the image, which lives as long as the builder is not changed; or the first error with its sentence. */
FCL_EXTERN fcl_code fcl_params_end(fcl_params *p, unsigned role, int no_body, fcl_slice *image, fcl_error *e);
/* Patches request id and flags into the ended image.  As often as wanted: a retry costs nothing. */
FCL_EXTERN void fcl_params_address(fcl_params *p, unsigned id, unsigned flags);

/* ---- The CGI response head (RFC 3875 section 6) ---- */

#define FCL_HEAD_MAX 65536   /* bytes of a head, the blank line included */
#define FCL_HEADERS_MAX 256  /* fields of a head */

/* A zeroed scan is ready. */
typedef struct fcl_head_scan {
  size_t at;        /* bytes looked at */
  uint8_t phase;
} fcl_head_scan;

/* Looks for the blank line that ends a head, in data[0, len), where the first s->at bytes were seen by earlier calls (the
   bytes may have moved).  Lines end with LF or CRLF, in any mixture.  Returns the length of the head with its blank line,
   or 0 when more is needed. */
FCL_EXTERN size_t fcl_head_end(fcl_head_scan *s, const char *data, size_t len);
/* Reads the complete head data[0, len), as fcl_head_end measured it, into *head; fields go to room[0, cap).  All slices
   lie inside `data`.  Refused as FCL_E_HEAD, with a sentence that shows the line: folded lines, a line without colon,
   a name that is no token, controls in a value (a bare CR or NUL included), more than `cap` fields, no field at all,
   Content-Type, Location, Status or Content-Length twice, a Status that is not three digits from 200 to
   999 followed by nothing or blank, a Content-Length that is not all digits up to 2^63 - 1, a status line in place of
   the first field (NPH), more than FCL_HEAD_MAX bytes.  A Status or Location without a value counts as not sent;
   without either the status is 200, also where Content-Type is missing, which RFC 3875 wants.
   Hop-by-hop fields (Connection, Keep-Alive, Proxy-*, TE, Trailer, Transfer-Encoding, Upgrade) are dropped. */
FCL_EXTERN fcl_code fcl_head_parse(const char *data, size_t len, fcl_header *room, size_t cap, fcl_head *head, fcl_error *e);

#ifdef __cplusplus
}
#endif
#endif
