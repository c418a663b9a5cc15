/* options.c: what a user gave for a pool, checked, copied, and every 0 replaced by its default. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/machine.h"
#include "platform/path.h"
#include <stdio.h>
#include <string.h>

static size_t count_texts(const char *const *texts) {
  size_t n = 0;
  while (texts && texts[n])
    n++;
  return n;
}

/* One block: the pointers, then the texts.  NULL for NULL sets nothing; returns 0 when there is no
 * memory. */
static int copy_texts(const fcl__memory *memory, const char *const *texts, void **out) {
  size_t n = count_texts(texts), size = (n + 1) * sizeof *texts, i;
  const char **copy;
  char *at;
  if (texts == NULL)
    return 1;
  for (i = 0; i < n; i++)
    size += strlen(texts[i]) + 1;
  copy = fcl__zalloc(memory, size);
  if (copy == NULL)
    return 0;
  at = (char *) (copy + n + 1);
  for (i = 0; i < n; i++) {
    copy[i] = at;
    at += (size_t) sprintf(at, "%s", texts[i]) + 1;
  }
  *out = copy;
  return 1;
}

static int copy_text(const fcl__memory *memory, const char *text, void **out) {
  *out = fcl__strdup(memory, text);
  return text == NULL || *out != NULL;
}

static const char *default_name(const fcl_pool_options *o) {
  return o->name ? o->name : o->program ? fcl__path_name(o->program) : o->addresses[0];
}

static int copy_all(fcl_pool *p, const fcl_pool_options *given) {
  const fcl__memory *memory = &p->client->memory;
  void **s = p->strings, *addresses = NULL, *probe = NULL;
  int is_whole =
      copy_text(memory, default_name(given), &s[0]) & copy_text(memory, given->program, &s[1]) &
      copy_text(memory, given->directory, &s[2]) & copy_texts(memory, given->argv, &s[3]) &
      copy_texts(memory, given->env, &s[4]) & copy_texts(memory, given->addresses, &addresses) &
      copy_texts(memory, given->probe, &probe) & fcl__monitor_copy(memory, given, &s[5]) &
      copy_text(memory, given->common_limits, &s[6]);
  p->address_texts = addresses;
  p->options.name = s[0];
  p->options.program = s[1];
  p->options.directory = s[2];
  p->options.argv = s[3];
  p->options.env = s[4];
  p->options.monitor = s[5];
  p->options.common_limits = s[6];
  p->options.addresses = addresses;
  p->options.probe = probe;
  p->options.run_as = fcl__identity_ref(given->run_as);
  return is_whole;
}

static void set_default(unsigned *value, unsigned otherwise) {
  if (*value == 0)
    *value = otherwise;
  else if (*value == FCL_NONE)
    *value = 0;
}

static void set_gather(fcl_pool_options *o) {
  o->gather_memory = o->gather_memory == 0          ? 65536
                     : o->gather_memory == FCL_NONE ? 0
                                                    : o->gather_memory;
  if (o->gather_memory_all == 0)
    o->gather_memory_all = 64u << 20;
  o->gather_file = o->gather_file == 0 ? 1u << 30 : o->gather_file == FCL_NONE ? 0 : o->gather_file;
}

/* A kept connection holds a worker of php-fpm, which other processes may be waiting for. */
static unsigned default_idle(const fcl_pool_options *o) {
  return o->addresses && o->max_connections == 0 ? 1000 : 300000;
}

