/* options.c: reads the command line, by a table of what there is. */
#include "options.h"
#include "text.h"
#include "words.h"
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct option {
  const char *name, *argument; /* argument NULL: none */
  const char *help;
  int (*read)(const struct option *, options *, const char *value);
  size_t offset;
} option;

static int complain(const option *what, const char *value, const char *why) {
  fprintf(stderr, "httpd: --%s %s: %s. `httpd --help` lists all options.\n", what->name, value,
          why);
  return -1;
}

#define FIELD(o, what, type) ((type *) (void *) ((char *) (o) + (what)->offset))

static int read_flag(const option *what, options *o, const char *value) {
  *FIELD(o, what, int) = 1;
  return 0;
}

static int read_flag_unsigned(const option *what, options *o, const char *value) {
  *FIELD(o, what, unsigned) = 1;
  return 0;
}

static int read_text(const option *what, options *o, const char *value) {
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
static int read_number(const option *what, options *o, const char *value) {
  uint64_t n;
  if (strcmp(value, "never") == 0)
    n = FCL_NEVER;
  else if (!parse(value, 0x7fffffff, &n))
    return complain(what, value, "it takes a whole number up to 2147483647, or \"never\"");
  *FIELD(o, what, unsigned) = n ? (unsigned) n : FCL_NONE;
  return 0;
}

static int read_processes(const option *what, options *o, const char *value) {
  if (strcmp(value, "auto") != 0)
    return read_number(what, o, value);
  o->pool.max_processes = FCL_AUTO;
  return 0;
}

static int read_bytes(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, INT64_MAX, &n))
    return complain(what, value, "it takes a whole number of bytes");
  *FIELD(o, what, uint64_t) = n;
  return 0;
}

static int read_size(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, 1 << 30, &n) || n == 0)
    return complain(what, value, "it takes a whole number of bytes, at least 1");
  *FIELD(o, what, size_t) = (size_t) n;
  return 0;
}

