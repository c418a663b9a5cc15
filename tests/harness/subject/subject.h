/* subject.h: an application that meets every requirement of `fcgi check`, but for the one that its
   fault names.  It shares no code with the library nor with the suite. */
#ifndef TEST_SUBJECT_H
#define TEST_SUBJECT_H
#include <stddef.h>
#include <stdint.h>

enum { BEGIN = 1, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, VALUES, UNKNOWN };
enum { COMPLETE, CANT_MPX, OVERLOADED, UNKNOWN_ROLE };

typedef struct text {
  char *base;
  size_t len, room;
} text;

typedef struct request {
  struct request *next;
  unsigned id, role, flags;
  text pairs, body;
  unsigned params_records, body_records;
  int has_params, has_body, is_aborted;
} request;

/* The connection at hand. */
extern struct connection {
  int fd, is_over;
  text in;
  size_t total, before; /* received in all, and before the last read */
  request *requests;    /* that run */
  unsigned served;
  char last[16]; /* FCGI_CHECK of the last request */
  char gone[8];  /* the ids below 64 that were used, as bits */
} conn;

extern int is_single; /* one request at a time on a connection */

/* The requirement that it breaks is this one. */
int fault(const char *number);
/* Likewise, while that case runs: FCGI_CHECK says so. */
int fault_of(const request *r, const char *number);
void crash(void);

void add(text *t, const void *data, size_t len);
/* The value of a parameter, NUL-terminated until the next call; "" when there is none. */
const char *param(const request *r, const char *name);
/* Reads a pair.  1; 0 at the end, -1 when it is not whole. */
int next_pair(const unsigned char **p, const unsigned char *end, const unsigned char **name,
              size_t *name_len, const unsigned char **value, size_t *value_len);

void send_bytes(const void *data, size_t len);
void send_record(unsigned type, unsigned id, const void *content, size_t len);
void send_stream(unsigned type, unsigned id, const void *content, size_t len);
void send_end(unsigned id, uint32_t app_status, unsigned status);

/* subject_answer.c */
void answer(request *r);
void answer_values(const unsigned char *p, size_t len, int is_within);
/* subject_records.c */
void take_record(const unsigned char *header, const unsigned char *content, size_t len);
#endif
