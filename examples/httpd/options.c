/* options.c: reads the command line, by the table of what there is. */
#include "options.h"
#include "option_table.h"
#include "text.h"
#include "words.h"
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void print_help(const char *help) {
  for (; *help; help++) {
    putchar(*help);
    if (*help == '\n')
      fputs("                              ", stdout);
  }
  putchar('\n');
}

static void show_help(void) {
  unsigned i;
  puts("usage: httpd [OPTION]...\n"
       "Serves files, and FastCGI applications beside them.  Ends with 0 after SIGTERM or SIGINT, "
       "when the requests that\n"
       "it has are finished.\n");
  for (i = 0; i < option_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "--%s %s", option_table[i].name,
             option_table[i].argument ? option_table[i].argument : "");
    printf("  %-27s ", name);
    print_help(option_table[i].help);
  }
  puts("  --version, --help\n\n"
       "N in milliseconds where the name ends in -ms; \"never\": no limit.  In parentheses: "
       "without the option.\n"
       "Access log: METHOD TARGET STATUS BYTES MILLISECONDS.  What goes wrong is said on stderr.");
}

static const option *find(const char *name, size_t len) {
  unsigned i;
  for (i = 0; i < option_count; i++)
    if (strlen(option_table[i].name) == len && memcmp(option_table[i].name, name, len) == 0)
      return &option_table[i];
  return NULL;
}

/* Reads one option at argv[*i], with its argument behind it or behind a '='. */
static int read_one(options *o, char **argv, int *i) {
  const char *name = argv[*i], *value = NULL;
  size_t len = strcspn(name, "=");
  const option *what = strncmp(name, "--", 2) == 0 ? find(name + 2, len - 2) : NULL;
  if (what == NULL) {
    fprintf(stderr, "httpd: there is no option %s. `httpd --help` lists all options.\n", name);
    return -1;
  }
  if (what->argument == NULL)
    return name[len] ? complain(what, name + len + 1, "it takes no argument")
                     : what->read(what, o, NULL);
  value = name[len] ? name + len + 1 : argv[*i + 1] ? argv[++*i] : NULL;
  if (value == NULL)
    return complain(what, "", "its argument is missing");
  return what->read(what, o, value);
}

static void set_defaults(options *o) {
  memset(o, 0, sizeof *o);
  o->threads = 1;
  o->max_body = INT64_MAX;
  o->max_chunked = 8 << 20;
  o->header_ms = 30000;
  o->keep_alive_ms = o->client_ms = 60000;
  o->drain_ms = 10000;
  o->recheck_ms = 1000;
  o->pool.gather_memory = 1 << 20; /* of all: gather_memory_all */
  o->pool.read_ahead = 64 << 10;
  o->pool.gather_file = o->pool.read_ahead_file = 1 << 30;
}

static void set_windows(options *o) {
  o->pool.gather = !o->no_gather;
  if (o->pool.gather_file == 0)
    o->pool.gather_file = FCL_NONE;
  if (o->no_read_ahead)
    o->pool.read_ahead = o->pool.read_ahead_file = 0;
}

static int finish(options *o) {
  static const option listen = {"listen", NULL, NULL, NULL, 0},
                      root = {"root", NULL, NULL, NULL, 0};
  if (o->config && o->app_count) {
    fputs("httpd: --config says what the applications are; leave --app and --connect out.\n",
          stderr);
    return -1;
  }
  if (o->listen == NULL)
    read_listen(&listen, o, "127.0.0.1:8080");
  if (o->root == NULL && read_root(&root, o, "."))
    return -1;
  if (o->index_count == 0) {
    o->index[o->index_count++] = "index.php";
    o->index[o->index_count++] = "index.html";
  }
  set_windows(o);
  if (o->env_count)
    o->pool.env = environment_with(o->env, o->env_count);
  return o->env_count && o->pool.env == NULL ? -1 : 0;
}

int options_read(options *o, int argc, char **argv, int *status) {
  int i;
  set_defaults(o);
  *status = 0;
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0)
      return show_help(), -1;
    if (strcmp(argv[i], "--version") == 0)
      return printf("httpd of libfcgiclient %s\n", fcl_version_string()), -1;
    if (read_one(o, argv, &i))
      return *status = 2, -1;
  }
  if (finish(o))
    return *status = 2, -1;
  return 0;
}
