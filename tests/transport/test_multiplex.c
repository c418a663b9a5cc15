/* test_multiplex.c: many requests on one wire, whose other end is the test's: ids, what comes for
 * whom, what goes out in which order, aborts, and how it ends. */
#include "support/allocator.h"
#include "support/fds.h"
#include "support/suite.h"
#include "transport/multiplex.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUT(id, len, content) "\1\6\0" id "\0" len "\0\0" content
#define END(id)               "\1\3\0" id "\0\10\0\0\0\0\0\0\0\0\0\0"

#define MANY 1000

static uv_loop_t loop;
static test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
static fcl__blocks blocks;
static fcl__list turns;
static fcl__multiplex m;
static int far; /* the other end */
static int before;
static char text[8192];
static fcl_error broken;
static unsigned closed, changes, stray_count, overs, holds;
static int closes_in_broke, closes_in_end;

/* A request, known by a letter in the log. */
typedef struct peer {
  fcl__connection c; /* first */
  char name;
  uint8_t prologue[16];
  uint64_t received, hash;
  char *block; /* pinned */
  unsigned sents, is_over;
} peer;
static peer peers[MANY];

/* ---- The owners: they write down what they hear ---- */

static void note(const char *fmt, ...) {
  size_t at = strlen(text);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text + at, sizeof text - at, fmt, args);
  va_end(args);
}

static char name(fcl__connection *c) {
  return ((peer *) c)->name;
}

static void on_opened(fcl__connection *c, int status) {
  note("%c opened %d; ", name(c), status);
}

static void on_moved(fcl__connection *c, int is_answer) {
  if (is_answer)
    note("%c first; ", name(c));
}

static uint64_t add_hash(uint64_t hash, const char *data, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    hash = (hash ^ (uint8_t) data[i]) * 1099511628211u;
  return hash;
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  peer *p = (peer *) c;
  p->received += len;
  p->hash = add_hash(p->hash, data, len);
  if (holds > 0) {
    holds--;
    p->block = fcl__connection_pin(c);
  }
  note("%c out %.*s; ", p->name, (int) (len < 20 ? len : 20), data);
  return len;
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  note("%c err %.*s; ", name(c), (int) len, data);
}

static void on_sent(fcl__connection *c, fcl_code code) {
  ((peer *) c)->sents++;
  note("%c sent %s; ", name(c), fcl_code_name(code));
}

static void on_end(fcl__connection *c, const fcl_end *end) {
  note("%c end %u %u; ", name(c), end->app_status, end->protocol_status);
  ((peer *) c)->is_over = 1;
  if (closes_in_end)
    fcl__connection_close(c);
}

static void on_broke(fcl__connection *c, fcl__break how, const fcl_error *e) {
  static const char *const names[] = {"EOF", "IO", "PROTOCOL", "MEMORY"};
  note("%c broke %s; ", name(c), names[how]);
  broken = *e;
  if (closes_in_broke)
    fcl__connection_close(c);
}

static void on_closed(fcl__connection *c) {
  note("%c closed; ", name(c));
}

static const fcl__connection_events events = {on_opened, on_moved, on_out,    on_err, on_sent,
                                              on_end,    on_broke, on_closed, NULL};

static void on_changed(fcl__multiplex *it) {
  changes++;
}

static void on_stray(fcl__multiplex *it, const fcl_record *record) {
  stray_count++;
}

static void on_over(fcl__multiplex *it) {
  overs++;
}

static void on_all_closed(fcl__multiplex *it) {
  closed = 1;
}

static const fcl__multiplex_events shared_events = {on_changed, on_stray, on_over, on_all_closed};

/* ---- Opening, turning, closing ---- */

static void setup(void) {
  int pair[2];
  signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop);
  uv_loop_close(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  fcl__list_init(&turns);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
  far = pair[1];
  m.limit = MANY;
  ck_assert_int_eq(fcl__multiplex_adopt(&m, &loop, pair[0], &blocks, &turns, &shared_events), 1);
  uv_ref(&m.wire.uv.handle);
}

