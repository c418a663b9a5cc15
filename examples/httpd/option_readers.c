/* option_readers.c: reads the value of an option into the options. */
#include "option_table.h"
#include "system.h"
#include "text.h"
#include "words.h"
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

int complain(const option *what, const char *value, const char *why) {
  fprintf(stderr, "httpd: --%s %s: %s. `httpd --help` lists all options.\n", what->name, value,
          why);
  return -1;
}

#define FIELD(o, what, type) ((type *) (void *) ((char *) (o) + (what)->offset))

int read_flag(const option *what, options *o, const char *value) {
  *FIELD(o, what, int) = 1;
  return 0;
}

int read_flag_unsigned(const option *what, options *o, const char *value) {
  *FIELD(o, what, unsigned) = 1;
  return 0;
}

int read_text(const option *what, options *o, const char *value) {
  *FIELD(o, what, const char *) = value;
  return 0;
}

static int parse(const char *value, uint64_t max, uint64_t *out) {
  char *end;
  errno = 0;
  *out = strtoull(value, &end, 10);
  return *value >= '0' && *value <= '9' && *end == 0 && errno == 0 && *out <= max;
}

/* 0 is FCL_NONE, "never" FCL_NEVER: the 0 of the struct would mean the default. */
int read_number(const option *what, options *o, const char *value) {
  uint64_t n;
  if (strcmp(value, "never") == 0)
    n = FCL_NEVER;
  else if (!parse(value, 0x7fffffff, &n))
    return complain(what, value, "it takes a whole number up to 2147483647, or \"never\"");
  *FIELD(o, what, unsigned) = n ? (unsigned) n : FCL_NONE;
  return 0;
}

int read_processes(const option *what, options *o, const char *value) {
  if (strcmp(value, "auto") != 0)
    return read_number(what, o, value);
  o->pool.max_processes = FCL_AUTO;
  return 0;
}

int read_bytes(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, INT64_MAX, &n))
    return complain(what, value, "it takes a whole number of bytes");
  *FIELD(o, what, uint64_t) = n;
  return 0;
}

int read_size(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, 1 << 30, &n) || n == 0)
    return complain(what, value, "it takes a whole number of bytes, at least 1");
  *FIELD(o, what, size_t) = (size_t) n;
  return 0;
}

int read_multiplex(const option *what, options *o, const char *value) {
  uint64_t n;
  if (strcmp(value, "auto") == 0) {
    o->pool.per_connection = FCL_AUTO;
    return 0;
  }
  if (!parse(value, 65535, &n) || n == 0)
    return complain(what, value, "it takes a number from 1 to 65535, or auto");
  o->pool.per_connection = (unsigned) n;
  return 0;
}

int read_status(const option *what, options *o, const char *value) {
  static const char *const names[] = {"loopback", "all", "off"};
  unsigned n;
  for (n = 0; n < 3; n++)
    if (strcmp(value, names[n]) == 0) {
      o->status = (status_for) n;
      return 0;
    }
  return complain(what, value, "it takes loopback, all or off");
}

int read_threads(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, THREADS_MAX, &n) || n == 0)
    return complain(what, value, "it takes a number from 1 to 64");
  o->threads = (unsigned) n;
  return 0;
}

/* "127.0.0.1:80", "[::1]:80", "localhost:80", ":80". */
int read_listen(const option *what, options *o, const char *value) {
  const char *colon = strrchr(value, ':'), *host = value;
  size_t len = colon ? (size_t) (colon - value) : 0;
  uint64_t port;
  if (colon == NULL || !parse(colon + 1, 65535, &port))
    return complain(what, value, "it takes HOST:PORT, with a port from 0 to 65535");
  if (len >= 2 && host[0] == '[' && host[len - 1] == ']')
    host++, len -= 2;
  if (len >= sizeof o->host)
    return complain(what, value, "the host's name is too long");
  memcpy(o->host, host, len);
  o->host[len] = 0;
  snprintf(o->port, sizeof o->port, "%u", (unsigned) port);
  o->listen = value;
  return 0;
}

int read_root(const option *what, options *o, const char *value) {
  const char *why;
  char *path = real_path(value, &why);
  size_t len = path ? strlen(path) : 0;
  if (path == NULL)
    return complain(what, value, why);
  if (len > 0 && path[len - 1] == '/') /* the root, or a drive's */
    path[len - 1] = 0;
  free(o->root); /* said before */
  o->root = path;
  return 0;
}

