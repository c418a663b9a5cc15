/* run.c: one exchange under one fault: everything is opened, ends, and leaves nothing behind. */
#define _GNU_SOURCE
#include "torture/torture.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>
#include "support/fds.h"

run now;
static uv_loop_t loop;
static sem_t closing, closed;

const char *run_name(void) {
  static char text[256];
  const fault *f = now.fault;
  if (f == NULL)
    snprintf(text, sizeof text, "%s, without a fault", now.shape->name);
  else
    snprintf(text, sizeof text, "%s, %s%s at call %zu of %zu%s", now.shape->name,
             f->in_guardian ? "guardian " : "", fault_name(f), now.nth, test_call->calls,
             now.for_ever ? " and all behind it" : "");
  return text;
}

/* ---- The clock of the test itself: not that of the loop, which may be under torture ---- */

static void is_stuck(int sig) {
  char text[400];
  int n = snprintf(text, sizeof text, "stuck: %s; %u begun, %u done\n", run_name(), now.begun,
                   now.done);
  if (write(2, text, (size_t) n) < 0 || sig)
    abort();
}

static void watch(int seconds) {
  const char *times = getenv("CK_TIMEOUT_MULTIPLIER");
  struct itimerval limit = {{0, 0}, {seconds * (times && atoi(times) > 1 ? atoi(times) : 1), 0}};
  signal(SIGALRM, is_stuck);
  setitimer(ITIMER_REAL, &limit, NULL);
}

/* ---- Opening ---- */

static void *tortured_realloc(void *ptr, size_t size, void *user) {
  if (size > 0 && test_call_fails(TEST_MEMORY))
    return NULL;
  return test_allocator_realloc(ptr, size, user);
}

static void on_event(const fcl_event *event, void *user) {
  if (getenv("TORTURE_SAY"))
    fprintf(stderr, "%s: event: %s\n", run_name(), event->sentence);
  if (event->level >= FCL_LEVEL_WARNING && !now.for_ever && !now.is_closing && now.pool)
    fcl_pool_resume(now.pool);
}

int run_may_fail(fcl_code code) {
  const char *name = fcl_code_name(code), *at = now.fault ? strstr(now.fault->codes, name) : NULL;
  size_t len = strlen(name);
  if (now.fault == NULL || now.fault->is_harmless)
    return 0;
  if (now.for_ever && (code == FCL_E_TIMEOUT_QUEUE || code == FCL_E_TIMEOUT_START))
    return 1; /* it was tried again and again; or the machine is very busy */
  if (test_call->struck == 0)
    return 0;
  for (; at; at = strstr(at + len, name))
    if ((at == now.fault->codes || at[-1] == ' ') && (at[len] == ' ' || at[len] == 0))
      return 1;
  return 0;
}

/* What could not be made can be, when nothing fails any more.  1: there is none. */
static int was_not_made(int status, const fcl_error *e, const char *what) {
  if (status == FCL_OK)
    return 0;
  if (getenv("TORTURE_SAY"))
    fprintf(stderr, "%s: no %s: %s\n", run_name(), what, e->text);
  ck_assert_msg(run_may_fail(e->code) || (e->code == FCL_E_INVAL && test_call->struck),
                "%s: no %s: %s", run_name(), what, e->text);
  ck_assert_msg(e->text[0] != 0, "%s: no %s, and no reason", run_name(), what);
  now.loops_lost += now.client == NULL && now.shape->loop != BORROWED;
  return 1;
}

static int make_client(void) {
  static const fcl_loop modes[] = {FCL_LOOP_UV, FCL_LOOP_THREAD, FCL_LOOP_MANUAL};
  fcl_client_options o = {0};
  fcl_error e = {0};
  o.mode = modes[now.shape->loop];
  o.uv = now.shape->loop == BORROWED ? &loop : NULL;
  o.realloc_fn = tortured_realloc;
  o.user = &now.memory;
  o.on_event = on_event;
  o.spool_directory = "/tmp";
#ifdef TORTURE_APP
  o.guardian = TORTURE_GUARDIAN;
#endif
  return was_not_made(fcl_client_new(&now.client, &o, &e), &e, "client");
}

static const char *address_of(void) {
  static char by_name[64];
  const char *is = now.script ? fcl_script_address(now.script) : NULL;
  if (now.shape->place != AT_NAME)
    return is;
  snprintf(by_name, sizeof by_name, "tcp:localhost:%s", strrchr(is, ':') + 1);
  return by_name;
}

static int make_pool(void) {
  const char *addresses[2] = {address_of(), NULL};
  const shape *s = now.shape;
  fcl_pool_options o = {0};
  fcl_error e = {0};
  o.name = "torture";
  o.addresses = addresses[0] ? addresses : NULL;
#ifdef TORTURE_APP
  o.program = addresses[0] ? NULL : TORTURE_APP;
#endif
  o.max_connections = s->connections;
  o.max_processes = s->processes ? s->processes : 1;
  o.per_connection = s->share;
  o.new_connection_each = (unsigned) s->each_anew;
  o.read_ahead_file = s->ahead ? 1u << 20 : 0;
  o.gather = (unsigned) s->gathers;
  o.gather_memory = 1;
  o.stderr_mode = s->sort == SPOILS ? FCL_STDERR_IN_500 : FCL_STDERR_IGNORE;
  o.queue_ms = now.for_ever && !now.fault->is_harmless ? 200 : 10000;
  o.activity_ms = 5000;
  o.abort_ms = 300;
  o.rapid_fails = FCL_NEVER;
  return was_not_made(fcl_pool_new(&now.pool, now.client, &o, &e), &e, "pool");
}