static void turn(void) {
  int i;
  for (i = 0; i < 5; i++) {
    fcl__multiplex_turns(&turns);
    uv_run(&loop, UV_RUN_NOWAIT);
  }
}

static void teardown(void) {
  fcl__multiplex_close(&m);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  if (far >= 0)
    close(far);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  ck_assert_fds(before);
}

static void hang_up(void) {
  close(far);
  far = -1;
}

static void say_bytes(const char *bytes, size_t len) {
  ck_assert_int_eq((int) send(far, bytes, len, MSG_NOSIGNAL), (int) len);
  turn();
}
#define say(bytes) say_bytes((bytes), sizeof(bytes) - 1)

static size_t hear(void *into, size_t size) {
  ssize_t n = recv(far, into, size, 0);
  return n > 0 ? (size_t) n : 0;
}

static fcl__connection *attach(int i) {
  peer *p = &peers[i];
  memset(p, 0, sizeof *p);
  p->name = (char) ('a' + i % 26);
  ck_assert_int_eq(fcl__multiplex_attach(&m, &p->c, &events), 1);
  fcl_put_begin(p->prologue, fcl__connection_id(&p->c), FCL_RESPONDER, FCL_KEEP_CONN);
  return &p->c;
}

static fcl__connection *begin(int i) {
  fcl__connection *c = attach(i);
  fcl_slice prologue;
  prologue.base = (const char *) peers[i].prologue;
  prologue.len = sizeof peers[i].prologue;
  ck_assert_int_eq(fcl__connection_begin(c, prologue), 0);
  fcl__connection_flush(c);
  return c;
}

/* `n` requests whose BEGIN_REQUEST has been read at the other end. */
static void begin_all(int n) {
  static char waste[16 * MANY];
  int i;
  for (i = 0; i < n; i++)
    begin(i);
  for (i = 0; i < n / 50 + 1; i++)
    turn();
  ck_assert_uint_eq(hear(waste, sizeof waste), 16 * (size_t) n);
  text[0] = 0;
}

#define ck_assert_text(expected)                                                                   \
  do {                                                                                             \
    ck_assert_str_eq(text, (expected));                                                            \
    text[0] = 0;                                                                                   \
  } while (0)

/* ---- Ids ---- */

START_TEST(each_request_has_an_id_of_its_own_and_the_lowest_is_used_again) {
  begin_all(3);
  ck_assert_uint_eq(fcl__connection_id(&peers[0].c), 1);
  ck_assert_uint_eq(fcl__connection_id(&peers[1].c), 2);
  ck_assert_uint_eq(fcl__connection_id(&peers[2].c), 3);
  say(END("\2"));
  ck_assert_text("b first; b end 0 0; ");
  ck_assert_uint_eq(changes, 1);
  fcl__connection_close(&peers[1].c);
  turn();
  ck_assert_text("b closed; ");
  ck_assert_uint_eq(fcl__connection_id(begin(3)), 2);
}
END_TEST

