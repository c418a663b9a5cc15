/* options.h: what the command line says. */
#ifndef HTTPD_OPTIONS_H
#define HTTPD_OPTIONS_H
#include <fcgiclient/fcgiclient.h>

enum {
  APPS_MAX = 16,
  INDEX_MAX = 8,
  ENV_MAX = 64,
  PARAM_MAX = 256,
  ADDRESSES_MAX = 64,
  PROBE_MAX = 32,
  MONITOR_MAX = 32,
  THREADS_MAX = 64
};

/* What makes requests belong together. */
typedef enum affinity {
  AFFINITY_NONE,
  AFFINITY_ADDRESS,
  AFFINITY_HEADER,
  AFFINITY_COOKIE
} affinity;

/* An application, and the paths that are its own. */
typedef struct app {
  fcl_slice extension; /* ".php"; "/": every path that no extension claims */
  const char *program; /* started by us, or NULL */
  const char *const *argv;
  const char *addresses[ADDRESSES_MAX + 1]; /* already running: where, and a NULL behind them */
} app;

typedef enum status_for { STATUS_LOOPBACK, STATUS_ALL, STATUS_OFF } status_for;

typedef struct options {
  status_for status;  /* who may see /-/pools */
  const char *listen; /* as given */
  char host[256], port[8];
  char *root; /* absolute, without a '/' at its end */
  app apps[APPS_MAX];
  unsigned app_count;
  app authorizer;     /* is asked first; no program and no address: none is */
  const char *config; /* a file that says what the applications are; NULL: `apps` do */
  const char *index[INDEX_MAX];
  unsigned index_count;
  const char *env[ENV_MAX];
  unsigned env_count;
  fcl_header params[PARAM_MAX]; /* of every request; whatever else is said of them */
  unsigned param_count;
  const char *probe[PROBE_MAX + 1];
  unsigned probe_count;
  affinity affinity;
  const char *affinity_name; /* of the cookie, or of the header field in lower case */
  fcl_pool_options pool;     /* the limits, the same for every application */
  unsigned threads;
  uint64_t max_body, max_chunked; /* bytes */
  unsigned header_ms, keep_alive_ms, client_ms, drain_ms, recheck_ms;
  const char *monitor[MONITOR_MAX + 1]; /* files; behind the last a NULL */
  const char *guardian, *runtime_directory, *spool_directory, *control;
  const char *user, *app_user;
  fcl_policy policy;                  /* with app_user */
  const char *programs[APPS_MAX + 2]; /* that it allows */
  int no_gather, no_read_ahead;
  int one_queue; /* requests have no source */
  int quiet, pass_authorization, fold_case, unchecked_scripts;
} options;

/* Returns 0; or, having said why on stderr (or shown what was asked for on stdout), -1 with *status
 * to exit with. */
int options_read(options *o, int argc, char **argv, int *status);
#endif
