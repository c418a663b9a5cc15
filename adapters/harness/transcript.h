/* transcript.h: a transcript in memory: cases, steps, what each line says.  The reader fills it; it
 * knows no sockets. */
#ifndef FCL_HARNESS_TRANSCRIPT_H
#define FCL_HARNESS_TRANSCRIPT_H
#include "format.h"
#include <fcgiclient/harness.h>

#define FCL__TEXT_MAX (32u << 20) /* of a file */
#define FCL__BYTES_MAX                                                                             \
  (128u << 20) /* that one transcript may take in memory, random() and repeat() included */
#define FCL__STEPS_MAX 100000u
#define FCL__ARGS_MAX  1024u /* on a line */

/* Memory that goes all at once, up to FCL__BYTES_MAX. */
typedef struct fcl__arena {
  struct fcl__arena_block *blocks;
  size_t total;
} fcl__arena;
/* arena.c */
void *fcl__arena_take(fcl__arena *a,
                      size_t size); /* zeroed; NULL: out of memory, or above the bound */
void fcl__arena_free(fcl__arena *a);

/* Bytes as a line says them.  `gaps` are places where any other bytes may stand: `...`. */
typedef struct fcl__pattern {
  const char *base;
  size_t len;
  const size_t *gaps; /* offsets in base, ascending */
  size_t gap_count;
} fcl__pattern;

typedef enum fcl__arg_kind {
  FCL__ARG_WORD,  /* name */
  FCL__ARG_BYTES, /* value */
  FCL__ARG_NAMED, /* name, op, value */
  FCL__ARG_MORE,  /* ... */
  FCL__ARG_OPEN,  /* { */
  FCL__ARG_CLOSE, /* } */
  FCL__ARG_OR     /* | */
} fcl__arg_kind;

typedef struct fcl__arg {
  fcl__arg_kind kind;
  char op; /* '=' or '~' */
  unsigned column;
  fcl_slice name;
  fcl_slice value;
  int is_any;    /* NAME=... */
  int is_quoted; /* the name stood in quotes: it is no word of ours */
} fcl__arg;

/* What a line of the wire may be about. */
typedef enum fcl__wire_kind {
  FCL__WIRE_RECORD,
  FCL__WIRE_RAW,
  FCL__WIRE_CLOSE,
  FCL__WIRE_RESET,
  FCL__WIRE_HALF_CLOSE,
  FCL__WIRE_CUT,
  FCL__WIRE_PIECES,
  FCL__WIRE_NOTHING, /* within `number` ms */
  FCL__WIRE_ANY      /* ...: whatever comes from here on */
} fcl__wire_kind;

typedef enum fcl__attr {
  FCL__ATTR_ID,
  FCL__ATTR_ROLE,
  FCL__ATTR_FLAGS,
  FCL__ATTR_APP,
  FCL__ATTR_STATUS,
  FCL__ATTR_TYPE,
  FCL__ATTR_PADDING,
  FCL__ATTR_LENGTH,
  FCL__ATTR_VERSION,
  FCL__ATTR_RESERVED,
  FCL__ATTR_COUNT
} fcl__attr;

typedef struct fcl__pair {
  fcl_slice name, value;
  int is_any; /* whatever its value */
} fcl__pair;

typedef enum fcl__shape {
  FCL__SHAPE_NONE,   /* nothing is said of the content */
  FCL__SHAPE_RECORD, /* these bytes, in one record */
  FCL__SHAPE_STREAM  /* { }: in any cut, up to the stream's end */
} fcl__shape;

typedef struct fcl__wire {
  fcl__wire_kind kind;
  unsigned type;   /* of the record */
  unsigned number; /* cut, pieces, within */
  unsigned given;  /* bits of fcl__attr */
  uint32_t attr[FCL__ATTR_COUNT];
  fcl_slice var; /* id=$NAME: NAME */
  fcl__shape shape;
  int has_pairs; /* the content is said as pairs, not as bytes */
  int is_open;   /* the stream goes on behind these bytes */
  int is_more;   /* other pairs may be there */
  fcl__pattern bytes;
  const fcl__pair *pairs;
  size_t pair_count;
  int is_summed; /* said by its length and sum: length in sum_len */
  uint64_t sum_len;
  uint8_t sum[32];
} fcl__wire;

typedef enum fcl__verb {
  FCL__VERB_REQUEST,
  FCL__VERB_WRITE,
  FCL__VERB_FINISH,
  FCL__VERB_HOLD,
  FCL__VERB_RESUME,
  FCL__VERB_CANCEL,
  FCL__VERB_HEAD,
  FCL__VERB_BODY,
  FCL__VERB_STDERR,
  FCL__VERB_SENT,
  FCL__VERB_DONE,
  FCL__VERB_EVENT
} fcl__verb;