static void set_defaults(fcl_pool_options *o) {
  set_default(&o->idle_ms, default_idle(o));
  set_gather(o);
  set_default(&o->max_processes, 4);
  set_default(&o->min_processes, FCL_NONE);
  set_default(&o->max_per_identity, o->max_processes);
  set_default(&o->max_connections, FCL_NEVER);
  set_default(&o->per_connection, 1);
  set_default(&o->max_requests, 200);
  set_default(&o->per_process, 1);
  set_default(&o->lifetime_ms, FCL_NEVER);
  set_default(&o->queue_length, 1000);
  set_default(&o->rapid_fails, 10);
  set_default(&o->rapid_fail_ms, 60000);
  set_default(&o->start_ms, 10000);
  set_default(&o->connect_ms, 5000);
  set_default(&o->queue_ms, 30000);
  set_default(&o->first_ms, FCL_NEVER);
  set_default(&o->activity_ms, 70000);
  set_default(&o->request_ms, 90000);
  set_default(&o->stop_ms, 5000);
  set_default(&o->slow_start_ms, 10000);
  set_default(&o->resolve_ms, 30000);
  set_default(&o->lost_ms, 10000);
  set_default(&o->probe_ms, FCL_NEVER);
  if (o->min_processes == FCL_NONE)
    o->min_processes = 0;
  if (o->max_params == 0)
    o->max_params = FCL_CONTENT_ALIGNED;
  if (o->max_param == 0)
    o->max_param = FCL_CONTENT_ALIGNED;
  if (o->max_stderr == 0)
    o->max_stderr = 32768;
}

static fcl_code check_sharing(const fcl_pool_options *o, fcl_error *e) {
  const char *name = o->name ? o->name : "pool";
  if (o->per_connection <= 1)
    return FCL_OK;
  if (o->per_connection > 65535 && o->per_connection != FCL_AUTO)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: per_connection is %u; give 1 to 65535, or FCL_AUTO", name,
                           o->per_connection);
  if (o->new_connection_each)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: per_connection is more than 1, and new_connection_each is set: "
                           "requests cannot share a connection that each has for itself",
                           name);
  return FCL_OK;
}

static fcl_code check_ready(const fcl_pool_options *o, fcl_error *e) {
  if ((unsigned) o->ready > FCL_READY_PROBED)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "ready is %d; give one of enum fcl_ready",
                           (int) o->ready);
  if (o->program && o->ready == FCL_READY_PROBED && (o->probe == NULL || o->probe[0] == NULL))
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: ready is FCL_READY_PROBED, and there is no probe: give the "
                           "parameters of the request that it shall answer",
                           o->name ? o->name : "pool");
  if (o->probe_status != 0 && (o->probe_status < 100 || o->probe_status > 599))
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: probe_status is %u; give a status from 100 to 599, or 0 for any "
                           "below 400",
                           o->name ? o->name : "pool", o->probe_status);
  return FCL_OK;
}

static fcl_code check(const fcl_pool_options *o, fcl_error *e) {
  if ((o->program == NULL) == (o->addresses == NULL || o->addresses[0] == NULL))
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: set either program or addresses in fcl_pool_options",
                           o->name ? o->name : "pool");
  if (o->program && !fcl__path_is_absolute(o->program))
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "program \"%s\" is no absolute path; give one that starts with %s",
                           o->program, fcl__path_begins);
  if ((unsigned) o->stderr_mode > FCL_STDERR_TERMINATE)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "stderr_mode is %d; give one of enum fcl_stderr",
                           (int) o->stderr_mode);
  if ((unsigned) o->balance > FCL_BALANCE_AFFINITY)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "balance is %d; give one of enum fcl_balance",
                           (int) o->balance);
  if (o->program && o->per_process > 65535)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "per_process is %u; give 1 to 65535",
                           o->per_process);
  if (o->tcp && o->program == NULL)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: tcp is set, but there is no program to start; \"tcp:HOST:PORT\" "
                           "among the addresses reaches one that runs",
                           o->name ? o->name : "pool");
  if (o->monitor && o->monitor[0] && o->program == NULL)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: monitor is set, but there is no program whose processes could be "
                           "replaced when a file has changed",
                           o->name ? o->name : "pool");
  if (o->program && o->max_processes == FCL_NONE)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "max_processes is none; at least 1 process is needed");
  if (o->program && o->max_processes > 10000 && o->max_processes != FCL_AUTO)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "max_processes is %u; give 1 to 10000, or FCL_AUTO",
                           o->max_processes);
  return check_sharing(o, e);
}

