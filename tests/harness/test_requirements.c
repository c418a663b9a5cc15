/* test_requirements.c: each requirement of a web server is found broken by bytes that break it, and
   by no others. */
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <stdio.h>
#include <string.h>

#define BEGIN                                                                                      \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\1\1\0\0\0\0\0"
#define BEGIN_LAST                                                                                 \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\1\0\0\0\0\0\0"
#define FILTER                                                                                     \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\3\1\0\0\0\0\0"
#define PARAMS_AB                                                                                  \
  "\1\4\0\1\0\4\0\0"                                                                               \
  "\1\1AB"
#define LENGTH_3                                                                                   \
  "\1\4\0\1\0\21\0\0"                                                                              \
  "\16\1CONTENT_LENGTH3"
#define PARAMS_END "\1\4\0\1\0\0\0\0"
#define STDIN_ABC                                                                                  \
  "\1\5\0\1\0\3\0\0"                                                                               \
  "abc"
#define STDIN_END "\1\5\0\1\0\0\0\0"
#define DATA_END  "\1\10\0\1\0\0\0\0"
#define ANSWER                                                                                     \
  "\1\6\0\1\0\0\0\0"                                                                               \
  "\1\3\0\1\0\10\0\0"                                                                              \
  "\0\0\0\0\0\0\0\0"

typedef struct breach {
  const char *id;
  const char *first;
  size_t first_len;
  int is_answered; /* then the application answers, and the server sends: */
  const char *second;
  size_t second_len;
} breach;
#define BREAKS(id, bytes)                                                                          \
  { id, bytes, sizeof(bytes) - 1, 0, NULL, 0 }
#define THEN_BREAKS(id, bytes, more)                                                               \
  { id, bytes, sizeof(bytes) - 1, 1, more, sizeof(more) - 1 }

static const breach breaches[] = {
    BREAKS("3.3-1", "\2"),
    BREAKS("3.3-2", BEGIN "\1\6\0\1\0\0\0\0"),
    BREAKS("3.3-3", BEGIN "\1\4\0\1\0\0\0\1"),
    BREAKS("3.3-4", "\1\1\0\0\0\10\0\0\0\1\1\0\0\0\0\0"),
    BREAKS("3.3-4", "\1\11\0\1\0\0\0\0"),
    BREAKS("3.3-5", BEGIN BEGIN),
    BREAKS("3.3-6", "\1\5\0\2\0\0\0\0"),
    THEN_BREAKS("3.3-7", BEGIN PARAMS_END, BEGIN),
    BREAKS("3.4-1", BEGIN "\1\4\0\1\0\7\0\0\200\0\0\1\1AB"),
    THEN_BREAKS("3.5-1", BEGIN_LAST PARAMS_END STDIN_END, BEGIN),
    BREAKS("4.1-1", BEGIN "\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0"),
    BREAKS("4.1-2", "\1\11\0\0\0\4\0\0\1\1AB"),
    BREAKS("5.1-1", "\1\1\0\1\0\7\0\0\0\1\1\0\0\0\0"),
    BREAKS("5.1-2", "\1\1\0\1\0\10\0\0\0\4\1\0\0\0\0\0"),
    BREAKS("5.1-3", "\1\1\0\1\0\10\0\0\0\1\2\0\0\0\0\0"),
    BREAKS("5.1-4", "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\1"),
    BREAKS("5.2-1", BEGIN PARAMS_END PARAMS_END),
    BREAKS("5.2-2", BEGIN STDIN_END),
    BREAKS("5.3-1", BEGIN PARAMS_END STDIN_END STDIN_END),
    BREAKS("5.3-2", FILTER PARAMS_END STDIN_END DATA_END DATA_END),
    BREAKS("5.4-1", BEGIN "\1\2\0\1\0\1\0\0x"),
    BREAKS("6.2-1", BEGIN LENGTH_3 PARAMS_END STDIN_END),
    BREAKS("6.2-1", BEGIN LENGTH_3 PARAMS_END STDIN_ABC STDIN_ABC),
    BREAKS("6.4-1", BEGIN PARAMS_END STDIN_END DATA_END),
    BREAKS("6.4-2", FILTER PARAMS_END DATA_END),
    BREAKS("4.1.2-1", BEGIN "\1\4\0\1\0\21\0\0\16\1CONTENT_LENGTHx" PARAMS_END),
    BREAKS("4.1.2-2", BEGIN PARAMS_END STDIN_ABC STDIN_END),
    BREAKS("4.1.5-1", BEGIN "\1\4\0\1\0\14\0\0\11\1PATH_INFOx" PARAMS_END),
    BREAKS("field-1", BEGIN "\1\4\0\1\0\0\1\0"),
    BREAKS("field-2", BEGIN "\1\4\0\1\377\377\1\0"),
    BREAKS("field-3", BEGIN "\1\4\0\1\0\3\0\0\1\1A"),
    BREAKS("field-4", BEGIN "\1\4\0\1\0\4\0\0\1\1A\0"),
    BREAKS("field-5", BEGIN "\1\4\0\1\0\3\0\0\0\1B"),
    BREAKS("field-6", BEGIN PARAMS_AB PARAMS_AB),
    BREAKS("field-7", BEGIN "\1\4\0\1\0\15\0\0\12\1HTTP_PROXYx" PARAMS_END),
};

static fcl_inspector *in;

