/* chaos.c: load on two clients while everything goes wrong that can be made to, by seed; then the
 * claims. */
#include "chaos/chaos.h"
#include "support/fds.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PHP_CGI "/usr/bin/php-cgi"

world w;
const char *const pool_names[POOLS] = {"plain",    "gathered", "php",  "relayed",
                                       "reloaded", "shared",   "users"};
const unsigned uids[PEOPLE] = {33, 60001, 60002};

uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000 + (uint64_t) t.tv_nsec / 1000000;
}

void nap(unsigned ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&t, NULL);
}

/* ---- The library's memory, counted ---- */

static void *counted(void *ptr, size_t size, void *user) {
  size_t before = ptr ? malloc_usable_size(ptr) : 0;
  void *p = NULL;
  uint64_t heap;
  if (size == 0)
    free(ptr);
  else if ((p = realloc(ptr, size)) == NULL)
    return NULL;
  heap = atomic_fetch_add(&w.heap, (p ? malloc_usable_size(p) : 0) - before);
  if (heap > w.heap_most)
    w.heap_most = heap; /* near enough */
  return p;
}

/* ---- Pools ---- */

static void set_limits(fcl_pool_options *o) {
  o->queue_ms = 3000;
  o->start_ms = 5000;
  o->connect_ms = 1000;
  o->activity_ms = 1500;
  o->request_ms = 4000;
  o->abort_ms = 500;
  o->stop_ms = 500;
  o->max_requests = 60;
  o->rapid_fails = FCL_NEVER;
}

static void set_spool(fcl_pool_options *o) {
  o->read_ahead = 65536;
  o->read_ahead_file = 1 << 24;
  o->gather = 1;
  o->gather_memory = 65536;
  o->gather_file = 1 << 24;
}

static const char *program_of(which pool) {
  static const char *const programs[POOLS] = {[PLAIN] = CHAOS_APP,
                                              [GATHERED] = CHAOS_APP,
                                              [PHP] = PHP_CGI,
                                              [RELOADED] = CHAOS_APP,
                                              [SHARED] = CHAOS_FCGI};
  return pool == USERS ? w.app : programs[pool];
}

/* What each pool begins with; `addresses` is for RELAYED. */
static fcl_pool_options options_of(which pool, const char *const *addresses) {
  static const char *const fcgi_app[] = {"fcgi", "app", NULL};
  fcl_pool_options o = {0};
  set_limits(&o);
  o.name = pool_names[pool];
  o.program = program_of(pool);
  o.addresses = pool == RELAYED ? addresses : NULL;
  o.max_connections = pool == RELAYED;
  o.max_processes = pool == PLAIN ? 4 : 2;
  if (pool == GATHERED) {
    set_spool(&o);
    o.rapid_fails = 6;
    o.rapid_fail_ms = 1000;
  }
  if (pool == SHARED) {
    o.argv = fcgi_app;
    o.per_connection = 4;
  }
  if (pool == USERS) {
    o.run_as = w.people[0];
    o.directory = "/";
    o.max_per_identity = 2;
    o.max_processes = 4;
  }
  return o;
}

static const char *const *addresses(void) {
  static char text[WIRES][64];
  static const char *const list[WIRES + 1] = {text[0], text[1], text[2], NULL};
  unsigned i;
  for (i = 0; i < WIRES; i++)
    wire_address(i, text[i]);
  return list;
}

fcl_pool *open_pool(unsigned client, which pool) {
  fcl_pool_options o = options_of(pool, addresses());
  fcl_pool *p = NULL;
  fcl_error e;
  if (fcl_pool_new(&p, w.clients[client + (pool == USERS ? CLIENTS : 0)], &o, &e) != FCL_OK)
    fprintf(stderr, "chaos: %s\n", e.text);
  return p;
}

/* ---- Other options ---- */

/* Ours, and one more: other processes. */
static void change_environment(fcl_pool_options *o, chance *c) {
  static char mark[96], turn[32];
  static const char *const env[] = {mark, turn, "PATH=/usr/bin:/bin", NULL};
  snprintf(mark, sizeof mark, "FCL_CHAOS=%s", w.folder);
  snprintf(turn, sizeof turn, "CHAOS_TURN=%u", chance_below(c, 1000));
  o->env = env;
}

