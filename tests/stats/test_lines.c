/* test_lines.c: snapshots as lines, written and read. */
#include "stats/formats.h"

static fcl_stats *read_text(const char *text) {
  fcl_stats *s;
  fcl_error e;
  ck_assert_msg(fcl_stats_read(&s, text, strlen(text), &e) == FCL_OK, "%s", e.text);
  return s;
}

static void assert_refused(const char *text, const char *words) {
  fcl_stats *s;
  fcl_error e;
  ck_assert_int_eq(fcl_stats_read(&s, text, strlen(text), &e), FCL_E_CONFIG);
  ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
  ck_assert_ptr_null(s);
}

START_TEST(a_pool_is_written_as_lines) {
  fcl_stats *s = formats_sample();
  const char *text = fcl_stats_text(s, FCL_STATS_LINES, NULL);
  ck_assert_ptr_nonnull(strstr(text, "\npool name=\"php\" program=\"/usr/bin/php-cgi\" pools=1 "
                                     "max_processes=4 queue_length=1000 queued=3 "
                                     "oldest_wait_ms=1500 in_hand=0 "));
  ck_assert_ptr_nonnull(strstr(text, "\nended OK=4 TIMEOUT_REQUEST=2\nleft timeout=2\n"));
  ck_assert_ptr_nonnull(strstr(text, "\nmember name=\"process 4711\" state=\"busy\" pid=4711 "));
  ck_assert_ptr_nonnull(strstr(text, " subject=\"/var/www/a \\\"b\\\".php\" tag=\"r1\"\n"));
  ck_assert_ptr_nonnull(strstr(text, "\npool name=\"fpm of \\\"us\\\"\\\\\" program=\"\""));
  fcl_stats_free(s);
}
END_TEST

START_TEST(what_is_written_is_read_again) {
  fcl_stats *s = formats_sample(), *again;
  const char *text = fcl_stats_text(s, FCL_STATS_LINES, NULL);
  again = read_text(text);
  ck_assert_str_eq(fcl_stats_text(again, FCL_STATS_LINES, NULL), text);
  fcl_stats_free(s);
  fcl_stats_free(again);
}
END_TEST

START_TEST(every_beginning_of_it_is_refused_but_at_the_end_of_a_line) {
  fcl_stats *s = formats_sample(), *part;
  size_t len, cut;
  const char *text = fcl_stats_text(s, FCL_STATS_LINES, &len);
  for (cut = 0; cut < len; cut++) {
    char *copy = malloc(cut + 1); /* so that one byte too far is found */
    int code;
    memcpy(copy, text, cut);
    code = fcl_stats_read(&part, copy, cut, NULL);
    ck_assert_int_eq(code == FCL_OK, cut > 0 && text[cut - 1] == '\n');
    fcl_stats_free(part);
    free(copy);
  }
  fcl_stats_free(s);
}
END_TEST

START_TEST(what_a_later_version_adds_is_passed_over) {
  fcl_stats *s = read_text("fcgiclient format=1 mood=\"good\"\n"
                           "pool name=\"a\" program=\"\" colour=\"red\" queued=2 heat=7\n"
                           "weather sun=1\n"
                           "ended OK=1 NEWS=4\nleft moon=1 idle=2\n"
                           "member name=\"x\" state=\"dreaming\"\n");
  const fcl_pool_stats *p = fcl_stats_at(s, 0);
  ck_assert_uint_eq(p->queued, 2);
  ck_assert_uint_eq(p->ended[FCL_OK], 1);
  ck_assert_uint_eq(p->left[FCL_LEFT_IDLE], 2);
  ck_assert_int_eq(fcl_stats_member(p, 0)->state, FCL_MEMBER_BUSY);
  fcl_stats_free(s);
}
END_TEST

START_TEST(something_else_is_refused_by_its_line) {
  assert_refused("", "line 1");
  assert_refused("HTTP/1.1 200 OK\n", "line 1");
  assert_refused("fcgiclient format=1\npool name=\"a\" queued=x\n", "line 2");
  assert_refused("fcgiclient format=1\npool name=\"a\n", "line 2");
  assert_refused("fcgiclient format=1\n\n", "line 2");
  assert_refused("fcgiclient format=1\npool queued=99999999999999999999\n", "line 2");
}
END_TEST

int main(void) {
  TCase *c = tcase_create("lines");
  tcase_add_test(c, a_pool_is_written_as_lines);
  tcase_add_test(c, what_is_written_is_read_again);
  tcase_add_test(c, every_beginning_of_it_is_refused_but_at_the_end_of_a_line);
  tcase_add_test(c, what_a_later_version_adds_is_passed_over);
  tcase_add_test(c, something_else_is_refused_by_its_line);
  return test_suite_run("lines", &c, 1);
}