static int read_multiplex(const option *what, options *o, const char *value) {
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

static int read_threads(const option *what, options *o, const char *value) {
  uint64_t n;
  if (!parse(value, THREADS_MAX, &n) || n == 0)
    return complain(what, value, "it takes a number from 1 to 64");
  o->threads = (unsigned) n;
  return 0;
}

/* "127.0.0.1:80", "[::1]:80", "localhost:80", ":80". */
static int read_listen(const option *what, options *o, const char *value) {
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

static int read_root(const option *what, options *o, const char *value) {
  char *path = realpath(value, NULL);
  if (path == NULL)
    return complain(what, value, strerror(errno));
  if (strcmp(path, "/") == 0)
    path[0] = 0;
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
  a->program = program_path(a->argv[0]);
  if (a->program == NULL)
    return complain(what, value, "there is no such program, or it may not be run");
  return 0;
}

static int read_app(const option *what, options *o, const char *value) {
  const char *command = next_app(what, o, value);
  if (command == NULL)
    return -1;
  return read_command(what, &o->apps[o->app_count - 1], value, command);
}

static int read_authorizer(const option *what, options *o, const char *value) {
  app *a = &o->authorizer;
  if (a->program || a->addresses[0])
    return complain(what, value, "there are two authorizers");
  a->extension = LITERAL("authorizer");
  if (strncmp(value, "unix:", 5) != 0 && strncmp(value, "tcp:", 4) != 0)
    return read_command(what, a, value, value);
  a->addresses[0] = value;
  return 0;
}

static int read_stderr(const option *what, options *o, const char *value) {
  static const char *const names[] = {"ignore", "in-500", "generic-500", "terminate"};
  unsigned n;
  for (n = 0; n < 4; n++)
    if (strcmp(value, names[n]) == 0) {
      o->pool.stderr_mode = (fcl_stderr) n;
      return 0;
    }
  return complain(what, value, "it takes ignore, in-500, generic-500 or terminate");
}

static int read_ready(const option *what, options *o, const char *value) {
  static const char *const names[] = {"started", "accepted", "answered"};
  unsigned n;
  for (n = 0; n < 3; n++)
    if (strcmp(value, names[n]) == 0) {
      o->pool.ready = (fcl_ready) n;
      return 0;
    }
  return complain(what, value, "it takes started, accepted or answered");
}

static int read_connect(const option *what, options *o, const char *value) {
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

static int read_balance(const option *what, options *o, const char *value) {
  if (strcmp(value, "least") == 0)
    o->pool.balance = FCL_BALANCE_LEAST;
  else if (strcmp(value, "round-robin") == 0)
    o->pool.balance = FCL_BALANCE_ROUND_ROBIN;
  else
    return complain(what, value, "it takes least or round-robin; --affinity says who stays where");
  return 0;
}

/* "address", "cookie:NAME", "header:NAME" */
static int read_affinity(const option *what, options *o, const char *value) {
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

static int read_index(const option *what, options *o, const char *value) {
  if (o->index_count == INDEX_MAX)
    return complain(what, value, "there are too many index names");
  if (*value == 0 || strchr(value, '/'))
    return complain(what, value, "it takes the name of a file, without a '/'");
  o->index[o->index_count++] = value;
  return 0;
}

static int read_env(const option *what, options *o, const char *value) {
  if (o->env_count == ENV_MAX)
    return complain(what, value, "there are too many variables");
  if (strchr(value, '=') == NULL || value[0] == '=')
    return complain(what, value, "it takes NAME=VALUE");
  o->env[o->env_count++] = value;
  return 0;
}

#define AT(field) offsetof(options, field)
#define LIMIT(name, field, help)                                                                   \
  { name, "N", help, read_number, AT(pool.field) }

static const option table[] = {
    {"listen", "HOST:PORT", "where to listen (127.0.0.1:8080); port 0: any free one, printed",
     read_listen, 0},
    {"root", "DIR", "what is served (the current directory)", read_root, 0},
    {"app", "EXT=PROGRAM",
     "paths with this extension go to a program that httpd starts; arguments are split at\n"
     "blanks, quotes hold them together.  EXT \"/\": every path that no other extension claims",
     read_app, 0},
    {"connect", "EXT=ADDRESS",
     "likewise, to one that runs: unix:/path, unix:@name, tcp:host:port; repeated: it runs at\n"
     "several addresses, which share the requests",
     read_connect, 0},
    {"balance", "HOW", "among several addresses: least (busy), round-robin (least)", read_balance,
     0},
    {"affinity", "KEY",
     "among several addresses: requests with the same key go to the same one: address (of the\n"
     "client), cookie:NAME, header:NAME",
     read_affinity, 0},
    LIMIT("resolve-ms", resolve_ms, "until a name's addresses are looked up again (30000)"),
    LIMIT("lost-ms", lost_ms, "until a host that acknowledges nothing is taken for lost (10000)"),
    LIMIT("slow-start-ms", slow_start_ms,
          "until an address that was away gets its full share (10000)"),
    {"config", "FILE",
     "applications and their limits are those of a fcgiext.ini or applicationHost.config, in the\n"
     "place of --app and --connect; read again on SIGHUP",
     read_text, AT(config)},
    {"authorizer", "PROGRAM|ADDRESS",
     "a FastCGI authorizer that is asked before every application, started or reached",
     read_authorizer, 0},
    {"one-queue", NULL,
     "requests wait as they come; else each client's address has its turn, whatever others send",
     read_flag, AT(one_queue)},
    {"stderr", "MODE",
     "what an application's error stream makes of its answer: ignore (nothing), in-500 (its text "
     "in\n"
     "a 500), generic-500, terminate (and its process is ended)",
     read_stderr, 0},
    {"index", "NAME", "the file served for a directory; may be repeated (index.php, index.html)",
     read_index, 0},
    {"env", "NAME=VALUE", "a variable in the environment of what is started; may be repeated",
     read_env, 0},
    {"threads", "N", "event loops, each with pools of its own (1)", read_threads, 0},
    {"processes", "N|auto",
     "processes of one application, in all (4); divided among the threads,\n"
     "at least one for each; auto: by load, each thread for itself",
     read_processes, AT(pool.max_processes)},
    LIMIT("min-processes", min_processes, "processes that stay however idle, for each thread (0)"),
    LIMIT("max-connections", max_connections,
          "connections to one address, for each thread (never)"),
    {"multiplex", "N|auto",
     "requests at once on a connection, for applications that can (1); auto: as many as the\n"
     "application says when it is asked",
     read_multiplex, 0},
    LIMIT("max-requests", max_requests, "requests to a process until it is replaced (200)"),
    LIMIT("lifetime-ms", lifetime_ms, "how old a process gets until it is replaced (never)"),
    {"max-memory", "BYTES", "of a process until it is replaced (no limit)", read_bytes,
     AT(pool.max_memory)},
    LIMIT("per-process", per_process,
          "connections to a process at once, for programs with threads (1)"),
    {"ready", "SIGN",
     "what a new process shows before it takes requests: started (nothing), accepted (a "
     "connection),\n"
     "answered (GET_VALUES)",
     read_ready, 0},
    LIMIT("queue", queue_length, "requests that may wait, for each thread (1000)"),
    LIMIT("rapid-fails", rapid_fails, "failures of an application ... (10)"),
    LIMIT("rapid-fail-ms", rapid_fail_ms,
          "... within this time, and requests are refused until it is over (60000)"),
    LIMIT("start-ms", start_ms, "from starting a process until it takes its first request (10000)"),
    LIMIT("connect-ms", connect_ms, "for a connection to be made (5000)"),
    LIMIT("queue-ms", queue_ms, "for a process to become free (30000)"),
    LIMIT("first-ms", first_ms, "until the first byte of the answer (never)"),
    LIMIT("activity-ms", activity_ms, "without a byte to or from the application (70000)"),
    LIMIT("request-ms", request_ms,
          "for a whole request, without the time spent on the browser (90000)"),
    LIMIT("idle-ms", idle_ms,
          "then an idle process is ended (300000), or a connection to an address closed (1000)"),
    LIMIT("stop-ms", stop_ms, "from asking a process to leave to ending it by force (5000)"),
    LIMIT("abort-ms", abort_ms,
          "how long an application may go on after its client left (what request-ms leaves)"),
    {"new-connection-each", NULL, "a new connection for every request", read_flag_unsigned,
     AT(pool.new_connection_each)},
    {"max-params", "BYTES", "all parameters of a request (65528)", read_size, AT(pool.max_params)},
    {"max-param", "BYTES", "one of them (65528)", read_size, AT(pool.max_param)},
    {"max-body", "BYTES", "the largest request body; larger ones get 413 (no limit)", read_bytes,
     AT(max_body)},
    {"max-chunked", "BYTES", "the largest request body without a length (8388608)", read_bytes,
     AT(max_chunked)},
    {"gather-memory", "BYTES",
     "of each request body in memory, before a process is taken for it ... (65536)", read_size,
     AT(pool.gather_memory)},
    {"gather-file", "BYTES", "... and then in a file; larger ones get 413 (1073741824)", read_bytes,
     AT(pool.gather_file)},
    {"no-gather", NULL,
     "bodies of known length go to the application as they come: a slow upload holds a process",
     read_flag, AT(no_gather)},
    {"read-ahead", "BYTES",
     "of each response in memory, while its client reads what came before ... (65536)", read_size,
     AT(pool.read_ahead)},
    {"read-ahead-file", "BYTES", "... and then in a file (1073741824)", read_bytes,
     AT(pool.read_ahead_file)},
    {"no-read-ahead", NULL, "an application waits for its client: a slow reader holds a process",
     read_flag, AT(no_read_ahead)},
    {"spool-directory", "DIR", "where these files are, without names ($TMPDIR, else /var/tmp)",
     read_text, AT(spool_directory)},
    {"header-ms", "N", "for a request's head to arrive (30000)", read_number, AT(header_ms)},
    {"keep-alive-ms", "N", "for the next request on a connection to begin (60000)", read_number,
     AT(keep_alive_ms)},
    {"client-ms", "N", "without a byte to or from a client that is to send or read (60000)",
     read_number, AT(client_ms)},
    {"drain-ms", "N", "for requests to finish after SIGTERM or SIGINT (10000)", read_number,
     AT(drain_ms)},
    {"pass-authorization", NULL, "applications get the client's password, in HTTP_AUTHORIZATION",
     read_flag, AT(pass_authorization)},
    {"fold-case", NULL, "extensions match in upper and lower case", read_flag, AT(fold_case)},
    {"unchecked-scripts", NULL,
     "do not look whether a script is there: for applications that see other files", read_flag,
     AT(unchecked_scripts)},
    {"guardian", "PROGRAM", "the program that starts applications (as installed)", read_text,
     AT(guardian)},
    {"control", "unix:PATH",
     "where `fcgi ctl` and `fcgi top` may ask, as this user or root (nowhere)", read_text,
     AT(control)},
    {"runtime-directory", "DIR", "where sockets are made", read_text, AT(runtime_directory)},
    {"quiet", NULL, "no access log on stdout", read_flag, AT(quiet)},
};

enum { TABLE_COUNT = sizeof table / sizeof *table };

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
  for (i = 0; i < TABLE_COUNT; i++) {
    char name[64];
    snprintf(name, sizeof name, "--%s %s", table[i].name,
             table[i].argument ? table[i].argument : "");
    printf("  %-27s ", name);
    print_help(table[i].help);
  }
  puts("  --version, --help\n\n"
       "N in milliseconds where the name ends in -ms; \"never\": no limit.  In parentheses: "
       "without the option.\n"
       "Access log: METHOD TARGET STATUS BYTES MILLISECONDS.  What goes wrong is said on stderr.");
}

static const option *find(const char *name, size_t len) {
  unsigned i;
  for (i = 0; i < TABLE_COUNT; i++)
    if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
      return &table[i];
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
  o->pool.gather_memory = o->pool.read_ahead = 64 << 10;
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
