/* dump.c: `fcgi dump`: a raw stream of FastCGI, record by record, read with the library's codec. */
#define _GNU_SOURCE
#include "fcgi.h"
#include "../files.h"
#include "../player.h"
#include <errno.h>
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 72 /* bytes of content */

typedef struct dump_options {
  int all;
} dump_options;

static const fcgi_option options[] = {
    {"all", 'a', NULL, "show all of each record's content, not only its first 72 bytes",
     fcgi_read_flag, offsetof(dump_options, all)},
    {NULL, 0, NULL, NULL, NULL, 0}};

static const fcgi_syntax syntax = {"dump", "[OPTION]... [FILE]...",
                                   "Shows the records of a raw FastCGI stream, of either direction "
                                   "or of both behind one another: FILE, or stdin.\n"
                                   "Exit status 68: it is not FastCGI to its end.",
                                   options, "`fcgi record --raw FOLDER` writes such files."};

/* A stream whose meaning spans records: the parameters, or the beginning of STDOUT, of a request.
 */
typedef struct stream {
  struct stream *next;
  unsigned type, id;
  fcl__text bytes;
  int is_over; /* its head was shown */
} stream;

typedef struct dump {
  dump_options o;
  stream *streams;
  uint64_t records, faults;
} dump;

static void fault(dump *d, const char *what) {
  printf("  ! %s\n", what);
  d->faults++;
}

static stream *stream_of(dump *d, unsigned type, unsigned id) {
  stream *s;
  for (s = d->streams; s; s = s->next)
    if (s->type == type && s->id == id)
      return s;
  s = calloc(1, sizeof *s);
  if (s == NULL)
    return NULL;
  s->type = type;
  s->id = id;
  s->next = d->streams;
  return d->streams = s;
}

static void free_streams(dump *d, unsigned id, int all) {
  stream **at = &d->streams;
  while (*at) {
    stream *s = *at;
    if (!all && s->id != id) {
      at = &s->next;
      continue;
    }
    *at = s->next;
    fcl__text_free(&s->bytes);
    free(s);
  }
}

/* ---- Content ---- */

static void show_bytes(const dump *d, const char *bytes, size_t len) {
  fcl__text t = {NULL, 0, 0, 0};
  fcl__text_quote(&t, bytes, len, d->o.all ? SIZE_MAX : SHOWN);
  printf("  %s\n", t.base ? t.base : "");
  fcl__text_free(&t);
}

/* Shows the pairs that are whole, and keeps the rest for the next record. */
static void show_pairs(dump *d, fcl__text *bytes) {
  const char *at = bytes->base, *end = at + bytes->len;
  fcl_slice name, value;
  while (at && fcl_get_pair(&at, end, &name, &value)) {
    fcl__text t = {NULL, 0, 0, 0};
    fcl__text_pair(&t, name, value, d->o.all ? SIZE_MAX : 400);
    printf("  %s\n", t.base);
    fcl__text_free(&t);
  }
  if (at) {
    bytes->len = (size_t) (end - at);
    memmove(bytes->base, at, bytes->len);
  }
}

static void show_params(dump *d, const fcl_record *r, const char *content) {
  stream *s = stream_of(d, r->type, r->id);
  if (s == NULL)
    return;
  if (r->length == 0 && s->bytes.len > 0)
    fault(d, "PARAMS end inside a pair: its lengths promise more than came");
  fcl__text_add(&s->bytes, content, r->length);
  show_pairs(d, &s->bytes);
  if (s->bytes.len > 0 && r->length > 0)
    printf("  (a pair goes on in the next record; PHP and uWSGI do not read that)\n");
}

static void show_management(dump *d, const fcl_record *r, const char *content) {
  fcl__text bytes = {NULL, 0, 0, 0};
  fcl__text_add(&bytes, content, r->length);
  show_pairs(d, &bytes);
  if (bytes.len > 0)
    fault(d, "its last pair is cut off");
  fcl__text_free(&bytes);
}

