/* verdict.c: what must be true when the chaos is over, and the table of what happened. */
#include "chaos/chaos.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcgiclient/stats.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

unsigned checks, failures;
static unsigned broken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
enum { SHOWN = 20 };

/* ---- Claims ---- */

void claim(int holds, const char *format, ...) {
  va_list args;
  if (holds)
    return;
  va_start(args, format);
  pthread_mutex_lock(&lock);
  if (broken++ < SHOWN) {
    fputs("broken: ", stdout);
    vprintf(format, args);
    putchar('\n');
  }
  pthread_mutex_unlock(&lock);
  va_end(args);
}

unsigned claims_broken(void) {
  unsigned n;
  pthread_mutex_lock(&lock);
  n = broken;
  broken = 0;
  pthread_mutex_unlock(&lock);
  return n;
}

void conclude(int holds, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs(holds ? "holds:  " : "FAILED: ", stdout);
  vprintf(format, args);
  putchar('\n');
  va_end(args);
  checks++;
  failures += !holds;
}

/* ---- The library's own figures ---- */

static pthread_mutex_t stats_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stats_came = PTHREAD_COND_INITIALIZER;
static fcl_stats *stats;
static int has_stats;

static void on_stats(fcl_stats *s, void *user) {
  pthread_mutex_lock(&stats_lock);
  stats = s;
  has_stats = 1;
  pthread_cond_signal(&stats_came);
  pthread_mutex_unlock(&stats_lock);
}

static void take(void) {
  fcl_error e;
  has_stats = 0;
  if (fcl_stats_take(w.clients, w.client_count, on_stats, NULL, &e))
    abort();
  pthread_mutex_lock(&stats_lock);
  while (!has_stats)
    pthread_cond_wait(&stats_came, &stats_lock);
  pthread_mutex_unlock(&stats_lock);
}

static unsigned codes_that_differ(const fcl_pool_stats *s, const tally *t) {
  unsigned i, n = 0;
  for (i = 0; i < FCL_CODE_MAX; i++)
    if (s->ended[i] != t->codes[i]) {
      n++;
      printf("%s: %s: we had %llu, it says %llu\n", s->name, fcl_code_name((fcl_code) i),
             (unsigned long long) t->codes[i], (unsigned long long) s->ended[i]);
    }
  return n;
}

static int processes_add_up(const fcl_pool_stats *s) {
  uint64_t left = 0;
  unsigned i;
  for (i = 0; i < FCL_STATS_REASONS; i++)
    left += s->left[i];
  return *s->program == 0 || s->starts == left + s->member_count;
}

static void add(fcl_pool_stats *sum, const fcl_pool_stats *s) {
  unsigned i;
  sum->started += s->started;
  sum->sent += s->sent;
  sum->received += s->received;
  sum->queued += s->queued;
  sum->in_hand += s->in_hand;
  sum->starts += s->starts;
  sum->member_count += s->member_count;
  sum->total.count += s->total.count;
  for (i = 0; i < FCL_CODE_MAX; i++)
    sum->ended[i] += s->ended[i];
  for (i = 0; i < FCL_STATS_REASONS; i++)
    sum->left[i] += s->left[i];
}

/* With those of its users: "users as 33". */
static const fcl_pool_stats *find(const char *name) {
  static fcl_pool_stats sum;
  size_t n, count = fcl_stats_count(stats), len = strlen(name);
  int has = 0;
  for (n = 0; n < count; n++) {
    const fcl_pool_stats *s = fcl_stats_at(stats, n);
    if (strncmp(s->name, name, len) != 0 || (s->name[len] && strncmp(s->name + len, " as ", 4)))
      continue;
    if (has)
      add(&sum, s);
    else
      sum = *s;
    has = 1;
  }
  return has ? &sum : NULL;
}

static void compare(which pool) {
  const fcl_pool_stats *s = find(pool_names[pool]);
  const tally *t = &tallies[pool];
  if (s == NULL)
    return;
  conclude(s->started == t->started && t->started == t->ended && codes_that_differ(s, t) == 0 &&
               s->total.count == t->ended,
           "%s: %llu requests were started; its figures have each, by how it ended",
           pool_names[pool], (unsigned long long) t->started);
  conclude(s->sent == t->sent && s->received == t->received && s->queued == 0 && s->in_hand == 0,
           "%s: its figures of bytes are ours, and nothing waits or is in hand", pool_names[pool]);
  conclude(processes_add_up(s), "%s: every process that was started is there, or left for a reason",
           pool_names[pool]);
}

