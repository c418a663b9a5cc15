/* order.h: what host and guardian say to each other over a stream socket: orders one way, reports
   the other. Pure: bytes in, bytes out.  Used by the library and by the fcl-guardian program. */
#ifndef FCL__ORDER_H
#define FCL__ORDER_H
#include <stddef.h>
#include <stdint.h>

#define FCL__ORDER_VERSION 2u
#define FCL__ORDER_HEAD                                                                            \
  28u /* bytes: text length, kind, id, number, argc, envc, termc; 4 each, big-endian */
#define FCL__ORDER_MAX                                                                             \
  (8u << 20) /* bytes of text; Linux takes no more than 6 MiB for arguments and environment */
#define FCL__REPORT_SIZE 16u /* bytes: kind, id, number, detail; 4 each, big-endian */

typedef enum fcl__order_kind {
  FCL__ORDER_HELLO = 1, /* the first: id is the host's pid, number is FCL__ORDER_VERSION */
  FCL__ORDER_DIRECTORY, /* directory: what to remove, with the sockets in it, when the host has died
                         */
  FCL__ORDER_START,     /* number is stop_ms; with its first byte come two descriptors: listener and
                           output */
  FCL__ORDER_STOP,      /* number 0: ask it to leave; 1: end it and all its descendants */
  FCL__ORDER_LEAVE,     /* end everything by force, then leave */
  FCL__ORDER_POLICY /* terms: what may be started, and as whom; once, before anything is started */
} fcl__order_kind;

typedef struct fcl__order {
  fcl__order_kind kind;
  uint32_t id, number, argc, envc, termc;
  const char *path, *directory;         /* NULL is written as "" */
  const char *const *argv, *const *env; /* to write only */
  const char *const *terms;             /* likewise; what they say: terms.h */
  const char *strings; /* when read: argc + envc + termc strings, one behind the other; lent */
} fcl__order;

/* The bytes that the order takes, or 0 when that is more than FCL__ORDER_MAX allows. */
size_t fcl__order_size(const fcl__order *o);
/* Writes exactly fcl__order_size(o) bytes. */
void fcl__order_write(const fcl__order *o, uint8_t *out);
/* Reads the head: 0 and the length of the text that follows, or -1 when no host wrote this. */
int fcl__order_read_head(const uint8_t head[FCL__ORDER_HEAD], fcl__order *o, size_t *text_len);
/* Reads the text, which stays lent to the order: 0, or -1 when no host wrote this. */
int fcl__order_read_text(fcl__order *o, const char *text, size_t len);
/* Fills argv (argc + 1 places) and env (envc + 1), both NULL-ended, with pointers into the text. */
void fcl__order_vectors(const fcl__order *o, char **argv, char **env);
/* The first of the terms of an order that was read; each of the others begins behind the end of the
   one before. */
const char *fcl__order_terms(const fcl__order *o);

typedef enum fcl__report_kind {
  FCL__REPORT_READY = 1, /* the first: number is FCL__ORDER_VERSION */
  FCL__REPORT_STARTED,   /* number is the pid */
  FCL__REPORT_FAILED,    /* number is an errno, detail a stage */
  FCL__REPORT_EXITED /* number is the exit status, detail 0; or number is 0 and detail the signal */
} fcl__report_kind;

/* Where a start failed. */
typedef enum fcl__stage {
  FCL__STAGE_ORDER = 1, /* the order itself: memory, descriptors */
  FCL__STAGE_FORK,
  FCL__STAGE_SETUP,     /* descriptors, group, signals */
  FCL__STAGE_DIRECTORY, /* chdir */
  FCL__STAGE_EXEC,
  FCL__STAGE_POLICY, /* the guardian refuses; the number is an fcl__refusal */
  FCL__STAGE_USER,   /* to become another user */
  FCL__STAGE_LIMITS  /* resource limits */
} fcl__stage;

/* Why the guardian refuses to start something. */
typedef enum fcl__refusal {
  FCL__REFUSED_TERMS = 1, /* terms that nobody understands */
  FCL__REFUSED_UNSEALED,  /* another user, and no policy allows any */
  FCL__REFUSED_ROOT,      /* uid 0 or gid 0 */
  FCL__REFUSED_UID,
  FCL__REFUSED_GID,
  FCL__REFUSED_PROGRAM,
  FCL__REFUSED_DIRECTORY,
  FCL__REFUSED_VARIABLE /* an environment variable that would change the program: LD_... */
} fcl__refusal;

typedef struct fcl__report {
  fcl__report_kind kind;
  uint32_t id, number, detail;
} fcl__report;

void fcl__report_write(const fcl__report *r, uint8_t out[FCL__REPORT_SIZE]);
int fcl__report_read(const uint8_t in[FCL__REPORT_SIZE],
                     fcl__report *r); /* 0, or -1: no guardian wrote this */
#endif