static void show_head(dump *d, const fcl_record *r, const char *content) {
  static fcl_header room[FCL_HEADERS_MAX];
  stream *s = stream_of(d, r->type, r->id);
  fcl_head_scan scan = {0};
  fcl_head head;
  fcl_error e;
  size_t len;
  if (s == NULL || s->is_over)
    return;
  fcl__text_add(&s->bytes, content, r->length);
  len = s->bytes.len ? fcl_head_end(&scan, s->bytes.base, s->bytes.len) : 0;
  s->is_over = len > 0 || s->bytes.len > FCL_HEAD_MAX;
  if (len == 0)
    return;
  if (fcl_head_parse(s->bytes.base, len, room, FCL_HEADERS_MAX, &head, &e))
    fault(d, e.text);
  else
    printf("  head: status %d, %zu fields, %zu bytes%s\n", head.status, head.count, len,
           head.local_redirect ? ", a local redirect" : "");
}

static void show_begin(dump *d, const fcl_record *r, const char *content) {
  static const char *const roles[] = {"RESPONDER", "AUTHORIZER", "FILTER"};
  const uint8_t *b = (const uint8_t *) content;
  unsigned role;
  free_streams(d, r->id, 0);
  if (r->length != 8) {
    fault(d, "BEGIN_REQUEST has 8 bytes");
    return;
  }
  role = (unsigned) b[0] << 8 | b[1];
  printf("  role=%s (%u) flags=%u%s\n", role >= 1 && role <= 3 ? roles[role - 1] : "?", role, b[2],
         b[2] & FCL_KEEP_CONN ? " KEEP_CONN" : "");
  if (b[2] & ~FCL_KEEP_CONN || b[3] | b[4] | b[5] | b[6] | b[7])
    fault(d, "reserved bits are not 0");
}

static void show_end(dump *d, const fcl_record *r, const char *content) {
  static const char *const names[] = {"REQUEST_COMPLETE", "CANT_MPX_CONN", "OVERLOADED",
                                      "UNKNOWN_ROLE"};
  fcl_end end;
  if (!fcl_get_end(content, r->length, &end)) {
    fault(d, "END_REQUEST has 8 bytes");
    return;
  }
  printf("  app=%u status=%s (%u)\n", end.app_status,
         end.protocol_status < 4 ? names[end.protocol_status] : "?", end.protocol_status);
  if (r->length > 8)
    fault(d, "END_REQUEST has 8 bytes, and there are more");
}

static void show_content(dump *d, const fcl_record *r, const char *content) {
  switch (r->type) {
  case FCL_BEGIN_REQUEST:
    show_begin(d, r, content);
    return;
  case FCL_END_REQUEST:
    show_end(d, r, content);
    return;
  case FCL_PARAMS:
    show_params(d, r, content);
    return;
  case FCL_GET_VALUES:
  case FCL_GET_VALUES_RESULT:
    show_management(d, r, content);
    return;
  }
  if (r->length > 0)
    show_bytes(d, content, r->length);
  if (r->type == FCL_STDOUT)
    show_head(d, r, content);
}

/* ---- Records ---- */

/* Who sends such a record; by its type alone. */
static const char *arrow(unsigned type) {
  switch (type) {
  case FCL_BEGIN_REQUEST:
  case FCL_ABORT_REQUEST:
  case FCL_PARAMS:
  case FCL_STDIN:
  case FCL_DATA:
  case FCL_GET_VALUES:
    return ">";
  }
  return type > 0 && type <= FCL_UNKNOWN_TYPE ? "<" : "?";
}

static void show_header(dump *d, const fcl_record *r, uint64_t at, unsigned reserved) {
  printf("%08llx %s %s", (unsigned long long) at, arrow(r->type), fcl_type_name(r->type));
  if (r->type == 0 || r->type > FCL_UNKNOWN_TYPE)
    printf(" (%u)", r->type);
  printf(" id=%u length=%u padding=%u%s\n", r->id, r->length, r->padding,
         r->length == 0 && (r->type == FCL_PARAMS || r->type == FCL_STDIN || r->type == FCL_DATA ||
                            r->type == FCL_STDOUT)
             ? " (the end of the stream)"
             : "");
  d->records++;
  if (r->type == 0 || r->type > FCL_UNKNOWN_TYPE)
    fault(d, "there is no such type: an application answers UNKNOWN_TYPE, a server passes over it");
  if (r->type < FCL_GET_VALUES && r->type > 0 && r->id == 0)
    fault(d, "id 0 is for management records");
  if (r->type >= FCL_GET_VALUES && r->type <= FCL_UNKNOWN_TYPE && r->id != 0)
    fault(d, "management records have id 0");
  if (reserved != 0)
    fault(d, "the reserved byte is not 0");
  if (r->length == 0 && r->padding > 0)
    printf("  (padding behind nothing: PHP takes it for the next record)\n");
}

