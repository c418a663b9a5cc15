/* world.c: a loop with processes on it, for tests. */
#define _GNU_SOURCE
#include "platform/world.h"
#include "support/fds.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

world w;
seen it;

/* ---- Events ---- */

static void on_started(void *owner, long pid) {
  seen *p = owner;
  ck_assert_int_eq(p->pid, 0);
  ck_assert_int_gt(pid, 0);
  p->pid = pid;
}

static void end(seen *p) {
  if (p->frees_later)
    return;
  fcl__process_free(p->process);
  p->process = NULL;
}

static void on_failed(void *owner, const fcl_error *e) {
  seen *p = owner;
  ck_assert(!seen_end(p) && p->pid == 0);
  p->has_failed = 1;
  p->error = *e;
  end(p);
}

static void on_output(void *owner, const char *line, size_t len) {
  seen *p = owner;
  ck_assert(!seen_end(p) && p->pid != 0);
  p->lines++;
  if (len > p->longest)
    p->longest = len;
  if (len + 1 < sizeof p->out - p->out_len) {
    memcpy(p->out + p->out_len, line, len);
    p->out[p->out_len + len] = '\n';
    p->out_len += len + 1;
  }
  if (p->on_line)
    p->on_line(p);
}

static void on_exited(void *owner, int status, int sig) {
  seen *p = owner;
  ck_assert(!seen_end(p) && p->pid != 0);
  p->has_exited = 1;
  p->status = status;
  p->signal = sig;
  p->unaccepted = fcl__process_unaccepted(p->process);
  end(p);
}

static const fcl__process_events events = {on_started, on_failed, on_output, on_exited};

int seen_end(const seen *p) {
  return p->has_failed || p->has_exited;
}

int seen_line(const seen *p, const char *line) {
  size_t len = strlen(line);
  const char *at = p->out;
  while (at < p->out + p->out_len) {
    const char *stop = memchr(at, '\n', (size_t) (p->out + p->out_len - at));
    if ((size_t) (stop - at) == len && memcmp(at, line, len) == 0)
      return 1;
    at = stop + 1;
  }
  return 0;
}

/* ---- The loop ---- */

static void on_patience(uv_timer_t *t) {
  w.has_lost_patience = 1;
}

void world_be_patient(void) {
  const char *slow = getenv("CK_TIMEOUT_MULTIPLIER");
  unsigned ms = TEST_PATIENCE_MS * (slow && atoi(slow) > 0 ? (unsigned) atoi(slow) : 1);
  w.has_lost_patience = 0;
  uv_timer_start(&w.patience, on_patience, ms, 0);
}

void world_turn(const char *what) {
  uv_run(&w.loop, UV_RUN_ONCE);
  ck_assert_msg(!w.has_lost_patience, "waited in vain for %s", what);
}

void world_calm(void) {
  uv_timer_stop(&w.patience);
}

static void find_app(void) {
  ssize_t n = readlink("/proc/self/exe", w.app, sizeof w.app - 32);
  ck_assert_int_gt(n, 0);
  w.app[n] = 0;
  strcpy(strrchr(w.app, '/'), "/platform_app");
}

/* The first loop of a process opens two descriptors for all loops to come. */
static void open_libuvs_own(void) {
  uv_loop_t loop;
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  uv_loop_close(&loop);
}

void world_open(void) {
  fcl_error e;
  memset(&w, 0, sizeof w);
  memset(&it, 0, sizeof it);
  open_libuvs_own();
  w.fds = test_fds();
  find_app();
  strcpy(w.directory, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(w.directory));
  test_allocator_init(&w.allocator);
  w.memory.fn = test_allocator_realloc;
  w.memory.user = &w.allocator;
  ck_assert_int_eq(uv_loop_init(&w.loop), 0);
  uv_timer_init(&w.loop, &w.patience);
  ck_assert_msg(fcl__processes_open(&w.all, &w.loop, &w.memory, NULL, w.directory, &events, &e) ==
                    FCL_OK,
                "%s", e.text);
}

void world_reopen(const char *guardian, const char *directory) {
  fcl_error e;
  fcl__processes_close(w.all, NULL, NULL);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_uint_eq(w.allocator.live, 0);
  ck_assert_msg(fcl__processes_open(&w.all, &w.loop, &w.memory, guardian, directory, &events, &e) ==
                    FCL_OK,
                "%s", e.text);
}