static void on_closed(void *user) {
  sem_post(&closed);
}

void run_close(void) {
  if (now.has_left)
    return;
  now.is_closing = now.has_left = 1;
  fcl_client_close(now.client, on_closed, NULL);
  sem_post(&closing);
}

/* 0: there was no client. */
static int open_all(void) {
  unsigned n;
  if (make_client() && (now.for_ever || make_client()))
    return 0;
  if (make_pool() && (now.for_ever || make_pool())) {
    run_close();
    return 1;
  }
  for (n = 0; n == 0 || (n < now.shape->at_once && !now.is_closing); n++)
    caller_begin();
  return 1;
}

/* ---- The whole ---- */

static void turn(void) {
  struct pollfd fd;
  switch (now.shape->loop) {
  case BORROWED:
    uv_run(&loop, UV_RUN_DEFAULT);
    return;
  case OF_ITS_OWN:
    sem_wait(&closing);
    fcl_client_join(now.client);
    return;
  case POLLED:
    fd.fd = fcl_client_fd(now.client);
    fd.events = POLLIN;
    while (sem_trywait(&closed) != 0) {
      poll(&fd, 1, fcl_client_timeout(now.client));
      fcl_client_run(now.client);
    }
    sem_post(&closed);
    fcl_client_join(now.client);
  }
}

static int is_ours(const char *pid) {
  static char environment[65536];
  char path[64], mark[128];
  ssize_t len;
  int fd;
  snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  len = fd >= 0 ? read(fd, environment, sizeof environment) : -1;
  if (fd >= 0)
    close(fd);
  snprintf(mark, sizeof mark, "TORTURE_PLAN=%s", getenv("TORTURE_PLAN"));
  return len > 0 && memmem(environment, (size_t) len, mark, strlen(mark) + 1) != NULL;
}

/* Applications and guardians have it in their environment whose they are.  The test itself got it
 * too late to have it there. */
static unsigned processes(void) {
  DIR *all = opendir("/proc");
  const struct dirent *e;
  unsigned n = 0;
  while (all && (e = readdir(all)) != NULL)
    n += isdigit((unsigned char) e->d_name[0]) && is_ours(e->d_name);
  if (all)
    closedir(all);
  return n;
}

/* Who was killed a moment ago may still be dying. */
static int are_gone(void) {
  int looks = 0;
  while (processes() > 0 && looks++ < 500)
    usleep(10000);
  return looks < 500;
}

static void begin_script(void) {
  fcl_script_options o = {0};
  fcl_error e;
  if (now.shape->place == AS_PROCESS)
    return;
  o.play = now.shape->play;
  o.multiplexed = now.shape->share > 1;
  o.address = now.shape->place == AT_UNIX ? NULL : "tcp:127.0.0.1:0";
  ck_assert_msg(fcl_script_start(&now.script, &o, &e) == FCL_OK, "%s", e.text);
}

static void plan(void) {
  const fault *f = now.fault;
  unsetenv("TORTURE_GUARDIAN");
  test_calls_plan(f ? f->kind : TEST_KINDS, f ? f->how : 0, now.nth, now.for_ever);
  if (f && f->in_guardian) {
    test_calls_arm(0);
    setenv("TORTURE_GUARDIAN", "1", 1);
  }
}

static void check_rest(int fds) {
  fcl_error e;
  int has_failed = fcl_script_end(now.script, &e);
  ck_assert_msg(has_failed == FCL_OK, "%s: the application saw: %s", run_name(), e.text);
  ck_assert_msg(now.done == now.begun, "%s: %u begun, %u ended", run_name(), now.begun, now.done);
  ck_assert_msg(now.memory.live == 0 && now.memory.misuses == 0,
                "%s: %zu blocks are left, %zu misused", run_name(), now.memory.live,
                now.memory.misuses);
  ck_assert_msg(now.shape->place != AS_PROCESS || are_gone(), "%s: processes are left", run_name());
  if (test_fds() < fds || test_fds() > fds + now.loops_lost)
    ck_abort_msg("%s: %d descriptors, %d before", run_name(), test_fds(), fds);
}

static size_t size_of(size_t size) {
  int is_slow = now.fault && now.fault->how == TEST_ONE_BYTE && now.for_ever;
  return is_slow && size > 2000 ? 2000 : size;
}

/* libuv 1.44 forgets the epoll descriptor of a loop that it could not make whole: run.loops_lost.
 */
void run_one(const shape *s, const fault *f, size_t nth, int for_ever) {
  int fds = test_fds(), has_client;
  memset(&now, 0, sizeof now);
  now.shape = s;
  now.fault = f;
  now.nth = nth;
  now.for_ever = for_ever;
  now.body = size_of(s->body);
  now.answer = size_of(s->answer);
  test_allocator_init(&now.memory);
  sem_init(&closing, 0, 0);
  sem_init(&closed, 0, 0);
  begin_script();
  if (s->loop == BORROWED)
    ck_assert_int_eq(uv_loop_init(&loop), 0);
  watch(10);
  plan();
  has_client = open_all();
  if (has_client)
    turn();
  test_calls_arm(0);
  ck_assert_msg(!has_client || sem_trywait(&closed) == 0, "%s: the client has not closed",
                run_name());
  if (s->loop == BORROWED)
    ck_assert_msg(uv_loop_close(&loop) == 0, "%s: the loop has handles left", run_name());
  check_rest(fds);
  watch(0);
  test_allocator_destroy(&now.memory);
}
