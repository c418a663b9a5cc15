/* fcgi.h: what the subcommands of the command `fcgi` share: options, TARGET, exit statuses. */
#ifndef FCGI_H
#define FCGI_H
#include "../format.h"
#include <fcgiclient/fcgiclient.h>
struct fcl_program;

/* ---- Exit statuses, the same for every subcommand; 0 to 63 are the application's own ---- */

enum {
  FCGI_OK = 0,
  FCGI_STATUS_MAX = 63,  /* END_REQUEST's appStatus, up to here */
  FCGI_STATUS_MORE = 64, /* it was larger */
  FCGI_USAGE = 65,       /* the command line is wrong, or a file that it names */
  FCGI_NO_CONNECTION = 66,
  FCGI_TIMEOUT = 67,
  FCGI_PROTOCOL = 68,  /* the application broke off, or broke the rules */
  FCGI_HTTP_ERROR = 69 /* with --fail: the answer's status is 400 or above */
};

/* The exit status that fits an error of the library. */
int fcgi_exit_of(fcl_code code);

/* ---- Subcommands: one per file, argv[0] is its name; each returns an exit status ---- */

int fcgi_run(int argc, char **argv);
int fcgi_bench(int argc, char **argv);
int fcgi_app(int argc, char **argv);
int fcgi_play(int argc, char **argv);
int fcgi_check(int argc, char **argv);
int fcgi_record(int argc, char **argv);
int fcgi_dump(int argc, char **argv);
int fcgi_ctl(int argc, char **argv);
int fcgi_top(int argc, char **argv);
int fcgi_config(int argc, char **argv);

/* Says "fcgi: SENTENCE" on stderr. */
void fcgi_say(const char *format, ...) FCL__FORMAT(1, 2);

/* ---- Options ---- */

typedef struct fcgi_option fcgi_option;

/* What a subcommand understands.  --help comes by itself. */
typedef struct fcgi_syntax {
  const char *command;        /* "run" */
  const char *usage;          /* behind it: "[OPTION]... TARGET [ARG]..." */
  const char *about;          /* a sentence or two, lines to 100 */
  const fcgi_option *options; /* ended by one without a name */
  const char *notes;          /* what --help says behind the options; NULL: nothing */
} fcgi_syntax;

/* Reads the value of an option into the field at what->offset of `to`.  Returns 0, or -1 after
   fcgi_complain. */
typedef int fcgi_reader(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                        const char *value);

struct fcgi_option {
  const char *name;     /* "script": --script */
  char letter;          /* 'i': -i; 0: none */
  const char *argument; /* "FILE"; NULL: it takes none, and value is NULL */
  const char *help;     /* may have several lines */
  fcgi_reader *read;
  size_t offset;
};

/* "fcgi run: --body x: WHY. `fcgi run --help` lists all options."  Returns -1. */
int fcgi_complain(const fcgi_syntax *syntax, const fcgi_option *what, const char *value,
                  const char *why);

fcgi_reader fcgi_read_flag;   /* int: 1 */
fcgi_reader fcgi_read_text;   /* const char *: lent */
fcgi_reader fcgi_read_number; /* unsigned, up to 2147483647 */
/* unsigned, in milliseconds: "250ms", "5s", "2m", "never"; a number alone is seconds.  As
   fcl_pool_options has it: 0 is FCL_NONE, never FCL_NEVER. */
fcgi_reader fcgi_read_time;
fcgi_reader fcgi_read_role; /* unsigned: an fcl_role, by its name */
fcgi_reader fcgi_read_list; /* fcgi_list: appends */

/* Texts of an option that may be repeated; lent from argv. */
typedef struct fcgi_list {
  const char **texts;
  size_t count;
} fcgi_list;

/* What is left of a command line behind its options. */
typedef struct fcgi_rest {
  int argc;
  char **argv;
  int is_verbatim; /* "--" stood in front of it */
  int before;      /* so many arguments stand in front of argv, options */
} fcgi_rest;

/* Reads options up to the first argument that is none, or past "--" ("-" is no option).  Returns 1;
   or 0 and the exit status, after --help or a complaint. */
int fcgi_options_read(const fcgi_syntax *syntax, void *to, int argc, char **argv, fcgi_rest *rest,
                      int *status);

/* ---- TARGET [ARG]... ---- */

/* A program to start, with its arguments; or an address. */
typedef struct fcgi_target {
  const char *text;         /* as it was given */
  char *address;            /* whole; NULL: it is a program */
  const char *addresses[2]; /* {address, NULL} */
  char *program;            /* its absolute path, found in $PATH when the name has no '/' */
  char **argv;              /* NULL-ended; argv[0] is `text` */
} fcgi_target;

/* Reads all of `rest`.  An option of ours behind TARGET is refused with the right order, unless
   "--" stands in front of it.  Returns 1; or 0 and the exit status, after saying why. */
int fcgi_target_read(fcgi_target *target, const fcgi_syntax *syntax, const fcgi_rest *rest,
                     int *status);
void fcgi_target_free(fcgi_target *target);
/* Sets program and argv, or addresses; lent as long as the target lives. */
void fcgi_target_to_pool(const fcgi_target *target, fcl_pool_options *pool);
/* Starts the program, for tools that speak with it byte by byte; *program stays NULL where TARGET
   is an address.  Returns 1; 0 after saying why not. */
int fcgi_target_start(const fcgi_target *target, struct fcl_program **program,
                      const char **address);
/* 1 for "unix:..." and "tcp:...". */
int fcgi_is_address(const char *text);
/* The address, allocated; "unix:name.sock" with the current folder in front.  NULL: no memory. */
char *fcgi_whole_address(const char *text);

#endif