static const char *hint(unsigned version) {
  if ((version >= 'A' && version <= 'Z') || (version >= 'a' && version <= 'z'))
    return ": these are letters, as HTTP has them";
  if (version == 22 || version == 21)
    return ": this is TLS";
  return version == 0
             ? ": the stream is out of step; a length before it was wrong, or bytes are missing"
             : "";
}

static int bad_version(dump *d, const fcl_decoder *dec, const char *at, const char *end) {
  printf("%08llx: version %u, not 1%s\n", (unsigned long long) dec->offset, dec->record.version,
         hint(dec->record.version));
  show_bytes(d, at, (size_t) (end - at));
  d->faults++;
  return 0;
}

static int cut_off(dump *d, const fcl_decoder *dec) {
  d->faults++;
  if (dec->have > 0 && dec->have < FCL_HEADER_SIZE)
    printf("%08llx: the stream ends inside a record's header, %u of 8 bytes are here\n",
           (unsigned long long) dec->offset, dec->have);
  else
    printf("%08llx: the stream ends inside a record of type %s: %u bytes are missing\n",
           (unsigned long long) dec->offset, fcl_type_name(dec->record.type), dec->left);
  return 0;
}

/* All bytes are in memory, so a record's content is in one piece there. */
static int dump_bytes(dump *d, const char *bytes, size_t len) {
  const char *at = bytes, *end = bytes + len, *content = NULL;
  fcl_decoder dec;
  fcl_slice span;
  memset(&dec, 0, sizeof dec);
  for (;;) {
    switch (fcl_decode(&dec, &at, end, &span)) {
    case FCL_EV_MORE:
      return fcl_decoder_between(&dec) || cut_off(d, &dec);
    case FCL_EV_BAD_VERSION:
      return bad_version(d, &dec, at, end);
    case FCL_EV_RECORD:
      content = at;
      show_header(d, &dec.record, dec.offset - FCL_HEADER_SIZE, dec.header[7]);
      break;
    case FCL_EV_CONTENT:
      break;
    case FCL_EV_END:
      show_content(d, &dec.record, content);
      break;
    }
  }
}

/* ---- The command ---- */

static int read_all(const char *file, fcl__text *text) {
  FILE *f = strcmp(file, "-") == 0 ? stdin : fcl__file_open(file, "rb");
  char data[65536];
  size_t n;
  int is_read;
  fcl__text_add(text, "", 0);
  if (f == NULL)
    return fcgi_say("%s: %s", file, strerror(errno)), 0;
  while ((n = fread(data, 1, sizeof data, f)) > 0 && text->len <= FCL__ARRIVED_MAX)
    fcl__text_add(text, data, n);
  is_read = !ferror(f) && !text->has_failed && text->len <= FCL__ARRIVED_MAX;
  if (!is_read)
    fcgi_say("%s: %s", file, ferror(f) ? strerror(errno) : "more than 64 MiB cannot be shown");
  if (f != stdin)
    fclose(f);
  return is_read;
}

static int dump_file(dump *d, const char *file) {
  fcl__text text = {NULL, 0, 0, 0};
  int status = FCGI_USAGE;
  if (read_all(file, &text))
    status = dump_bytes(d, text.base, text.len) && d->faults == 0 ? FCGI_OK : FCGI_PROTOCOL;
  free_streams(d, 0, 1);
  fcl__text_free(&text);
  return status;
}

int fcgi_dump(int argc, char **argv) {
  dump d;
  fcgi_rest rest;
  int status, worst = FCGI_OK, n;
  memset(&d, 0, sizeof d);
  if (!fcgi_options_read(&syntax, &d.o, argc, argv, &rest, &status))
    return status;
  if (rest.argc == 0)
    worst = dump_file(&d, "-");
  for (n = 0; n < rest.argc; n++) {
    if (rest.argc > 1)
      printf("%s%s:\n", n ? "\n" : "", rest.argv[n]);
    status = dump_file(&d, rest.argv[n]);
    worst = status > worst ? status : worst;
  }
  printf("%llu records, %llu faults\n", (unsigned long long) d.records,
         (unsigned long long) d.faults);
  if (fflush(stdout) || ferror(stdout))
    return fcgi_say("stdout: %s", strerror(errno)), FCGI_USAGE;
  return worst;
}