static void change_limits(fcl_pool_options *o, which pool, chance *c) {
  o->max_processes = 1 + chance_below(c, 6);
  o->max_requests = 20 + chance_below(c, 80);
  o->request_ms = 2500 + chance_below(c, 1500);
  o->queue_length = chance_below(c, 3) ? 0 : 1 + chance_below(c, 30);
  o->idle_ms = chance_below(c, 3) ? 0 : 100 + chance_below(c, 1000);
  o->max_params = 4096 + chance_below(c, 60000);
  o->min_processes = chance_below(c, 2);
  o->ready = (fcl_ready) chance_below(c, FCL_READY_ANSWERED + 1);
  if (pool == RELAYED) {
    o->max_connections = 1 + chance_below(c, 3);
    o->probe_ms = chance_below(c, 2) ? 0 : 100 + chance_below(c, 400);
  }
  if (pool == SHARED)
    o->per_connection = 1 + chance_below(c, 8);
  if (pool != PHP && chance_below(c, 2))
    set_spool(o);
}

int change_pool(unsigned client, which pool, chance *c) {
  fcl_pool_options o = options_of(pool, addresses());
  fcl_error e;
  if (w.pools[client][pool] == NULL)
    return 0;
  change_limits(&o, pool, c);
  if (o.program && chance_below(c, 4) == 0)
    change_environment(&o, c);
  claim(fcl_pool_configure(w.pools[client][pool], &o, &e) == FCL_OK, "%s", e.text);
  return 1;
}

/* ---- The world ---- */

static void on_event(const fcl_event *event, void *user) {
  w.events[event->level]++;
}

/* Where every user may execute it. */
static void copy_app(void) {
  char command[400];
  snprintf(w.app, sizeof w.app, "%s/app", w.folder);
  snprintf(command, sizeof command, "cp '%s' '%s' && chmod 755 '%s' '%s'", CHAOS_APP, w.app,
           w.folder, w.app);
  if (system(command))
    abort();
}

static void write_script(void) {
  FILE *f;
  snprintf(w.script, sizeof w.script, "%s/chaos.php", w.folder);
  f = fopen(w.script, "w");
  if (f == NULL)
    abort();
  fputs("<?php header('Content-Type: text/plain');\n"
        "if (isset($_GET['echo'])) { echo file_get_contents('php://input'); exit; }\n"
        "$s = ''; for ($n = 0; $n < $_GET['size']; $n++)\n"
        "  $s .= chr(($n * 2654435761 & 0xffffffff) >> 24);\n"
        "echo $s;\n",
        f);
  fclose(f);
}

static void make_folder(const char *name, char out[96]) {
  snprintf(out, 96, "%s/%s", w.folder, name);
  if (mkdir(out, 0700))
    abort();
}

static char spool[96], runtime[96];

static void open_world(uint64_t seed) {
  memset(&w, 0, sizeof w);
  memset(fault_counts, 0, sizeof fault_counts);
  w.seed = seed;
  pthread_mutex_init(&w.pools_lock, NULL);
  w.has_php = access(PHP_CGI, X_OK) == 0 && getenv("FCGICLIENT_TEST_NO_PHP") == NULL;
  snprintf(w.folder, sizeof w.folder, "/tmp/fcl-chaos-XXXXXX");
  if (mkdtemp(w.folder) == NULL)
    abort();
  make_folder("spool", spool);
  make_folder("run", runtime);
  write_script();
  copy_app();
  wire_start(seed);
  setenv("FCL_CHAOS", w.folder, 1);
}

static void open_client(const fcl_client_options *o) {
  fcl_error e;
  if (fcl_client_new(&w.clients[w.client_count++], o, &e) == FCL_OK)
    return;
  fprintf(stderr, "chaos: %s\n", e.text);
  exit(1);
}

/* Their guardians are there from now on, and nobody could start others. */
static void open_guarded(fcl_client_options *o) {
  static const char *programs[] = {w.folder, NULL};
  static char folder[80];
  static fcl_policy policy;
  unsigned i;
  snprintf(folder, sizeof folder, "%s/", w.folder);
  programs[0] = folder;
  policy = (fcl_policy){programs, NULL, 1, 65534, 1, 65534};
  o->policy = &policy;
  for (i = 0; i < CLIENTS; i++)
    open_client(o);
  for (i = 0; i < PEOPLE; i++)
    if (fcl_identity_posix(&w.people[i], uids[i], uids[i], NULL, 0, NULL))
      abort();
}

static int is_here(which pool) {
  return pool == PHP ? w.has_php : pool == USERS ? w.client_count > CLIENTS : 1;
}

static void open_clients(void) {
  fcl_client_options o = {0};
  unsigned i, pool;
  o.on_event = on_event;
  o.realloc_fn = counted;
  o.spool_directory = spool;
  o.runtime_directory = runtime;
  for (i = 0; i < CLIENTS; i++)
    open_client(&o);
  if (geteuid() == 0)
    open_guarded(&o);
  faults_spare_guardians();
  for (i = 0; i < CLIENTS; i++)
    for (pool = 0; pool < POOLS; pool++)
      if (is_here((which) pool))
        w.pools[i][pool] = open_pool(i, (which) pool);
}