typedef enum fcl__step_kind {
  FCL__STEP_CONNECTION,
  FCL__STEP_REFUSE,
  FCL__STEP_SERVER,  /* > */
  FCL__STEP_APP,     /* < */
  FCL__STEP_CALL,    /* ! */
  FCL__STEP_OUTCOME, /* = */
  FCL__STEP_WAIT,
  FCL__STEP_STOP_READING
} fcl__step_kind;

typedef struct fcl__step {
  fcl__step_kind kind;
  unsigned line;
  unsigned number;      /* of the connection; ms */
  fcl_slice text;       /* the line */
  const fcl__wire *any; /* > and <: one of these */
  size_t any_count;
  fcl__verb verb;
  int is_no; /* = no ... within `number` ms */
  fcl_slice name;
  const fcl__arg *args; /* ! and =: what stands behind the verb; `|` in between */
  size_t arg_count;
  fcl__pattern bytes; /* ! write, = body, = stderr */
} fcl__step;

typedef struct fcl__case {
  fcl_slice name;  /* behind --- */
  fcl_slice claim; /* "": none */
  unsigned line;
  const fcl__arg *pool; /* NAME=VALUE */
  size_t pool_count;
  const fcl__arg *proves; /* words behind the claim */
  size_t proves_count;
  fcl__step *steps;
  size_t count, room;
  int is_whole;  /* not to be cut by --split */
  int is_direct; /* not to be played through a relay */
  int is_again;  /* for a real server: begins anew with the next connection */
} fcl__case;

typedef struct fcl__transcript {
  fcl__arena arena;
  const char *file;
  fcl__case *cases;
  size_t count, room;
} fcl__transcript;

/* Reads a transcript.  `file` is for messages.  FCL_OK; or FCL_E_CONFIG with "FILE, line N, column
 * N: ..." */
int fcl__transcript_read(fcl__transcript **t, const char *file, const char *text, size_t len,
                         fcl_error *e);
void fcl__transcript_free(fcl__transcript *t);

/* ---- What the parts of the reader share ---- */

typedef struct fcl__reader {
  fcl__transcript *t;
  const char *file;
  unsigned line;
  const char *start, *at, *end; /* of the line */
  const char *next;             /* line */
  fcl__arg args[FCL__ARGS_MAX]; /* of the line */
  size_t count;
  size_t taken; /* of args */
  fcl_error *error;
} fcl__reader;

/* Notes where and what; returns 0. */
int fcl__reader_fail(fcl__reader *r, unsigned column, const char *fmt, ...) FCL__FORMAT(3, 4);
void *fcl__reader_take(fcl__reader *r, size_t size); /* NULL: noted */
int fcl__reader_args(fcl__reader *r);                /* line -> args; transcript_line.c */
/* The next argument, or NULL at the line's end; it is taken. */
const fcl__arg *fcl__reader_next(fcl__reader *r);
const fcl__arg *fcl__reader_peek(const fcl__reader *r);
unsigned fcl__reader_column(const fcl__reader *r);    /* of the next argument */
int fcl__arg_is(const fcl__arg *a, const char *word); /* the bare word */
int fcl__slice_is(fcl_slice s, const char *text);
int fcl__slice_number(fcl_slice s, uint64_t max, uint64_t *n); /* decimal or 0x; 1: it is one */
/* All byte arguments and gaps from here to a closing brace, `|` or the end, as one pattern. */
int fcl__reader_pattern(fcl__reader *r, fcl__pattern *out);
int fcl__reader_wire(fcl__reader *r, fcl__step *step);    /* > and <; transcript_wire.c */
int fcl__reader_call(fcl__reader *r, fcl__step *step);    /* !; transcript_call.c */
int fcl__reader_outcome(fcl__reader *r, fcl__step *step); /* =; transcript_call.c */
int fcl__reader_pool(fcl__reader *r, fcl__case *c);       /* pool; transcript_call.c */
int fcl__reader_ms(fcl__reader *r, unsigned *ms);         /* 300ms, 2s */
int fcl__reader_end(fcl__reader *r);                      /* nothing may follow */
int fcl__read_sum(fcl_slice hex, uint8_t sum[32]);        /* 64 hex digits */

/* "STDOUT"; NULL for a number that is no type.  text.c */
const char *fcl__type_name(unsigned type);

/* ---- sums.c ---- */

/* The bytes of random(n, seed): printable by no means, and the same for ever. */
void fcl__random_bytes(char *out, size_t len, uint64_t seed);

typedef struct fcl__sha256 {
  uint32_t h[8];
  uint64_t len;
  uint8_t block[64];
} fcl__sha256;
void fcl__sha256_init(fcl__sha256 *s);
void fcl__sha256_add(fcl__sha256 *s, const void *data, size_t len);
void fcl__sha256_end(fcl__sha256 *s, uint8_t sum[32]);
#endif