static int has_extension(const app *a, const char *value, size_t len) {
  fcl_slice e = a->extension;
  if (e.len == len + 1 && e.base[0] == '.' && value[0] != '.' && value[0] != '/')
    return memcmp(e.base + 1, value, len) == 0;
  return e.len == len && memcmp(e.base, value, len) == 0;
}

/* One that is reached by address already: this is another address of it. */
static app *find_reached(options *o, const char *value) {
  const char *equals = strchr(value, '=');
  unsigned i;
  for (i = 0; equals && i < o->app_count; i++)
    if (o->apps[i].addresses[0] && has_extension(&o->apps[i], value, (size_t) (equals - value)))
      return &o->apps[i];
  return NULL;
}

/* "php=...", ".php=...", "/=...": makes the next app, and gives what stands behind the '='. */
static const char *next_app(const option *what, options *o, const char *value) {
  const char *equals = strchr(value, '=');
  app *a = &o->apps[o->app_count];
  size_t len = equals ? (size_t) (equals - value) : 0;
  char *extension;
  if (len == 0 || (len > 1 && memchr(value, '/', len))) {
    complain(what, value, "it takes EXTENSION=..., as in .php=..., or /=... for every path");
    return NULL;
  }
  if (o->app_count == APPS_MAX || (extension = malloc(len + 2)) == NULL) {
    complain(what, value, "there are too many applications");
    return NULL;
  }
  extension[0] = '.';
  memcpy(extension + 1, value, len);
  extension[len + 1] = 0;
  if (value[0] == '.' || value[0] == '/')
    a->extension = slice(extension + 1, len);
  else
    a->extension = slice(extension, len + 1);
  o->app_count++;
  return equals + 1;
}

static int read_command(const option *what, app *a, const char *value, const char *command) {
  const char *why;
  a->argv = words_split(command, &why);
  if (a->argv == NULL)
    return complain(what, value, why);
  a->program = system_program(a->argv[0]);
  if (a->program == NULL)
    return complain(what, value, "there is no such program, or it may not be run");
  return 0;
}

int read_app(const option *what, options *o, const char *value) {
  const char *command = next_app(what, o, value);
  if (command == NULL)
    return -1;
  return read_command(what, &o->apps[o->app_count - 1], value, command);
}

int read_authorizer(const option *what, options *o, const char *value) {
  app *a = &o->authorizer;
  if (a->program || a->addresses[0])
    return complain(what, value, "there are two authorizers");
  a->extension = LITERAL("authorizer");
  if (strncmp(value, "unix:", 5) != 0 && strncmp(value, "tcp:", 4) != 0 &&
      strncmp(value, "pipe:", 5) != 0)
    return read_command(what, a, value, value);
  a->addresses[0] = value;
  return 0;
}

int read_stderr(const option *what, options *o, const char *value) {
  static const char *const names[] = {"ignore", "in-500", "generic-500", "terminate"};
  unsigned n;
  for (n = 0; n < 4; n++)
    if (strcmp(value, names[n]) == 0) {
      o->pool.stderr_mode = (fcl_stderr) n;
      return 0;
    }
  return complain(what, value, "it takes ignore, in-500, generic-500 or terminate");
}

int read_ready(const option *what, options *o, const char *value) {
  static const char *const names[] = {"started", "accepted", "answered", "probed"};
  unsigned n;
  for (n = 0; n < 4; n++)
    if (strcmp(value, names[n]) == 0) {
      o->pool.ready = (fcl_ready) n;
      return 0;
    }
  return complain(what, value, "it takes started, accepted, answered or probed");
}

int read_connect(const option *what, options *o, const char *value) {
  app *a = find_reached(o, value);
  const char *address = a ? strchr(value, '=') + 1 : next_app(what, o, value);
  unsigned n = 0;
  if (address == NULL)
    return -1;
  if (a == NULL)
    a = &o->apps[o->app_count - 1];
  while (a->addresses[n])
    n++;
  if (n == ADDRESSES_MAX)
    return complain(what, value, "the application has too many addresses");
  a->addresses[n] = address;
  return 0;
}