static void close_world(void) {
  char command[128];
  unsigned i;
  for (i = 0; i < w.client_count; i++)
    fcl_client_close(w.clients[i], NULL, NULL);
  for (i = 0; i < w.client_count; i++)
    fcl_client_join(w.clients[i]);
  for (i = 0; i < PEOPLE; i++)
    fcl_identity_unref(w.people[i]);
  verdict_processes();
  conclude(w.heap == 0, "all memory of the library was given back (%llu bytes are left)",
           (unsigned long long) w.heap);
  conclude(files_in(spool) == 0 && files_in(runtime) == 0,
           "no temporary file and no socket is left");
  wire_end();
  conclude(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD,
           "the host has no child and no zombie");
  snprintf(command, sizeof command, "rm -r '%s'", w.folder);
  if (system(command))
    failures++;
}

/* ---- A run ---- */

typedef struct peak {
  uint64_t heap, resident;
  int fds;
} peak;

/* What is in use at most while faults go on. */
static peak storm(unsigned ms) {
  peak p = {0};
  w.heap_most = w.heap;
  faults_run(now_ms() + ms);
  p.heap = w.heap_most;
  p.resident = resident();
  p.fds = test_fds();
  return p;
}

static void claim_flat(const peak *early, const peak *late) {
  printf("second quarter: library %llu KiB at most, resident %llu KiB, %d descriptors\n"
         "last quarter:   library %llu KiB at most, resident %llu KiB, %d descriptors\n",
         (unsigned long long) early->heap / 1024, (unsigned long long) early->resident / 1024,
         early->fds, (unsigned long long) late->heap / 1024,
         (unsigned long long) late->resident / 1024, late->fds);
  conclude(late->heap < 2 * early->heap + (4 << 20), "the library's memory does not grow");
  conclude(late->fds < early->fds + 150, "its descriptors do not grow"); /* 60 callers' own */
}

static void let_all_end(void) {
  uint64_t until = now_ms() + 30000;
  load_stop();
  while (load_running() && now_ms() < until)
    nap(5);
  conclude(load_running() == 0, "every request has ended (%u have not)", load_running());
}

static void recover(void) {
  unsigned i, pool, count = 20, whole;
  wire_clean();
  for (pool = 0; pool < POOLS; pool++) {
    if (w.pools[0][pool] == NULL)
      continue;
    for (i = 0; i < CLIENTS; i++)
      fcl_pool_resume(w.pools[i][pool]);
    whole = load_simple((which) pool, count);
    conclude(whole == count, "%s: then %u requests of %u are answered", pool_names[pool], whole,
             count);
  }
}

/* What the first loop of a program opens for good (libuv's pipe for signals) is nobody's leak. */
static void warm_up(void) {
  fcl_client_options o = {0};
  fcl_client *client;
  if (fcl_client_new(&client, &o, NULL))
    exit(1);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
}

static void run(uint64_t seed, unsigned seconds) {
  peak early, late;
  unsigned quarter = seconds * 250, wrong;
  int fds = test_fds();
  uint64_t began = now_ms();
  printf("chaos: seed %llu, %u s of faults\n", (unsigned long long) seed, seconds);
  fflush(stdout);
  open_world(seed);
  open_clients();
  load_start();
  storm(quarter);
  early = storm(quarter);
  storm(quarter);
  late = storm(quarter);
  let_all_end();
  recover();
  load_end();
  wrong = claims_broken();
  conclude(wrong == 0, "each ended once, and right, or with a sentence that says why (%u did not)",
           wrong);
  verdict_stats();
  claim_flat(&early, &late);
  close_world();
  if (test_fds() != fds) {
    char list[4096];
    test_fds_list(list, sizeof list);
    printf("open: %s\n", list);
  }
  conclude(test_fds() == fds, "descriptors: %d before, %d after", fds, test_fds());
  printf("events: %u informations, %u warnings, %u errors; %.1f s in all\n\n", w.events[0],
         w.events[1], w.events[2], (double) (now_ms() - began) / 1000);
  fflush(stdout);
}

int main(int argc, char **argv) {
  const char *all = getenv("FCGICLIENT_TEST_ALL");
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a full disk is an error, not a death */
  unsetenv("PHP_FCGI_CHILDREN");
  unsetenv("PHP_FCGI_MAX_REQUESTS");
  warm_up();
  if (argc > 1)
    run(strtoull(argv[1], NULL, 10), argc > 2 ? (unsigned) atoi(argv[2]) : 10);
  else if (all && *all)
    run((uint64_t) time(NULL), 1800);
  else
    run(1, 8), run(2, 8);
  printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
  return failures != 0;
}
