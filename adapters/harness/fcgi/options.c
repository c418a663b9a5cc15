/* options.c: reads the options of a subcommand by a table of what there is, and shows that table.
 */
#include "fcgi.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fcgi_complain(const fcgi_syntax *syntax, const fcgi_option *what, const char *value,
                  const char *why) {
  fprintf(stderr, "fcgi %s: --%s%s%s: %s. `fcgi %s --help` lists all options.\n", syntax->command,
          what->name, value ? " " : "", value ? value : "", why, syntax->command);
  return -1;
}

/* ---- Readers ---- */

#define FIELD(type, to, what) ((type *) (void *) ((char *) (to) + (what)->offset))

int fcgi_read_flag(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  *FIELD(int, to, what) = 1;
  return 0;
}

int fcgi_read_text(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  *FIELD(const char *, to, what) = value;
  return 0;
}

int fcgi_read_number(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                     const char *value) {
  char *end;
  unsigned long n;
  errno = 0;
  n = strtoul(value, &end, 10);
  if (*value < '0' || *value > '9' || *end || errno || n > 0x7fffffff)
    return fcgi_complain(syntax, what, value, "it takes a whole number up to 2147483647");
  *FIELD(unsigned, to, what) = (unsigned) n;
  return 0;
}

int fcgi_read_time(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  static const struct unit {
    const char *name;
    double ms;
  } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}};
  unsigned *field = FIELD(unsigned, to, what);
  char *end;
  double n = strtod(value, &end);
  size_t i;
  if (strcmp(value, "never") == 0)
    return *field = FCL_NEVER, 0;
  for (i = 0; *value >= '0' && *value <= '9' && i < sizeof units / sizeof *units; i++)
    if (strcmp(end, units[i].name) == 0 && n * units[i].ms <= 0x7fffffff) {
      *field = (unsigned) (n * units[i].ms + 0.5);
      if (*field == 0)
        *field = FCL_NONE;
      return 0;
    }
  return fcgi_complain(syntax, what, value,
                       "it takes a time as in 250ms, 5s, 2m (a number alone: seconds), or never");
}

int fcgi_read_role(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  static const char *const names[] = {"responder", "authorizer", "filter"};
  unsigned i;
  for (i = 0; i < 3; i++)
    if (strcmp(value, names[i]) == 0)
      return *FIELD(unsigned, to, what) = FCL_RESPONDER + i, 0;
  return fcgi_complain(syntax, what, value, "it takes responder, authorizer or filter");
}

int fcgi_read_list(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  fcgi_list *list = FIELD(fcgi_list, to, what);
  const char **grown = realloc(list->texts, (list->count + 1) * sizeof *grown);
  if (grown == NULL)
    return fcgi_complain(syntax, what, value, "there is no memory for it");
  grown[list->count++] = value;
  list->texts = grown;
  return 0;
}

/* ---- Help ---- */

enum { HELP_COLUMN = 28 };

static void show_option(const fcgi_option *o) {
  char name[80];
  const char *help;
  snprintf(name, sizeof name, "%s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
           o->letter ? ", " : "  ", o->name, o->argument ? " " : "",
           o->argument ? o->argument : "");
  printf("  %-*s", HELP_COLUMN - 4, name);
  printf(strlen(name) > HELP_COLUMN - 4 ? "\n%*s" : "  ", HELP_COLUMN, "");
  for (help = o->help; *help; help++) {
    putchar(*help);
    if (*help == '\n')
      printf("%*s", HELP_COLUMN, "");
  }
  putchar('\n');
}

static void show_help(const fcgi_syntax *s) {
  const fcgi_option *o;
  printf("usage: fcgi %s %s\n%s\n\n", s->command, s->usage, s->about);
  for (o = s->options; o->name; o++)
    show_option(o);
  puts("      --help                this");
  if (s->notes)
    printf("\n%s\n", s->notes);
}

/* ---- Reading ---- */

static const fcgi_option *find(const fcgi_syntax *s, const char *arg, const char **value) {
  size_t len = strcspn(arg, "=");
  const fcgi_option *o;
  for (o = s->options; o->name; o++) {
    if (strncmp(arg, "--", 2) == 0 && strlen(o->name) == len - 2 &&
        memcmp(o->name, arg + 2, len - 2) == 0)
      return *value = arg[len] ? arg + len + 1 : NULL, o;
    if (arg[1] != '-' && o->letter == arg[1]) /* -d5 as -d 5 */
      return *value = arg[2] ? arg + 2 : NULL, o;
  }
  return NULL;
}

/* Reads one option at argv[*i], with its argument behind it or behind a '='. */
static int read_one(const fcgi_syntax *s, void *to, char **argv, int *i) {
  const char *value = NULL;
  const fcgi_option *what = find(s, argv[*i], &value);
  if (what == NULL) {
    fprintf(stderr, "fcgi %s: there is no option %s. `fcgi %s --help` lists all options.\n",
            s->command, argv[*i], s->command);
    return -1;
  }
  if (what->argument == NULL)
    return value ? fcgi_complain(s, what, value, "it takes no argument")
                 : what->read(s, what, to, NULL);
  if (value == NULL)
    value = argv[++*i];
  if (value == NULL)
    return fcgi_complain(s, what, NULL, "its argument is missing");
  return what->read(s, what, to, value);
}

int fcgi_options_read(const fcgi_syntax *syntax, void *to, int argc, char **argv, fcgi_rest *rest,
                      int *status) {
  int i;
  rest->is_verbatim = 0;
  for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--help") == 0)
      return show_help(syntax), *status = FCGI_OK, 0;
    if (strcmp(argv[i], "--") == 0) {
      rest->is_verbatim = 1;
      i++;
      break;
    }
    if (read_one(syntax, to, argv, &i))
      return *status = FCGI_USAGE, 0;
  }
  rest->before = i - 1 - rest->is_verbatim;
  rest->argc = argc - i;
  rest->argv = argv + i;
  return 1;
}
