/* case_records.c: cases about records: cuts, padding, lengths, ids (§3.3). */
#include "cases.h"
#include <string.h>

static void plain(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  if (!host_send(s))
    return;
  ask_params(s, &a);
  if (!host_send(s))
    return;
  ask_body(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

static void one_write(suite *s) {
  ask a = {.id = 1, .body = "some text", .body_len = 9, .query = "echo=1"};
  ask_once(s, &a);
}

static void each_byte(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (host_send_pieces(s, 1))
    ask_served(s, &a);
}

/* PARAMS' header is cut behind each of its bytes in turn. */
static void cut_headers(suite *s) {
  ask a = {.id = 1};
  size_t cut;
  for (cut = 1; cut < FCL_HEADER_SIZE && host_dial(s); cut++) {
    bytes rest = {0};
    ask_put(s, &a);
    bytes_add(&rest, s->host.out.base + 16 + cut, s->host.out.len - 16 - cut);
    s->host.out.len = 16 + cut;
    if (host_send(s) && host_drain(s)) {
      host_put(s, rest.base, rest.len);
      if (host_send(s))
        ask_served(s, &a);
    }
    bytes_free(&rest);
  }
}

/* ---- Padding ---- */

typedef struct paddings {
  unsigned begin, params, params_end, body, body_end;
  int byte; /* what the padding is made of */
} paddings;

static void pad(suite *s, unsigned len, int byte) {
  memset(s->host.out.base + s->host.out.len - len, byte, len);
}

static void put_padded(suite *s, unsigned type, unsigned id, const void *content, size_t len,
                       unsigned padding, int byte) {
  host_record(s, type, id, content, len, padding);
  if (padding > 0)
    pad(s, padding, byte);
}

static void padded(suite *s, const paddings *p) {
  ask a = {.id = 1, .body = "some text", .body_len = 9, .query = "echo=1"};
  static const char begin[8] = {0, FCL_RESPONDER};
  bytes pairs = {0};
  if (!host_dial(s))
    return;
  ask_pairs(s, &a, &pairs);
  put_padded(s, FCL_BEGIN_REQUEST, 1, begin, 8, p->begin, p->byte);
  put_padded(s, FCL_PARAMS, 1, pairs.base, pairs.len, p->params, p->byte);
  put_padded(s, FCL_PARAMS, 1, "", 0, p->params_end, p->byte);
  put_padded(s, FCL_STDIN, 1, a.body, a.body_len, p->body, p->byte);
  put_padded(s, FCL_STDIN, 1, "", 0, p->body_end, p->byte);
  bytes_free(&pairs);
  if (host_send(s))
    ask_served(s, &a);
}

static void padded_params_7(suite *s) {
  padded(s, &(paddings){.params = 7});
}

static void padded_params_255(suite *s) {
  padded(s, &(paddings){.params = 255});
}

static void padded_begin(suite *s) {
  padded(s, &(paddings){.begin = 8});
}

static void padded_params_end(suite *s) {
  padded(s, &(paddings){.params_end = 8});
}

static void padded_body(suite *s) {
  padded(s, &(paddings){.body = 255});
}

/* More must follow, or nobody would see that the padding was taken for a record. */
static void padded_body_end(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN}, b = {.id = 1};
  if (!ask_keeps(s) || !host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  host_record(s, FCL_STDIN, 1, "", 0, 8);
  if (!host_send(s) || !ask_served(s, &a))
    return;
  host_forget(s);
  ask_put(s, &b);
  if (host_send(s))
    ask_served(s, &b);
}

/* Bytes that would be a record. */
static void padding_not_zero(suite *s) {
  padded(s, &(paddings){.params = 5, .body = 16, .byte = 1});
}

static void every_padding(suite *s) {
  static char content[300];
  ask a = {.id = 1, .body = content, .body_len = sizeof content - 44, .query = "echo=1"};
  unsigned n;
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  for (n = 0; n < 256; n++) {
    content[n] = (char) n;
    host_record(s, FCL_STDIN, 1, content + n, 1, n);
  }
  host_record(s, FCL_STDIN, 1, "", 0, 0);
  if (host_send(s))
    ask_served(s, &a);
}

/* ---- Lengths ---- */

static void body_of(suite *s, size_t len, size_t piece, unsigned padding) {
  ask a = {.id = 1, .query = "echo=1", .body_len = len};
  bytes body = {0};
  size_t at;
  ask_fill(&body, len);
  a.body = body.base;
  if (host_dial(s)) {
    ask_begin(s, &a);
    ask_params(s, &a);
    for (at = 0; at < len; at += piece)
      host_record(s, FCL_STDIN, 1, body.base + at, len - at < piece ? len - at : piece, padding);
    host_record(s, FCL_STDIN, 1, "", 0, 0);
    if (host_send(s))
      ask_served(s, &a);
  }
  bytes_free(&body);
}

static void content_1(suite *s) {
  body_of(s, 300, 1, 0);
}

static void content_65535(suite *s) {
  body_of(s, 65535, 65535, 0);
}

static void content_65535_padded_1(suite *s) {
  body_of(s, 65535, 65535, 1);
}

static void content_65535_padded_255(suite *s) {
  body_of(s, 131070, 65535, 255);
}

/* ---- The other fields ---- */

static void with_id(suite *s, unsigned id) {
  ask a = {.id = id};
  ask_once(s, &a);
}

static void id_256(suite *s) {
  with_id(s, 256);
}

static void id_65535(suite *s) {
  with_id(s, 65535);
}

static void reserved_in_header(suite *s) {
  ask a = {.id = 1};
  size_t at;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  for (at = 0; at < s->host.out.len;) {
    unsigned char *p = (unsigned char *) s->host.out.base + at;
    p[7] = 0xa5;
    at += FCL_HEADER_SIZE + ((size_t) p[4] << 8 | p[5]) + p[6];
  }
  if (host_send(s))
    ask_served(s, &a);
}

static void reserved_in_begin(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  memset(s->host.out.base + 11, 0xa5, 5);
  if (host_send(s))
    ask_served(s, &a);
}

static void unknown_flags(suite *s) {
  ask a = {.id = 1, .flags = 0xfe};
  ask_once(s, &a);
}

/* ---- What comes ---- */

static void reserved_in_answer(suite *s) {
  ask a = {.id = 1};
  if (ask_once(s, &a) && s->host.reserved > 0)
    check_fail(s, "%u records have a reserved byte that is not 0", s->host.reserved);
}

static void only_known_records(suite *s) {
  ask a = {.id = 1};
  if (ask_once(s, &a) && s->host.strange[0])
    check_fail(s, "%s", s->host.strange);
}

const check_case cases_records[] = {
    {"a request is answered with END_REQUEST", "5.5", MUST, 0, plain},
    {"all records may come in one write", "3.3", MUST, 0, one_write},
    {"each byte may come in a write of its own", "3.3", MUST, 0, each_byte},
    {"a header may be cut behind each of its bytes", "3.3", MUST, 0, cut_headers},
    {"PARAMS may be padded by 7 bytes", "3.3", MUST, 0, padded_params_7},
    {"PARAMS may be padded by 255 bytes", "3.3", MUST, 0, padded_params_255},
    {"BEGIN_REQUEST may be padded", "3.3", MUST, 0, padded_begin},
    {"the empty PARAMS may be padded", "3.3", MUST, 0, padded_params_end},
    {"STDIN may be padded by 255 bytes", "3.3", MUST, 0, padded_body},
    {"the empty STDIN may be padded", "3.3", MUST, 0, padded_body_end},
    {"padding may hold any bytes", "3.3", MUST, 0, padding_not_zero},
    {"padding of every length from 0 to 255 is skipped", "3.3", MUST, NEEDS_PROBE, every_padding},
    {"records of one byte of content are joined", "3.3", MUST, NEEDS_PROBE, content_1},
    {"a record may hold 65,535 bytes", "3.3", MUST, NEEDS_PROBE, content_65535},
    {"a record of 65,535 bytes may be padded by 1", "3.3", MUST, NEEDS_PROBE,
     content_65535_padded_1},
    {"records of 65,535 bytes may be padded by 255", "3.3", MUST, NEEDS_PROBE,
     content_65535_padded_255},
    {"the request id 256 is answered as 256", "3.3", MUST, 0, id_256},
    {"the request id 65,535 is answered as such", "3.3", MUST, 0, id_65535},
    {"the reserved byte of a header is ignored", "3.3", SHOULD, 0, reserved_in_header},
    {"the reserved bytes of BEGIN_REQUEST are ignored", "5.1", SHOULD, 0, reserved_in_begin},
    {"unknown flags of BEGIN_REQUEST are ignored", "5.1", SHOULD, 0, unknown_flags},
    {"reserved bytes are sent as 0", "3.3", SHOULD, 0, reserved_in_answer},
    {"only an application's records are sent, with their ids", "3.3", MUST, 0, only_known_records},
    {NULL, NULL, MUST, 0, NULL},
};