static void on_closed(void *user) {
  ck_assert_int_eq(w.is_closed, 0);
  w.is_closed = 1;
}

void world_close(void) {
  if (w.all)
    fcl__processes_close(w.all, on_closed, NULL);
  world_run_until(w.is_closed || w.all == NULL);
  uv_close((uv_handle_t *) &w.patience, NULL);
  uv_run(&w.loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&w.loop), 0);
  ck_assert_uint_eq(w.allocator.live, 0);
  ck_assert_uint_eq(w.allocator.misuses, 0);
  test_allocator_destroy(&w.allocator);
  ck_assert_msg(rmdir(w.directory) == 0, "something is left in %s", w.directory);
  ck_assert_fds(w.fds);
}

void run_to_its_end(void) {
  world_run_until(seen_end(&it));
}

/* ---- Starting ---- */

fcl_code world_start_program(seen *p, const fcl__program *program, fcl_error *e) {
  p->world = &w;
  return fcl__process_start(w.all, program, p, &p->process, e);
}

void world_start(seen *p, const char *first, ...) {
  const char *argv[32] = {w.app, first};
  fcl__program program = {.path = w.app, .argv = argv, .stop_ms = 1000};
  fcl_error e = {0};
  va_list args;
  int n = 1;
  va_start(args, first);
  while (argv[n] && n < 31)
    argv[++n] = va_arg(args, const char *);
  va_end(args);
  ck_assert_msg(world_start_program(p, &program, &e) == FCL_OK, "%s", e.text);
}

/* ---- The guardian ---- */

static int is_guardian_of_ours(const char *pid, const char *mine) {
  char path[300], title[256] = "";
  int fd;
  ssize_t n;
  snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  n = fd < 0 ? 0 : read(fd, title, sizeof title - 1);
  if (fd >= 0)
    close(fd);
  return n > 0 && strncmp(title, "fcl-guardian: ", 14) == 0 && strlen(title) > strlen(mine) &&
         strcmp(title + strlen(title) - strlen(mine), mine) == 0;
}

long world_guardian(void) {
  DIR *d = opendir("/proc");
  const struct dirent *e;
  char mine[32];
  long pid = 0;
  snprintf(mine, sizeof mine, " %ld", (long) getpid());
  while (d && pid == 0 && (e = readdir(d)) != NULL)
    if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && is_guardian_of_ours(e->d_name, mine))
      pid = atol(e->d_name);
  closedir(d);
  return pid;
}

/* ---- The living ---- */

typedef struct kin { /* what /proc says of a process */
  long pid, parent;
  char state;
} kin;

static int read_kin(const char *pid, kin *k) {
  char path[300], text[512] = "";
  const char *at = NULL;
  int fd;
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
    at = strrchr(text, ')');
  if (fd >= 0)
    close(fd);
  k->pid = atol(pid);
  return at && sscanf(at, ") %c %ld", &k->state, &k->parent) == 2;
}

static int count_kin(int (*fits)(const kin *, long, long), long a, long b) {
  DIR *d = opendir("/proc");
  const struct dirent *e;
  kin k;
  int n = 0;
  while (d && (e = readdir(d)) != NULL)
    n += e->d_name[0] >= '1' && e->d_name[0] <= '9' && read_kin(e->d_name, &k) && fits(&k, a, b);
  closedir(d);
  return n;
}

static int is_other(const kin *k, long guardian, long but) {
  return k->pid != but && k->state != 'Z' && (k->parent == guardian || k->parent == but);
}

static int is_zombie(const kin *k, long parent, long unused) {
  return k->parent == parent && k->state == 'Z';
}

int is_alive(long pid) {
  char name[32];
  kin k;
  snprintf(name, sizeof name, "%ld", pid);
  return read_kin(name, &k) && k.state != 'Z';
}

int others_alive(long guardian, long but) {
  return count_kin(is_other, guardian, but);
}

int zombies(long parent) {
  return count_kin(is_zombie, parent, 0);
}

void run_until_alone(long guardian, long but) {
  world_be_patient();
  while (others_alive(guardian, but) > 0) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    ck_assert_msg(!w.has_lost_patience, "descendants live on");
    usleep(1000);
  }
  world_calm();
}