static int is_name(const fcl_pool *p, size_t i) {
  return p->addresses[i].kind == FCL__ADDRESS_NAME;
}

static void fill_slots(fcl_pool *p) {
  unsigned i, slot = 0, n = 0;
  for (i = 0; i < p->address_count; i++) {
    if (is_name(p, i)) {
      p->names[n].pool = p;
      p->names[n].address = &p->addresses[i];
      p->names[n].text = p->options.addresses[i];
      p->names[n++].first = slot;
      slot += FCL__NAME_PLACES;
    } else {
      p->slot_addresses[slot] = &p->addresses[i];
      p->slot_texts[slot++] = p->options.addresses[i];
    }
  }
}

/* A member for each address, and some for each name. */
static fcl_code make_slots(fcl_pool *p, fcl_error *e) {
  const fcl__memory *memory = &p->client->memory;
  unsigned i;
  for (i = 0; i < p->address_count; i++) {
    p->name_count += is_name(p, i);
    p->slot_count += is_name(p, i) ? FCL__NAME_PLACES : 1;
  }
  p->slot_texts = fcl__zalloc(memory, p->slot_count * sizeof *p->slot_texts);
  p->slot_addresses = fcl__zalloc(memory, p->slot_count * sizeof *p->slot_addresses);
  p->names = fcl__zalloc(memory, (p->name_count + 1) * sizeof *p->names);
  if (p->slot_texts == NULL || p->slot_addresses == NULL || p->names == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for %u addresses", p->options.name,
                           p->address_count);
  fill_slots(p);
  return FCL_OK;
}

static fcl_code read_addresses(fcl_pool *p, fcl_error *e) {
  size_t n = count_texts(p->options.addresses), i;
  if (n == 0)
    return FCL_OK;
  p->addresses = fcl__zalloc(&p->client->memory, n * sizeof *p->addresses);
  if (p->addresses == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for %zu addresses", p->options.name,
                           n);
  p->address_count = (unsigned) n;
  for (i = 0; i < n; i++) {
    if (fcl__address_parse(&p->addresses[i], p->options.addresses[i], e))
      return FCL_E_CONFIG;
    p->addresses[i].lost_ms = p->options.lost_ms == FCL_NEVER ? 0 : p->options.lost_ms;
  }
  return make_slots(p, e);
}

#define SHARED_AHEAD      262144      /* where a connection is shared, and nothing else is said */
#define SHARED_AHEAD_FILE 1073741824u /* of each request */

/* On a shared connection nothing can wait for one caller. */
static void to_windows(fcl_pool *p) {
  fcl_pool_options *o = &p->options;
  if (o->per_connection > 1 && o->read_ahead == 0 && o->read_ahead_file == 0) {
    o->read_ahead = SHARED_AHEAD;
    o->read_ahead_file = SHARED_AHEAD_FILE;
  }
  p->read_ahead.memory = p->options.read_ahead;
  p->read_ahead.file = p->options.read_ahead_file;
  p->read_ahead.option = "read_ahead_file";
  p->read_ahead.directory = p->client->options.spool_directory;
  p->read_ahead.pool = p->options.name;
  p->gather = p->read_ahead;
  p->gather.memory = p->options.gather_memory;
  p->gather.file = p->options.gather_file;
  if (p->gather.file > 0) { /* it has room for what finds none in memory */
    p->gather.file += UINT64_MAX - p->gather.file > p->gather.memory ? p->gather.memory : 0;
    p->gather.taken = &p->client->gathered;
    p->gather.all = p->options.gather_memory_all;
  }
  p->gather.option = "gather_file";
}

#define ROOM 16 /* processes that fcl_pool_configure can raise max_processes to, at least */

static unsigned automatic_most(unsigned processors) {
  unsigned most = processors < 1024 ? 64 * processors : 1024;
  return most < 128 ? 128 : most > 1024 ? 1024 : most;
}