START_TEST(there_is_room_up_to_the_limit) {
  m.limit = 2;
  begin(0);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  begin(1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  turn();
  say(END("\1"));
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

START_TEST(one_that_is_shut_has_no_room) {
  fcl__multiplex_shut(&m);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(without_memory_for_an_id_nobody_is_attached) {
  test_allocator_fail(&memory, 1, 1);
  ck_assert_int_eq(fcl__multiplex_attach(&m, &peers[0].c, &events), UV_ENOMEM);
  ck_assert_uint_eq(m.ids.count, 0);
}
END_TEST

/* ---- In ---- */

START_TEST(answers_come_to_whom_they_belong_in_any_order) {
  begin_all(3);
  say(OUT("\3", "\2", "cc") OUT("\1", "\1", "a") "\1\7\0\2\0\1\0\0!" OUT("\3", "\1", "C") END("\3")
          OUT("\2", "\1", "b") END("\1") END("\2"));
  ck_assert_text("c first; c out cc; a first; a out a; b first; b err !; c out C; c end 0 0; "
                 "b out b; a end 0 0; b end 0 0; ");
}
END_TEST

static const char mixed[] = OUT("\2", "\3", "two")
    OUT("\1", "\3", "one") "\1\3\0\2\0\10\3\0"
                           "\1\2\3\4\0\0\0\0pad" OUT("\1", "\1", "!") END("\1");

START_TEST(answers_are_the_same_however_they_are_cut) {
  begin_all(2);
  say_bytes(mixed, (size_t) _i);
  say_bytes(mixed + _i, sizeof mixed - 1 - (size_t) _i);
  ck_assert_uint_eq(peers[0].received, 4);
  ck_assert_uint_eq(peers[1].received, 3);
  ck_assert_uint_eq(peers[0].hash, add_hash(0, "one!", 4));
  ck_assert_uint_eq(peers[1].hash, add_hash(0, "two", 3));
  ck_assert(strstr(text, "b end 16909060 0; ") != NULL);
  ck_assert(strstr(text, "a end 0 0; ") != NULL);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

static const char *const strays[] = {
    OUT("\7", "\1", "?"),
    END("\7"),
    "\1\7\1\1\0\1\0\0?",
    "\1\14\0\1\0\1\0\0?",
};
static const size_t stray_lens[] = {9, 16, 9, 9};

/* It might come again when its id is somebody else's. */
START_TEST(a_record_that_is_nobodys_is_skipped_and_lets_nobody_in_any_more) {
  begin_all(1);
  say_bytes(strays[_i], stray_lens[_i]);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  ck_assert_uint_eq(changes, 1);
  ck_assert_uint_eq(stray_count, 1);
  say(OUT("\1", "\1", "a") END("\1"));
  ck_assert_text("a first; a out a; a end 0 0; ");
}
END_TEST

START_TEST(a_record_for_a_request_that_has_not_begun_is_nobodys) {
  attach(0);
  say(OUT("\1", "\1", "a"));
  ck_assert_text("");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(a_record_behind_the_end_of_its_request_is_nobodys) {
  begin_all(2);
  say(END("\1") OUT("\1", "\1", "?"));
  ck_assert_text("a first; a end 0 0; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(management_answers_change_nothing) {
  begin_all(1);
  say("\1\12\0\0\0\21\0\0\16\1FCGI_MAX_CONNS1"
      "\1\13\0\0\0\10\0\0\14\0\0\0\0\0\0\0");
  ck_assert_text("");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

/* ---- Holding ---- */

static void give(int i) {
  fcl__block_give(&blocks, peers[i].block);
}

START_TEST(who_holds_a_span_stops_nobody) {
  begin_all(2);
  holds = 1;
  say(OUT("\1", "\3", "one") OUT("\2", "\3", "two"));
  ck_assert_text("a first; a out one; b first; b out two; ");
  say(OUT("\2", "\5", "three") END("\2"));
  ck_assert_text("b out three; b end 0 0; ");
  ck_assert_mem_eq(peers[0].block + 8, "one", 3);
  give(0);
}
END_TEST

START_TEST(a_block_can_be_held_by_several) {
  begin_all(2);
  holds = 2;
  say(OUT("\1", "\3", "one") OUT("\2", "\3", "two"));
  ck_assert_ptr_eq(peers[0].block, peers[1].block);
  give(0);
  say(OUT("\1", "\5", "three"));
  ck_assert_mem_eq(peers[1].block + 19, "two", 3);
  give(1);
}
END_TEST

START_TEST(who_has_no_room_lets_nobody_in_until_it_has_or_is_over) {
  begin_all(2);
  fcl__multiplex_crowd(&peers[0].c, 1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  fcl__multiplex_crowd(&peers[0].c, 0);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  fcl__multiplex_crowd(&peers[0].c, 1);
  fcl__multiplex_crowd(&peers[1].c, 1);
  say(END("\1"));
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  fcl__connection_close(&peers[1].c);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
}
END_TEST

/* ---- Out ---- */

START_TEST(what_was_begun_in_one_turn_goes_out_together) {
  char got[256];
  begin(0);
  begin(1);
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  fcl__multiplex_turns(&turns);
  ck_assert_uint_eq(hear(got, sizeof got), 32);
  ck_assert_mem_eq(got, "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0", 32);
}
END_TEST

START_TEST(a_barrier_comes_back_without_a_byte) {
  char got[16];
  begin_all(1);
  fcl__connection_lend(&peers[0].c, NULL, 0);
  fcl__connection_flush(&peers[0].c);
  turn();
  ck_assert_text("a sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

static char big[4 * 1024 * 1024];

/* What the other end has read so far, record by record. */
typedef struct reader {
  fcl_decoder decoder;
  uint64_t len[MANY + 1], hash[MANY + 1], all;
  uint8_t begun[MANY + 1], ended[MANY + 1], aborted[MANY + 1];
  unsigned records, longest; /* the most bytes of one id in a row */
  unsigned last;
  uint64_t in_a_row;
} reader;

static void read_record(reader *r) {
  const fcl_record *it = &r->decoder.record;
  ck_assert_uint_ge(it->id, 1);
  ck_assert_uint_le(it->id, MANY);
  r->records++;
  if (it->id != r->last)
    r->in_a_row = 0;
  r->last = it->id;
  r->in_a_row += it->length;
  if (r->in_a_row > r->longest)
    r->longest = (unsigned) r->in_a_row;
  if (it->type == FCL_BEGIN_REQUEST)
    r->begun[it->id] = 1;
  else if (it->type == FCL_ABORT_REQUEST)
    r->aborted[it->id] = 1;
  else
    ck_assert_uint_eq(it->type, FCL_STDIN);
  ck_assert(r->begun[it->id]);
  if (it->type == FCL_STDIN && it->length == 0)
    r->ended[it->id] = 1;
}

static size_t read_some(reader *r, size_t most) {
  static char got[1 << 20];
  size_t n = hear(got, most < sizeof got ? most : sizeof got);
  const char *p = got;
  fcl_slice span;
  fcl_decode_event event;
  r->all += n;
  while ((event = fcl_decode(&r->decoder, &p, got + n, &span)) != FCL_EV_MORE) {
    const fcl_record *it = &r->decoder.record;
    ck_assert_int_ne(event, FCL_EV_BAD_VERSION);
    if (event == FCL_EV_RECORD) {
      read_record(r);
    } else if (event == FCL_EV_CONTENT && it->type == FCL_STDIN) {
      r->len[it->id] += span.len;
      r->hash[it->id] = add_hash(r->hash[it->id], span.base, span.len);
    }
  }
  return n;
}

START_TEST(a_large_body_leaves_room_for_others) {
  static reader r;
  size_t n;
  memset(&r, 0, sizeof r);
  begin(0);
  begin(1);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  fcl__connection_lend(&peers[1].c, big, sizeof big / 4);
  fcl__connection_flush(&peers[1].c);
  do {
    turn();
    n = read_some(&r, 100000);
  } while (n > 0);
  ck_assert_uint_eq(r.len[1], sizeof big);
  ck_assert_uint_eq(r.len[2], sizeof big / 4);
  ck_assert_uint_le(r.longest, sizeof big * 3 / 4 + 2 * 65528);
  ck_assert_text("b sent OK; a sent OK; ");
}
END_TEST

START_TEST(who_comes_while_a_large_body_goes_out_waits_for_a_record_or_two) {
  static reader r;
  memset(&r, 0, sizeof r);
  begin(0);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  turn();
  begin(1);
  while (!r.begun[2]) {
    read_some(&r, 100000);
    turn();
  }
  ck_assert_uint_lt(r.len[1], sizeof big / 4); /* what the kernel holds, and little more */
}
END_TEST

static unsigned seed;
static unsigned chance(unsigned below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

/* Bodies of many sizes, lent in steps, through a wire that takes little at a time; some leave. */
START_TEST(whatever_the_wire_takes_every_body_arrives_or_is_aborted_between_records) {
  static reader r;
  static size_t size[64], at[64];
  static int is_lent[64], has_left[64];
  unsigned i, idle = 0;
  int small = 4096;
  memset(&r, 0, sizeof r);
  seed = 1 + (unsigned) _i;
  for (i = 0; i < sizeof big; i++)
    big[i] = (char) (i * 2654435761u >> 24);
  setsockopt(uv_fileno(&m.wire.uv.handle, &(uv_os_fd_t){0}), SOL_SOCKET, SO_SNDBUF, &small, 4);
  for (i = 0; i < 64; i++) {
    begin((int) i);
    size[i] = chance(3) ? chance(300) : chance(400000);
    at[i] = has_left[i] = is_lent[i] = 0;
  }
  while (idle < 20) {
    for (i = 0; i < 64; i++) {
      peer *p = &peers[i];
      size_t n = 1 + chance(100000);
      if (is_lent[i] && p->sents == 0)
        continue;
      p->sents = 0;
      is_lent[i] = 0;
      if (has_left[i] || at[i] > size[i])
        continue;
      n = n < size[i] - at[i] ? n : size[i] - at[i];
      if (n > 0)
        fcl__connection_lend(&p->c, big + at[i], n);
      is_lent[i] = n > 0;
      at[i] += n;
      if (at[i] == size[i]) {
        fcl__connection_finish(&p->c);
        at[i]++;
      }
      fcl__connection_flush(&p->c);
    }
    if (chance(10) == 0) {
      i = chance(64);
      has_left[i] = 1;
      fcl__connection_close(&peers[i].c);
      fcl__multiplex_turns(&turns);
      ck_assert(!peers[i].c.has_lend); /* however full the wire is */
    }
    turn();
    idle = read_some(&r, 1 + chance(70000)) ? 0 : idle + 1;
    text[0] = 0;
  }
  for (i = 0; i < 64; i++) {
    unsigned id = i + 1;
    ck_assert_uint_eq(r.hash[id], add_hash(0, big, (size_t) r.len[id]));
    if (has_left[i] && r.begun[id])
      ck_assert(r.aborted[id]);
    if (!has_left[i]) {
      ck_assert_uint_eq(r.len[id], size[i]);
      ck_assert(r.ended[id] && !r.aborted[id]);
    }
  }
  ck_assert(fcl_decoder_between(&r.decoder));
}
END_TEST

START_TEST(what_cannot_be_written_comes_back_and_the_answers_are_still_read) {
  begin_all(2);
  ck_assert_int_eq((int) send(far, OUT("\1", "\2", "hi") END("\1"), 26, MSG_NOSIGNAL), 26);
  hang_up();
  fcl__connection_lend(&peers[1].c, big, 10);
  fcl__connection_flush(&peers[1].c);
  fcl__multiplex_turns(&turns);
  ck_assert_text("b sent IO; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  turn();
  ck_assert_text("a first; a out hi; a end 0 0; b broke EOF; ");
  fcl__connection_lend(&peers[1].c, big, 10);
  fcl__connection_flush(&peers[1].c);
  ck_assert_text("b sent IO; ");
}
END_TEST

/* ---- Leaving ---- */

START_TEST(who_leaves_before_it_was_sent_was_never_there) {
  char got[64];
  begin(0);
  fcl__connection_lend(&peers[0].c, "abc", 3);
  fcl__connection_flush(&peers[0].c);
  fcl__connection_close(&peers[0].c);
  ck_assert_text("");
  turn();
  ck_assert_text("a sent CANCELED; a closed; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  ck_assert_uint_eq(m.ids.count, 0);
}
END_TEST

START_TEST(who_leaves_later_is_aborted_and_its_id_is_taken_until_its_end) {
  char got[64];
  begin_all(1);
  fcl__connection_close(&peers[0].c);
  turn();
  ck_assert_text("");
  ck_assert_uint_eq(hear(got, sizeof got), 8);
  ck_assert_mem_eq(got, "\1\2\0\1\0\0\0\0", 8);
  ck_assert_uint_eq(fcl__connection_id(begin(1)), 2);
  say(OUT("\1", "\1", "a") "\1\7\0\1\0\1\0\0!");
  ck_assert_text(""); /* it is dropped, and harms nobody */
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 1);
  say(END("\1"));
  ck_assert_text("a closed; ");
  ck_assert_uint_eq(fcl__connection_id(begin(2)), 1);
}
END_TEST

START_TEST(a_request_that_ended_is_not_aborted) {
  char got[64];
  begin_all(1);
  closes_in_end = 1;
  say(END("\1"));
  ck_assert_text("a first; a end 0 0; a closed; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

/* ---- The end ---- */

START_TEST(a_broken_wire_is_told_to_each_and_then_to_its_owner) {
  begin_all(2);
  closes_in_broke = 1;
  hang_up();
  turn();
  ck_assert_text("a broke EOF; b broke EOF; a closed; b closed; ");
  ck_assert_uint_eq(overs, 1);
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
}
END_TEST

START_TEST(those_who_left_are_over_with_a_broken_wire) {
  begin_all(2);
  fcl__connection_close(&peers[0].c);
  turn();
  hang_up();
  turn();
  ck_assert_text("b broke IO; a closed; "); /* it was reset: ABORT_REQUEST was unread */
}
END_TEST

START_TEST(a_violation_breaks_it_for_all) {
  begin_all(2);
  say("\1\5\0\1\0\0\0\0");
  ck_assert_text("a broke PROTOCOL; b broke PROTOCOL; ");
  ck_assert(strstr(broken.text, "only web servers send") != NULL);
}
END_TEST

START_TEST(a_wrong_version_breaks_it_for_all) {
  begin_all(1);
  say("HTTP/1.1 400\r\n");
  ck_assert_text("a broke PROTOCOL; ");
  ck_assert(strstr(broken.text, "HTTP server") != NULL);
}
END_TEST

START_TEST(an_end_without_its_padding_is_one) {
  begin_all(2);
  say("\1\3\0\1\0\10\3\0\0\0\0\0\0\0\0\0p");
  hang_up();
  turn();
  ck_assert_text("a first; a end 0 0; b broke EOF; ");
}
END_TEST

START_TEST(closing_tells_everybody) {
  begin_all(2);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  turn();
  text[0] = 0;
  fcl__multiplex_close(&m);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_text("a sent CANCELED; a closed; b closed; ");
}
END_TEST

START_TEST(without_memory_for_a_block_it_breaks) {
  begin_all(1);
  test_allocator_fail(&memory, 1, 1);
  say(OUT("\1", "\1", "a"));
  ck_assert_text("a broke MEMORY; ");
}
END_TEST

START_TEST(without_memory_for_what_the_wire_left_over_it_breaks) {
  begin_all(1);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  test_allocator_fail(&memory, 1, 1);
  turn();
  ck_assert_text("a broke MEMORY; ");
}
END_TEST

/* ---- Many ---- */

START_TEST(a_thousand_at_once_are_answered_in_any_order) {
  static char answer[MANY * 48];
  static int order[MANY];
  size_t len = 0;
  int i;
  seed = 7;
  begin_all(MANY);
  for (i = 0; i < MANY; i++)
    order[i] = i;
  for (i = MANY - 1; i > 0; i--) {
    int j = (int) chance((unsigned) i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  for (i = 0; i < MANY; i++) {
    unsigned id = (unsigned) order[i] + 1;
    fcl_put_header((uint8_t *) answer + len, FCL_STDOUT, id, 4, 0);
    sprintf(answer + len + 8, "%04u", id);
    fcl_put_end((uint8_t *) answer + len + 12, id, 0, 0);
    len += 28;
  }
  say_bytes(answer, len);
  turn();
  for (i = 0; i < MANY; i++) {
    char expected[8];
    sprintf(expected, "%04u", (unsigned) i + 1);
    ck_assert_uint_eq(peers[i].hash, add_hash(0, expected, 4));
    ck_assert_uint_eq(peers[i].is_over, 1);
  }
  ck_assert_uint_eq(m.ids.count, 0);
  for (i = 0; i < MANY; i++)
    fcl__connection_close(&peers[i].c);
}
END_TEST

static TCase *add(const char *title) {
  TCase *t = tcase_create(title);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  return t;
}

static TCase *in(void) {
  TCase *t = add("ids and in");
  tcase_add_test(t, each_request_has_an_id_of_its_own_and_the_lowest_is_used_again);
  tcase_add_test(t, there_is_room_up_to_the_limit);
  tcase_add_test(t, one_that_is_shut_has_no_room);
  tcase_add_test(t, without_memory_for_an_id_nobody_is_attached);
  tcase_add_test(t, answers_come_to_whom_they_belong_in_any_order);
  tcase_add_loop_test(t, answers_are_the_same_however_they_are_cut, 1, sizeof mixed - 1);
  tcase_add_loop_test(t, a_record_that_is_nobodys_is_skipped_and_lets_nobody_in_any_more, 0, 4);
  tcase_add_test(t, a_record_for_a_request_that_has_not_begun_is_nobodys);
  tcase_add_test(t, a_record_behind_the_end_of_its_request_is_nobodys);
  tcase_add_test(t, management_answers_change_nothing);
  tcase_add_test(t, who_holds_a_span_stops_nobody);
  tcase_add_test(t, a_block_can_be_held_by_several);
  tcase_add_test(t, who_has_no_room_lets_nobody_in_until_it_has_or_is_over);
  return t;
}

static TCase *out(void) {
  TCase *t = add("out");
  tcase_add_test(t, what_was_begun_in_one_turn_goes_out_together);
  tcase_add_test(t, a_barrier_comes_back_without_a_byte);
  tcase_add_test(t, a_large_body_leaves_room_for_others);
  tcase_add_test(t, who_comes_while_a_large_body_goes_out_waits_for_a_record_or_two);
  tcase_add_loop_test(t, whatever_the_wire_takes_every_body_arrives_or_is_aborted_between_records,
                      0, 10);
  tcase_add_test(t, what_cannot_be_written_comes_back_and_the_answers_are_still_read);
  return t;
}

static TCase *ends(void) {
  TCase *t = add("leaving and ends");
  tcase_add_test(t, who_leaves_before_it_was_sent_was_never_there);
  tcase_add_test(t, who_leaves_later_is_aborted_and_its_id_is_taken_until_its_end);
  tcase_add_test(t, a_request_that_ended_is_not_aborted);
  tcase_add_test(t, a_broken_wire_is_told_to_each_and_then_to_its_owner);
  tcase_add_test(t, those_who_left_are_over_with_a_broken_wire);
  tcase_add_test(t, a_violation_breaks_it_for_all);
  tcase_add_test(t, a_wrong_version_breaks_it_for_all);
  tcase_add_test(t, an_end_without_its_padding_is_one);
  tcase_add_test(t, closing_tells_everybody);
  tcase_add_test(t, without_memory_for_a_block_it_breaks);
  tcase_add_test(t, without_memory_for_what_the_wire_left_over_it_breaks);
  tcase_add_test(t, a_thousand_at_once_are_answered_in_any_order);
  return t;
}

int main(void) {
  TCase *cases[] = {in(), out(), ends()};
  return test_suite_run("multiplex", cases, 3);
}
