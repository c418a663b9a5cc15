/* test_learn.c: what applications answer to GET_VALUES (§4.1), and what follows from it: whole,
 * partial, empty, repeated, senseless and missing answers. */
#include "client/wire.h"

static world w;
static exchange xs[4];

/* Answers to GET_VALUES, and how many requests share a connection then. */
typedef struct reply {
  const char *bytes;
  size_t len;
  int closes; /* the connection, behind it */
  const char *words;
} reply;
#define BYTES(text) text, sizeof(text) - 1

static const reply replies[] = {
    {BYTES("\1\12\0\0\0\64\0\0\16\1FCGI_MAX_CONNS1\15\2FCGI_MAX_REQS50\17\1FCGI_MPXS_CONNS1"), 0,
     "says FCGI_MPXS_CONNS=1, FCGI_MAX_CONNS=1, FCGI_MAX_REQS=50 (GET_VALUES): it gets 50 "
     "requests"},
    /* Go: one name, then an empty answer more */
    {BYTES("\1\12\0\0\0\22\6\0\17\1FCGI_MPXS_CONNS1pad456\1\12\0\0\0\0\0\0"), 0,
     "it gets 100 requests at a time"},
    /* PHP: no, and closes */
    {BYTES("\1\12\0\0\0\22\6\0\17\1FCGI_MPXS_CONNS0pad456"), 1,
     "says FCGI_MPXS_CONNS=0 (GET_VALUES): it gets 1 request at a time"},
    /* in two records, the first without what matters */
    {BYTES("\1\12\0\0\0\20\0\0\15\1FCGI_MAX_REQS7\1\12\0\0\0\22\0\0\17\1FCGI_MPXS_CONNS1"), 0,
     "FCGI_MAX_REQS=7 (GET_VALUES): it gets 7 requests"},
    /* the first one counts */
    {BYTES("\1\12\0\0\0\44\0\0\17\1FCGI_MPXS_CONNS0\17\1FCGI_MPXS_CONNS1"), 0, "it gets 1 request"},
    /* nothing, and closes */
    {BYTES(""), 1, "did not say how many requests may share a connection"},
    {BYTES("\1\12\0\0\0\0\0\0"), 1, "did not say"},
    /* Ruby: another name */
    {BYTES("\1\12\0\0\0\21\0\0\16\1FCGI_MPX_CONNS1"), 1, "did not say"},
    /* no number, no limit that could be meant, more than there are ids */
    {BYTES("\1\12\0\0\0\24\0\0\17\3FCGI_MPXS_CONNSyes"), 1, "did not say"},
    {BYTES("\1\12\0\0\0\63\0\0\16\1FCGI_MAX_CONNS0\15\1FCGI_MAX_REQS0\17\1FCGI_MPXS_CONNS1"), 0,
     "says FCGI_MPXS_CONNS=1 (GET_VALUES): it gets 100 requests"},
    {BYTES("\1\12\0\0\0\47\0\0\15\6FCGI_MAX_REQS999999\17\1FCGI_MPXS_CONNS1"), 0,
     "it gets 65535 requests"},
    /* a pair that is not whole */
    {BYTES("\1\12\0\0\0\21\0\0\17\1FCGI_MPXS_CONNS"), 1, "did not say"},
    /* not FastCGI */
    {BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), 0, "did not say"},
};
#define REPLIES (int) (sizeof replies / sizeof *replies)

static const reply *now;
static size_t cut;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(xs, 0, sizeof xs);
  w.options.per_connection = FCL_AUTO;
}

static void teardown(void) {
  world_end(&w);
}

static void start(void (*play)(fcl_script *, void *), int i) {
  now = &replies[i % REPLIES];
  w.options.idle_ms = 300000; /* longer than an answer is waited for */
  world_start(&w, FCL_LOOP_UV, play);
}

static int is_asked(fcl_script *s) {
  static const char asked[] = "\1\11\0\0\0\60\0\0\16\0FCGI_MAX_CONNS\15\0FCGI_MAX_REQS"
                              "\17\0FCGI_MPXS_CONNS";
  fcl_slice got;
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read(s, sizeof asked - 1);
  got = fcl_script_received(s);
  return fcl_script_expect(s, got.len == sizeof asked - 1 && memcmp(got.base, asked, got.len) == 0,
                           "GET_VALUES came, with the three names");
}