/* ---- The table ---- */

static void print_row(const char *text, uint64_t n) {
  if (n)
    printf("| %-52s | %10llu |\n", text, (unsigned long long) n);
}

static void print_outcomes(void) {
  unsigned i, pool;
  for (i = 0; i < FCL_CODE_MAX; i++) {
    uint64_t n = 0;
    char text[64];
    for (pool = 0; pool < POOLS; pool++)
      n += tallies[pool].codes[i];
    snprintf(text, sizeof text, i ? "ended with %s" : "whole, and right to the last byte",
             fcl_code_name((fcl_code) i));
    print_row(text, n);
  }
}

static void print_recoveries(void) {
  uint64_t starts = 0, retries = 0, left[FCL_LEFT_MAX] = {0};
  size_t n;
  unsigned i;
  char text[64];
  for (n = 0; n < fcl_stats_count(stats); n++) {
    const fcl_pool_stats *s = fcl_stats_at(stats, n);
    starts += s->starts;
    retries += s->retries;
    for (i = 0; i < FCL_LEFT_MAX; i++)
      left[i] += s->left[i];
  }
  print_row("recovered: processes started", starts);
  print_row("recovered: requests sent again", retries);
  for (i = 0; i < FCL_LEFT_MAX; i++) {
    snprintf(text, sizeof text, "processes that left: %s", fcl_left_name((fcl_left) i));
    print_row(text, left[i]);
  }
}

void print_table(void) {
  uint64_t started = 0;
  unsigned i;
  for (i = 0; i < POOLS; i++)
    started += tallies[i].started;
  printf("\n| %-52s | %10s |\n|%.54s|%.11s:|\n", "what", "how often",
         "-------------------------------------------------------", "------------------");
  print_row("requests", started);
  print_outcomes();
  for (i = 0; i < FAULT_KINDS; i++)
    print_row(fault_names[i], fault_counts[i]);
  print_recoveries();
  putchar('\n');
}

void verdict_stats(void) {
  unsigned pool;
  take();
  for (pool = 0; pool < POOLS; pool++)
    if (pool != RELOADED)
      compare((which) pool);
  print_table();
  fcl_stats_free(stats);
}

/* ---- Processes and files ---- */

/* Those that the clients started have our folder in their environment. */
int is_worker(long pid) {
  static char environment[65536];
  char path[64], mark[96];
  ssize_t len;
  int fd, n = snprintf(mark, sizeof mark, "FCL_CHAOS=%s", w.folder);
  snprintf(path, sizeof path, "/proc/%ld/environ", pid);
  fd = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
    return 0;
  len = read(fd, environment, sizeof environment);
  close(fd);
  return len > 0 && memmem(environment, (size_t) len, mark, (size_t) n + 1) != NULL;
}

static unsigned processes(void) {
  DIR *all = opendir("/proc");
  struct dirent *e;
  unsigned n = 0;
  while (all && (e = readdir(all)) != NULL)
    if (isdigit((unsigned char) e->d_name[0]) && is_worker(atol(e->d_name)) &&
        atol(e->d_name) != (long) getpid())
      n++;
  if (all)
    closedir(all);
  return n;
}

void verdict_processes(void) {
  uint64_t until = now_ms() + 5000;
  unsigned n;
  while ((n = processes()) > 0 && now_ms() < until)
    nap(10);
  conclude(n == 0, "no process is left that a client started (%u)", n);
}

unsigned files_in(const char *folder) {
  DIR *d = opendir(folder);
  struct dirent *e;
  unsigned n = 0;
  while (d && (e = readdir(d)) != NULL)
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  if (d)
    closedir(d);
  return n;
}

uint64_t resident(void) {
  unsigned long all = 0, pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f && fscanf(f, "%lu %lu", &all, &pages) != 2)
    pages = 0;
  if (f)
    fclose(f);
  return (uint64_t) pages * (uint64_t) sysconf(_SC_PAGESIZE);
}