static void setup(void) {
  in = fcl_inspector_new(0);
}

static void teardown(void) {
  fcl_inspector_free(in);
}

/* 1: broken, 0: kept, -1: not seen. */
static int verdict(const char *id) {
  size_t n, count;
  const fcl_requirement *all = fcl_requirements(&count);
  for (n = 0; n < count; n++)
    if (strcmp(all[n].id, id) == 0) {
      unsigned broken;
      const char *first;
      unsigned times = fcl_inspector_judged(in, n, &broken, &first);
      ck_assert((first != NULL) == (broken > 0));
      return times == 0 ? -1 : broken > 0;
    }
  ck_abort_msg("there is no requirement %s", id);
  return 0;
}

/* The ids of those that are broken.  Without parameters those of RFC 3875 that ask for some are. */
static const char *broken_ids(void) {
  static char ids[512];
  size_t n, count;
  const fcl_requirement *all = fcl_requirements(&count);
  ids[0] = 0;
  for (n = 0; n < count; n++) {
    int is_wanting = strncmp(all[n].text + strcspn(all[n].text, " "), " is ", 4) == 0 &&
                     strcmp(all[n].source, "RFC 3875") == 0;
    if (verdict(all[n].id) == 1 &&
        (!is_wanting || strncmp(all[n].id, "4.1.2", 5) == 0 || strcmp(all[n].id, "4.1.5-1") == 0))
      snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s ", all[n].id);
  }
  return ids;
}

START_TEST(a_breach_is_found_and_no_other) {
  const breach *b = &breaches[_i];
  char expected[32];
  fcl_inspector_feed(in, FCL_SIDE_SERVER, b->first, b->first_len);
  if (b->is_answered) {
    fcl_inspector_feed(in, FCL_SIDE_APP, ANSWER, sizeof ANSWER - 1);
    fcl_inspector_feed(in, FCL_SIDE_SERVER, b->second, b->second_len);
  }
  snprintf(expected, sizeof expected, "%s ", b->id);
  ck_assert_str_eq(broken_ids(), expected);
}
END_TEST

/* Of the specification and of the field each has its bytes above; those of parameters are below. */
START_TEST(every_requirement_has_its_breach) {
  size_t n, k, count;
  const fcl_requirement *all = fcl_requirements(&count);
  for (n = 0; n < count; n++) {
    int is_here = strcmp(all[n].source, "RFC 3875") == 0;
    for (k = 0; k < sizeof breaches / sizeof *breaches; k++)
      is_here |= strcmp(breaches[k].id, all[n].id) == 0;
    ck_assert_msg(is_here, "no breach of %s", all[n].id);
  }
}
END_TEST

START_TEST(a_request_without_parameters_lacks_those_of_cgi) {
  static const char *const wanted[] = {"4.1.4-1",  "4.1.7-1",  "4.1.8-1",  "4.1.12-1", "4.1.13-1",
                                       "4.1.14-1", "4.1.15-1", "4.1.16-1", "4.1.17-1"};
  fcl_inspector_feed(in, FCL_SIDE_SERVER, BEGIN PARAMS_END, sizeof(BEGIN PARAMS_END) - 1);
  ck_assert_int_eq(verdict(wanted[_i]), 1);
  ck_assert_ptr_eq(fcl_inspector_fault(in, FCL_SIDE_SERVER), NULL);
}
END_TEST

START_TEST(only_some_parameters_may_be_empty) {
  static const char wire[] = BEGIN "\1\4\0\1\0\16\0\0\14\0QUERY_STRING"
                                   "\1\4\0\1\0\20\0\0\16\0REQUEST_METHOD" PARAMS_END;
  fcl_inspector_feed(in, FCL_SIDE_SERVER, wire, sizeof wire - 1);
  ck_assert_int_eq(verdict("4.1.7-1"), 0);
  ck_assert_int_eq(verdict("4.1.12-1"), 1);
}
END_TEST

START_TEST(what_did_not_come_was_not_seen) {
  fcl_inspector_feed(in, FCL_SIDE_SERVER, BEGIN, sizeof(BEGIN) - 1);
  ck_assert_int_eq(verdict("5.1-1"), 0);
  ck_assert_int_eq(verdict("5.4-1"), -1);
}
END_TEST

START_TEST(reading_goes_on_behind_what_only_the_field_minds) {
  static const char wire[] = BEGIN "\1\4\0\1\0\3\0\0\0\1B"
                                   "\1\4\0\1\0\0\1\0\0" STDIN_END;
  fcl_inspector_feed(in, FCL_SIDE_SERVER, wire, sizeof wire - 1);
  ck_assert_int_eq(fcl_inspector_last(in)->in.ended, 1);
  ck_assert_str_eq(broken_ids(), "field-1 field-5 ");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("requirements");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, a_breach_is_found_and_no_other, 0,
                      (int) (sizeof breaches / sizeof *breaches));
  tcase_add_test(t, every_requirement_has_its_breach);
  tcase_add_loop_test(t, a_request_without_parameters_lacks_those_of_cgi, 0, 9);
  tcase_add_test(t, only_some_parameters_may_be_empty);
  tcase_add_test(t, what_did_not_come_was_not_seen);
  tcase_add_test(t, reading_goes_on_behind_what_only_the_field_minds);
  return test_suite_run("requirements", &t, 1);
}
