/* talk.h: a raw HTTP client for tests: what goes out is said byte for byte, what comes back is
 * taken apart strictly. */
#ifndef TALK_H
#define TALK_H
#include <check.h>
#include <stddef.h>
#include <string.h>

typedef struct talk {
  int fd;
  char *in; /* came, and not taken yet */
  size_t len, cap;
} talk;

typedef struct answer {
  int status; /* 0: the connection ended before a whole head */
  char *head; /* from the status line to the blank line; text */
  char *body; /* NUL-terminated, chunks taken off */
  size_t body_len;
  int is_whole; /* it ended as its framing says */
  int is_chunked;
  int until_close; /* it was framed by the connection's end */
} answer;

void talk_begin(talk *t, unsigned port);
/* Returns 0 when nobody takes the connection; then there is nothing to end. */
int talk_try(talk *t, unsigned port);
void talk_end(talk *t);
void say_bytes(talk *t, const char *data, size_t len);
void say(talk *t, const char *text);
/* The next response.  is_head: it has no body, whatever its fields say. */
answer hear(talk *t, int is_head);
void answer_free(answer *a);
/* Waits until something has come, and leaves it there.  Returns 0 at the end. */
int has_come(talk *t);
/* The next byte, whatever it belongs to.  Returns 0 at the end. */
int hear_byte(talk *t, char *byte);
/* The value of a field, or NULL.  Static, of the last call. */
const char *field(const answer *a, const char *name);
/* 1 when the server has closed and nothing more has come; waits for it. */
int is_closed(talk *t);

/* One request on a connection of its own, and its answer. */
answer ask(unsigned port, const char *request);
/* GET with a Host field. */
answer get(unsigned port, const char *target);

#define ck_assert_answer(a, want_status, want_body)                                                \
  do {                                                                                             \
    answer a_ = (a);                                                                               \
    ck_assert_msg(a_.status == (want_status) && strcmp(a_.body, (want_body)) == 0,                 \
                  "%s\n%s\nnot %d and %s", a_.head, a_.body, (want_status), (want_body));          \
    ck_assert_int_eq(a_.is_whole, 1);                                                              \
    answer_free(&a_);                                                                              \
  } while (0)

#define ck_assert_status(a, want)                                                                  \
  do {                                                                                             \
    answer a_ = (a);                                                                               \
    ck_assert_msg(a_.status == (want), "%d, not %d\n%s", a_.status, (want), a_.head);              \
    ck_assert_int_eq(a_.is_whole, 1);                                                              \
    answer_free(&a_);                                                                              \
  } while (0)
#endif