int read_probe(const option *what, options *o, const char *value) {
  if (o->probe_count == PROBE_MAX)
    return complain(what, value, "there are too many parameters");
  if (strchr(value, '=') == NULL || value[0] == '=')
    return complain(what, value, "it takes NAME=VALUE");
  o->probe[o->probe_count++] = value;
  o->pool.probe = o->probe;
  return 0;
}

int read_balance(const option *what, options *o, const char *value) {
  if (strcmp(value, "least") == 0)
    o->pool.balance = FCL_BALANCE_LEAST;
  else if (strcmp(value, "round-robin") == 0)
    o->pool.balance = FCL_BALANCE_ROUND_ROBIN;
  else
    return complain(what, value, "it takes least or round-robin; --affinity says who stays where");
  return 0;
}

/* "address", "cookie:NAME", "header:NAME" */
int read_affinity(const option *what, options *o, const char *value) {
  const char *colon = strchr(value, ':');
  char *name = NULL, *at;
  if (strcmp(value, "address") == 0)
    o->affinity = AFFINITY_ADDRESS;
  else if (strncmp(value, "cookie:", 7) == 0)
    o->affinity = AFFINITY_COOKIE;
  else if (strncmp(value, "header:", 7) == 0)
    o->affinity = AFFINITY_HEADER;
  else
    return complain(what, value, "it takes address, cookie:NAME or header:NAME");
  if (colon && (colon[1] == 0 || (name = malloc(strlen(colon))) == NULL))
    return complain(what, value, "a name must stand behind the ':'");
  if (name)
    strcpy(name, colon + 1);
  for (at = name; at && *at && o->affinity == AFFINITY_HEADER; at++)
    if (*at >= 'A' && *at <= 'Z')
      *at = (char) (*at + 32);
  o->affinity_name = name;
  o->pool.balance = FCL_BALANCE_AFFINITY;
  return 0;
}

int read_index(const option *what, options *o, const char *value) {
  if (o->index_count == INDEX_MAX)
    return complain(what, value, "there are too many index names");
  if (*value == 0 || strchr(value, '/'))
    return complain(what, value, "it takes the name of a file, without a '/'");
  o->index[o->index_count++] = value;
  return 0;
}

/* Files of the command line are where we are, those of a pool where its program is. */
int read_monitor(const option *what, options *o, const char *value) {
  char here[4096], *path;
  size_t room = sizeof here;
  int is_absolute = system_is_absolute(value);
  unsigned n = 0;
  while (o->monitor[n])
    n++;
  if (n == MONITOR_MAX)
    return complain(what, value, "there are too many files");
  if (uv_cwd(here, &room) || (path = malloc(strlen(here) + strlen(value) + 2)) == NULL)
    return complain(what, value, "there is no memory, or no current folder");
  sprintf(path, "%s%s%s", is_absolute ? "" : here, is_absolute ? "" : "/", value);
  o->monitor[n] = path;
  return 0;
}

static int is_pair(const char *value) {
  return strchr(value, '=') != NULL && value[0] != '=';
}

int read_env(const option *what, options *o, const char *value) {
  if (o->env_count == ENV_MAX)
    return complain(what, value, "there are too many variables");
  if (!is_pair(value))
    return complain(what, value, "it takes NAME=VALUE");
  o->env[o->env_count++] = value;
  return 0;
}

/* What the library counts on: which requests may be sent again, how long a body is. */
static int is_its_own(fcl_slice name) {
  static const char *const own[] = {"REQUEST_METHOD", "CONTENT_LENGTH"};
  size_t i;
  for (i = 0; i < sizeof own / sizeof *own; i++)
    if (name.len == strlen(own[i]) && memcmp(name.base, own[i], name.len) == 0)
      return 1;
  return 0;
}

int read_param(const option *what, options *o, const char *value) {
  fcl_header *param = &o->params[o->param_count];
  if (o->param_count == PARAM_MAX)
    return complain(what, value, "there are too many parameters");
  if (!is_pair(value))
    return complain(what, value, "it takes NAME=VALUE");
  param->name.base = value;
  param->name.len = (size_t) (strchr(value, '=') - value);
  param->value.base = value + param->name.len + 1;
  param->value.len = strlen(param->value.base);
  if (is_its_own(param->name))
    return complain(what, value, "httpd alone can say that of a request");
  o->param_count++;
  return 0;
}
