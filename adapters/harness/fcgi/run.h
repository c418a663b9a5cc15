/* run.h: what the files of `fcgi run` share. */
#ifndef FCGI_RUN_H
#define FCGI_RUN_H
#include "call.h"
#include "histogram.h"
#include "output.h"
#include "json.h"

enum { RUN_SIGNALS = 3, RUN_PIECE = 262144, RUN_KEPT_MAX = 64 << 20 };

/* Bytes of an answer, kept for JSON. */
typedef struct run_text {
  char *bytes;
  size_t len, room;
  int is_cut; /* more than RUN_KEPT_MAX came */
} run_text;

/* The phases of a request, in microseconds. */
enum { RUN_QUEUE, RUN_CONNECT, RUN_FIRST, RUN_TOTAL, RUN_PHASES };

typedef struct run {
  /* Options. */
  fcgi_call call;
  int shows_head, shows_time, is_json, fails, is_cgi, is_verbose, is_new_each;
  unsigned role;    /* an fcl_role; 0: responder */
  const char *file; /* for a filter */
  int is_raw;
  const char *stay, *stays[2]; /* stays: {its whole address, NULL} */
  int starts_only;
  unsigned processes, max_params;
  unsigned repeat, timeout_ms, start_ms, connect_ms, first_ms;
  fcgi_target target;
  /* The exchange at hand. */
  uv_loop_t loop;
  uv_signal_t signals[RUN_SIGNALS];
  uv_timer_t limit;
  fcgi_output out;
  fcl_client *client;
  fcl_pool *pool;
  fcl_request *request;
  unsigned number; /* of the request, from 1 */
  char *piece;     /* of the body */
  int64_t left;    /* of the body, not read yet */
  int file_fd;     /* of `file`; -1: none */
  int64_t file_length, file_modified, file_left;
  int is_finished; /* the body is */
  int http;        /* the answer's status; 0: no head came */
  int is_late;     /* --timeout is over */
  /* For JSON. */
  fcgi_json *headers;
  run_text reason, body, err;
  /* All of them. */
  fcgi_histogram phases[RUN_PHASES];
  int status; /* to exit with: the first that is not 0 */
  int signal; /* to end by; 0: none */
} run;

/* run_answer.c: starts request r->number. */
int run_start(run *r);
/* run.c: what follows after on_done. */
void run_next(run *r);

/* run_show.c */
void run_show_head(run *r, const fcl_head *head);
void run_show_time(run *r, const fcl_result *result);
void run_show_summary(run *r);
void run_show_json(run *r, const fcl_result *result, int status);
/* A CGI program answers even where there is no answer. */
void run_show_failure(run *r, fcl_code code);
void run_keep_head(run *r, const fcl_head *head);
void run_keep(run_text *to, const char *bytes, size_t len);
void run_forget(run *r);

#endif
