/* option_table.h: what an option of the command line is. */
#ifndef HTTPD_OPTION_TABLE_H
#define HTTPD_OPTION_TABLE_H
#include "options.h"

typedef struct option {
  const char *name, *argument; /* argument NULL: none */
  const char *help;
  int (*read)(const struct option *, options *, const char *value);
  size_t offset;
} option;

/* option_table.c */
extern const option option_table[];
extern const unsigned option_count;

/* option_readers.c: "--listen x: WHY".  Returns -1. */
int complain(const option *what, const char *value, const char *why);
/* Each returns 0, or -1 after complain. */
typedef int option_reader(const option *, options *, const char *value);
option_reader read_affinity, read_ahead, read_ahead_file, read_app, read_authorizer, read_balance,
    read_bytes, read_connect, read_env, read_flag, read_flag_unsigned, read_index, read_listen,
    read_monitor, read_multiplex, read_number, read_param, read_probe, read_processes, read_ready,
    read_root, read_size, read_status, read_stderr, read_text, read_threads;
#endif
