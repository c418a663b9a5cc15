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
const char *const pool_names[POOLS] = {"plain", "gathered", "php", "relayed", "reloaded"};

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

fcl_pool *open_pool(unsigned client, which pool) {
  static char text[WIRES][64];
  const char *addresses[WIRES + 1] = {text[0], text[1], text[2], NULL};
  fcl_pool_options o = {0};
  fcl_pool *p = NULL;
  fcl_error e;
  unsigned i;
  for (i = 0; i < WIRES; i++)
    wire_address(i, text[i]);
  set_limits(&o);
  o.name = pool_names[pool];
  o.program = pool == PHP ? PHP_CGI : pool == RELAYED ? NULL : CHAOS_APP;
  o.addresses = pool == RELAYED ? addresses : NULL;
  o.max_connections = pool == RELAYED;
  o.max_processes = pool == PLAIN ? 4 : 2;
  if (pool == GATHERED) {
    set_spool(&o);
    o.rapid_fails = 6;
    o.rapid_fail_ms = 1000;
  }
  if (fcl_pool_new(&p, w.clients[client], &o, &e) != FCL_OK)
    fprintf(stderr, "chaos: %s\n", e.text);
  return p;
}

/* ---- The world ---- */

static void on_event(const fcl_event *event, void *user) {
  w.events[event->level]++;
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
  wire_start(seed);
  setenv("FCL_CHAOS", w.folder, 1);
}

static void open_clients(void) {
  fcl_client_options o = {0};
  fcl_error e;
  unsigned i, pool;
  o.on_event = on_event;
  o.realloc_fn = counted;
  o.spool_directory = spool;
  o.runtime_directory = runtime;
  for (i = 0; i < CLIENTS; i++) {
    if (fcl_client_new(&w.clients[i], &o, &e)) {
      fprintf(stderr, "chaos: %s\n", e.text);
      exit(1);
    }
    for (pool = 0; pool < POOLS; pool++)
      if (pool != PHP || w.has_php)
        w.pools[i][pool] = open_pool(i, (which) pool);
  }
}

static void close_world(void) {
  char command[128];
  unsigned i;
  for (i = 0; i < CLIENTS; i++)
    fcl_client_close(w.clients[i], NULL, NULL);
  for (i = 0; i < CLIENTS; i++)
    fcl_client_join(w.clients[i]);
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