/* The request comes first, on a connection of its own, and need not wait. */
static void serve_and_reply(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  is_asked(s);
  fcl_script_use(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_wait(s, "served");
  fcl_script_use(s, 2);
  fcl_script_cut(s, cut);
  fcl_script_send(s, now->bytes, now->len);
  fcl_script_flush(s);
  if (now->closes)
    fcl_script_close(s);
}

static void learn(int i) {
  start(serve_and_reply, i);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  ck_assert_uint_eq(w.events, 0); /* it did not wait for that */
  fcl_script_signal(w.script, "served");
  world_wait(&w, &w.events, 1);
  ck_assert_msg(strstr(w.sentence, now->words) != NULL, "\"%s\" is not in: %s", now->words,
                w.sentence);
}

START_TEST(an_answer_says_how_many_share_a_connection) {
  cut = 0;
  learn(_i);
}
END_TEST

START_TEST(an_answer_is_the_same_wherever_it_is_cut) {
  cut = (size_t) _i;
  learn(0);
}
END_TEST

static void never_reply(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  is_asked(s);
  fcl_script_use(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 2);
  fcl_script_read_eof(s);
  fcl_script_use(s, 1);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(who_never_answers_is_asked_no_more) {
  start(never_reply, 0);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  world_wait(&w, &w.events, 1);
  ck_assert_msg(strstr(w.sentence, "did not say") != NULL, "%s", w.sentence);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  ck_assert_uint_eq(w.events, 1);
}
END_TEST

static void share_then(fcl_script *s, void *user) {
  serve_and_reply(s, user);
  fcl_script_accept(s); /* the one that was kept is not shared */
  fcl_script_read_begin(s);
  fcl_script_read_request(s);
  fcl_script_read_begin(s);
  fcl_script_read_request(s);
  fcl_script_expect(s, fcl_script_id(s) == 2, "they share a connection");
  fcl_script_answer(s, HELLO);
  fcl_script_send(s, "\1\6\0\1\0\1\0\0\n\1\6\0\1\0\0\0\0" END_REQUEST, 33);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  fcl_script_read_eof(s);
}

START_TEST(what_was_learnt_holds_from_the_next_request_on) {
  w.multiplexed = 1;
  cut = 0;
  start(share_then, 0);
  wire_get(&xs[0], &w);
  fcl_script_signal(w.script, "served");
  world_wait(&w, &w.events, 1);
  exchange_get(&xs[1], &w);
  exchange_get(&xs[2], &w);
  exchange_wait(&xs[1]);
  exchange_wait(&xs[2]);
  ck_assert_done(&xs[2]);
}
END_TEST

static void fewer_connections(fcl_script *s, void *user) {
  now = &replies[0];
  fcl_script_accept(s);
  fcl_script_read_request(s);
  is_asked(s);
  fcl_script_send(s, "\1\12\0\0\0\43\0\0\16\1FCGI_MAX_CONNS1\17\1FCGI_MPXS_CONNS0", 43);
  fcl_script_flush(s);
  fcl_script_signal(s, "said");
  fcl_script_wait(s, "more");
  fcl_script_use(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(the_answer_may_lower_the_connections) {
  start(fewer_connections, 0);
  exchange_get(&xs[0], &w);
  world_wait(&w, &w.events, 1);
  exchange_get(&xs[1], &w); /* waits for the only connection */
  world_rest(&w);
  fcl_script_signal(w.script, "more");
  exchange_wait(&xs[0]);
  exchange_wait(&xs[1]);
  ck_assert_done(&xs[1]);
}
END_TEST

static void close_early(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  is_asked(s);
  fcl_script_signal(s, "asked");
}

START_TEST(a_client_that_closes_waits_for_no_answer) {
  start(close_early, 0);
  exchange_get(&xs[0], &w);
  world_wait_point(&w, "asked");
}
END_TEST

static void serve_one(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(nobody_is_asked_where_the_number_is_given) {
  w.options.per_connection = 1 + (unsigned) _i;
  w.multiplexed = 1;
  start(serve_one, 0);
  wire_get(&xs[0], &w);
  wire_get(&xs[0], &w);
  ck_assert_done(&xs[0]);
  ck_assert_uint_eq(w.events, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("learn");
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  test_add_loop(t, an_answer_says_how_many_share_a_connection, 0, REPLIES);
  test_add_loop(t, an_answer_is_the_same_wherever_it_is_cut, 1, 59);
  tcase_add_test(t, who_never_answers_is_asked_no_more);
  tcase_add_test(t, what_was_learnt_holds_from_the_next_request_on);
  tcase_add_test(t, the_answer_may_lower_the_connections);
  tcase_add_test(t, a_client_that_closes_waits_for_no_answer);
  tcase_add_loop_test(t, nobody_is_asked_where_the_number_is_given, 0, 2);
  return test_suite_run("learn", &t, 1);
}