/* A limit that the program would have is kept by us: it would cut its last answer. */
static unsigned most_requests(const fcl_pool_options *o) {
  unsigned own = o->program ? fcl__process_requests(o->env) : 0;
  return own > 0 && own < o->max_requests ? own : o->max_requests;
}

static void to_settings(const fcl_pool *p, fcl__pool_settings *s) {
  const fcl_pool_options *o = &p->options;
  memset(s, 0, sizeof *s);
  s->name = o->name;
  s->program = o->program;
  s->addresses = p->slot_texts;
  s->address_count = p->slot_count;
  s->processors = fcl__machine_processors();
  s->is_common = o->common_limits != NULL;
  s->is_sized = o->max_processes == FCL_AUTO;
  s->max_processes = s->is_sized ? automatic_most(s->processors) : o->max_processes;
  s->room = s->max_processes < ROOM ? ROOM : s->max_processes;
  s->min_processes = o->min_processes;
  s->max_connections = o->max_connections;
  s->per_connection = p->is_learning ? 1 : o->per_connection;
  s->per_process = o->per_process;
  s->max_requests = most_requests(o);
  s->lifetime_ms = o->lifetime_ms;
  s->max_memory = o->max_memory;
  s->ready = o->ready;
  s->queue_length = o->queue_length;
  s->rapid_fails = o->rapid_fails;
  s->rapid_fail_ms = o->rapid_fail_ms;
  s->start_ms = o->start_ms;
  s->connect_ms = o->connect_ms;
  s->queue_ms = o->queue_ms;
  s->first_ms = o->first_ms;
  s->activity_ms = o->activity_ms;
  s->request_ms = o->request_ms;
  s->idle_ms = o->idle_ms;
  s->stop_ms = o->stop_ms;
  s->abort_ms = o->abort_ms;
  s->balance = o->balance;
  s->slow_start_ms = o->slow_start_ms;
  s->probe_ms = o->probe_ms;
}

static fcl_code check_all(const fcl_pool *p, const fcl_pool_options *given, fcl_error *e) {
  fcl_code code = check(given, e);
  if (code == FCL_OK)
    code = check_ready(given, e);
  return code == FCL_OK ? fcl__rights_check(p->client, given, e) : code;
}

/* Those of a branch are its root's, and real already. */
fcl_code fcl__options_read(fcl_pool *p, const fcl_pool_options *given, fcl__pool_settings *settings,
                           fcl_error *e) {
  fcl_code code = p->root ? FCL_OK : check_all(p, given, e);
  if (code)
    return code;
  p->options = *given;
  p->has_options = 1;
  if (!copy_all(p, given))
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a pool's settings");
  if (p->root == NULL)
    set_defaults(&p->options);
  p->is_learning = p->options.per_connection == FCL_AUTO;
  atomic_store(&p->max_params, p->options.max_params);
  atomic_store(&p->max_param, p->options.max_param);
  to_windows(p);
  fcl__rights_limits(&p->options, &p->limits);
  code = read_addresses(p, e);
  if (code == FCL_OK)
    code = fcl__health_prepare(p, e);
  if (code == FCL_OK)
    to_settings(p, settings);
  return code;
}

void fcl__options_free(fcl_pool *p) {
  size_t i;
  if (p->has_options)
    fcl_identity_unref((fcl_identity *) (uintptr_t) p->options.run_as);
  for (i = 0; i < sizeof p->strings / sizeof *p->strings; i++)
    fcl__free(&p->client->memory, p->strings[i]);
  fcl__free(&p->client->memory, p->address_texts);
  fcl__free(&p->client->memory, p->addresses);
  fcl__free(&p->client->memory, (void *) p->options.probe);
  fcl__free(&p->client->memory, p->slot_texts);
  fcl__free(&p->client->memory, (void *) p->slot_addresses);
  fcl__free(&p->client->memory, p->names);
}
