/* app.h: what those who know FastCGI (app_serve.c; `fcgi app` has another) and app_answer.c, which
   knows what to answer, say to each other. */
#ifndef APP_H
#define APP_H
#include <fcgiclient/codec.h>

typedef struct request request;

/* ---- Of a request, for answers ---- */

/* A parameter's value; empty where there is none. */
fcl_slice request_param(const request *r, const char *name);
/* Walks all parameters: start with *at NULL.  Returns 0 behind the last. */
int request_next_param(const request *r, const char **at, fcl_slice *name, fcl_slice *value);
/* The next piece of the request body, valid until the next read.  Returns its length; 0 at the end.
 */
size_t request_read(request *r, const char **data);
/* A filter's: likewise of its data, behind the end of the body.  0 for other roles. */
size_t request_read_data(request *r, const char **data);
fcl_role request_role(const request *r);
/* Writes to FCL_STDOUT or FCL_STDERR.  Gathered, and sent when there is enough, or by
 * request_flush. */
void request_write(request *r, fcl_type stream, const char *data, size_t len);
void request_flush(request *r);
/* No END_REQUEST will follow: the connection is closed instead. */
void request_drop(request *r);
void request_exit_status(request *r, uint32_t app_status); /* for END_REQUEST; 0 at first */
int request_connection(const request *r); /* its descriptor, for children to close */
/* 1 when nobody waits for the answer any more.  Where one request is served at a time, that is not
 * known. */
int request_is_aborted(const request *r);
/* Lets time pass, while it is not aborted. */
void request_pause(request *r, uint64_t ms);

/* Who serves gives the pairs as they came, app_pairs.c finds those that are wanted. */
void request_pairs(const request *r, const char **base, size_t *len);
/* What GET_VALUES is answered, of the `len` bytes of pairs that `asked` has: what is not known is
   left out.  Returns its length, up to APP_VALUES_MAX. */
enum { APP_VALUES_MAX = 128 };
size_t app_values(uint8_t *out, const char *asked, size_t len, unsigned connections,
                  unsigned requests, int is_shared);

/* ---- Life ---- */

/* app_serve.c: serves a connection until it is over, closes it, and returns how many requests it
   has served: at most `left`.  Not twice at once in a process. */
unsigned app_serve(int fd, unsigned left);
/* The one role that is played; others are refused. */
extern unsigned app_role;
/* Sees all bytes of the connection, theirs and ours; NULL: nobody does. */
extern void (*app_watch)(int is_ours, const char *data, size_t len);

/* app_answer.c: answers the request, as its query string asks. */
void answer(request *r);
#endif
