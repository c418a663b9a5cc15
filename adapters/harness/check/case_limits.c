/* case_limits.c: cases about how much an application takes; the specification sets no limits. */
#include "cases.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many parameters CHECK_<n> of so many bytes each.  1: they arrived; 0: they did not. */
static int many(suite *s, unsigned count, size_t len) {
  char(*names)[24] = calloc(count, sizeof *names);
  const char **more = calloc(2 * (size_t) count + 1, sizeof *more);
  bytes value = {0};
  ask a = {.id = 1, .more = more};
  unsigned i;
  int is_served = 0;
  bytes_fill(&value, 'v', len);
  if (names == NULL || more == NULL)
    check_skip(s, "there is no memory for %u parameters", count);
  for (i = 0; names && more && i < count; i++) {
    snprintf(names[i], sizeof names[i], "CHECK_%u", i);
    more[2 * i] = names[i];
    more[2 * i + 1] = value.base;
  }
  if (!check_is_over(s))
    is_served = ask_once(s, &a);
  free(names);
  free(more);
  bytes_free(&value);
  return is_served;
}

static void total_16k(suite *s) {
  many(s, 160, 100);
}

/* One record, full to the last byte. */
static void record_full(suite *s) {
  ask a = {.id = 1};
  bytes pairs = {0}, value = {0};
  ask_pairs(s, &a, &pairs);
  bytes_fill(&value, 'v', FCL_CONTENT_MAX - pairs.len - 1 - 4 - 7);
  if (host_dial(s)) {
    bytes_pair(&pairs, "CHECK_A", value.base, value.len);
    ask_begin(s, &a);
    host_record(s, FCL_PARAMS, 1, pairs.base, pairs.len, 0);
    host_record(s, FCL_PARAMS, 1, "", 0, 0);
    ask_body(s, &a);
    a.more = (const char *const[]){"CHECK_A", value.base, NULL};
    if (host_send(s))
      ask_served(s, &a);
  }
  bytes_free(&pairs);
  bytes_free(&value);
}

static void total_200k(suite *s) {
  many(s, 20, 10000);
}

static void count_1000(suite *s) {
  many(s, 1000, 10);
}

/* A pair of 70,000 bytes is cut for certain. */
static void pair_70000(suite *s) {
  bytes value = {0}, pairs = {0};
  ask a = {.id = 1};
  size_t at, n;
  bytes_fill(&value, 'v', 70000);
  if (host_dial(s)) {
    ask_pairs(s, &a, &pairs);
    bytes_pair(&pairs, "CHECK_A", value.base, value.len);
    ask_begin(s, &a);
    for (at = 0; at < pairs.len; at += n) {
      n = pairs.len - at < FCL_CONTENT_MAX ? pairs.len - at : FCL_CONTENT_MAX;
      host_record(s, FCL_PARAMS, 1, pairs.base + at, n, 0);
    }
    host_record(s, FCL_PARAMS, 1, "", 0, 0);
    ask_body(s, &a);
    a.more = (const char *const[]){"CHECK_A", value.base, NULL};
    if (host_send(s))
      ask_served(s, &a);
  }
  bytes_free(&value);
  bytes_free(&pairs);
}

/* ---- Which is the most ---- */

/* Doubles until they do not arrive any more, and says what did.  The application may refuse, but
   not break. */
static void most(suite *s, unsigned count, unsigned limit, size_t len, const char *what) {
  unsigned arrived = 0;
  while (count <= limit && many(s, count, len)) {
    arrived = count;
    count *= 2;
  }
  memset(&s->result, 0, sizeof s->result);
  if (!subject_is_over(s, 0))
    ask_lives(s);
  if (!check_is_over(s) && arrived == 0)
    check_note(s, "not even %u %s arrived", count, what);
  else if (!check_is_over(s))
    check_note(s, "%u %s arrived%s%s", arrived, what,
               count > limit ? "" : ", twice as many did not",
               count > limit ? ", more was not tried" : "");
}

static void most_bytes(suite *s) {
  most(s, 2, 2048, 1000, "parameters of 1,000 bytes");
}

static void most_params(suite *s) {
  most(s, 64, 16384, 2, "small parameters");
}

/* ---- Other lengths ---- */

static void name_10000(suite *s) {
  bytes name = {0};
  ask a = {.id = 1};
  bytes_fill(&name, 'N', 10000);
  a.more = (const char *const[]){name.base, "v", NULL};
  ask_once(s, &a);
  bytes_free(&name);
}

static void answer_8m(suite *s) {
  ask a = {.id = 1, .query = "size=8000000"};
  host_answer *answer;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (host_send(s) && (answer = ask_ended(s, &a)) && ask_body_of(answer).len != 8000000)
    check_fail(s, "the body has %zu bytes in place of 8,000,000", ask_body_of(answer).len);
}

const check_case cases_limits[] = {
    {"parameters of 16,000 bytes in all arrive", "5.2", SHOULD, NEEDS_PROBE, total_16k},
    {"a PARAMS record of 65,535 bytes arrives", "3.3", SHOULD, NEEDS_PROBE, record_full},
    {"parameters of 200,000 bytes in all arrive", "5.2", SHOULD, NEEDS_PROBE, total_200k},
    {"1,000 parameters arrive", "5.2", SHOULD, NEEDS_PROBE, count_1000},
    {"one parameter may be larger than a record", "5.2", SHOULD, NEEDS_PROBE, pair_70000},
    {"a name of 10,000 bytes arrives", "3.4", SHOULD, NEEDS_PROBE, name_10000},
    {"too many bytes of parameters are borne", "5.2", MUST, NEEDS_PROBE, most_bytes},
    {"too many parameters are borne", "5.2", MUST, NEEDS_PROBE, most_params},
    {"an answer of 8,000,000 bytes comes whole", "5.3", MUST, NEEDS_PROBE, answer_8m},
    {NULL, NULL, MUST, 0, NULL},
};
