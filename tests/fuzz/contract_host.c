/* contract_host.c: stands in for the system: connections are socket pairs, and processes are names;
   the linker gives the library these functions for its own (--wrap). */
#include "contract.h"
#include "platform/process.h"
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROCESSES = 16, FIRST_PID = 100 };

endpoint endpoints[ENDPOINTS];
host_mood mood;

struct fcl__process {
  fcl__processes *all;
  void *owner;
  endpoint endpoint;
  long pid; /* 0: not started */
  happens next;
};

struct fcl__processes {
  uv_timer_t poke;
  fcl__memory memory;
  const fcl__process_events *events;
  fcl__process *list[PROCESSES];
  int is_closing;
  void (*closed)(void *user);
  void *user;
};

static fcl__processes *open_one; /* NULL: none */
static long last_pid;

/* ---- Connections ---- */

static void narrow(int fd) {
  int size = 4608;
  if (mood.is_narrow)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

static int connect_to(endpoint *e) {
  int pair[2];
  if (e->is_refusing)
    return -ECONNREFUSED;
  if (e->count == BACKLOG)
    return -EAGAIN;
  claim(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  narrow(pair[0]);
  e->waiting[e->count++] = pair[1];
  return pair[0];
}

int __wrap_fcl__socket_connect_unix(const char *path);
int __wrap_fcl__socket_connect_unix(const char *path) {
  claim(path[0] == '@' && path[1] >= '0' && path[1] < '0' + ENDPOINTS);
  return connect_to(&endpoints[path[1] - '0']);
}

int host_fd(endpoint *e) {
  int fd;
  if (e->count == 0)
    return -1;
  fd = e->waiting[0];
  memmove(e->waiting, e->waiting + 1, --e->count * sizeof *e->waiting);
  return fd;
}

static void close_waiting(endpoint *e) {
  while (e->count > 0)
    close(e->waiting[--e->count]);
}

void host_reset(void) {
  unsigned n;
  claim(open_one == NULL);
  for (n = 0; n < ENDPOINTS; n++) {
    close_waiting(&endpoints[n]);
    endpoints[n].is_refusing = 0;
  }
  memset(&mood, 0, sizeof mood);
  last_pid = FIRST_PID;
}

/* ---- Processes ---- */

/* Any event may free this process, start others, or end all. */
static void tell(fcl__processes *all, fcl__process *p) {
  const fcl__process_events *events = all->events;
  happens what = p->next;
  fcl_error e;
  p->next = NOTHING;
  if (what == NOTHING || (p->pid ? what == STARTS || what == FAILS : what == PRINTS))
    return;
  if (what == STARTS) {
    p->pid = ++last_pid;
    events->started(p->owner, p->pid);
  } else if (what == FAILS || p->pid == 0) {
    memset(&e, 0, sizeof e);
    e.code = FCL_E_SPAWN;
    strcpy(e.text, "it cannot be started");
    events->failed(p->owner, &e);
  } else if (what == PRINTS) {
    events->output(p->owner, "a line", 6);
  } else {
    app_gone(&p->endpoint);
    events->exited(p->owner, what == EXITS ? 1 : -1, what == EXITS ? 0 : 9);
  }
}

static void on_poke(uv_timer_t *timer) {
  fcl__processes *all = timer->data;
  unsigned n;
  for (n = 0; n < PROCESSES && !all->is_closing; n++)
    if (all->list[n])
      tell(all, all->list[n]);
}

static void poke(fcl__processes *all) {
  if (!all->is_closing)
    uv_timer_start(&all->poke, on_poke, 0, 0);
}

static fcl__process *find(unsigned which) {
  unsigned n, i;
  for (i = 0; open_one && i < PROCESSES; i++) {
    n = (which + i) % PROCESSES;
    if (open_one->list[n])
      return open_one->list[n];
  }
  return NULL;
}

void host_happens(unsigned which, happens what) {
  fcl__process *p = find(which);
  if (p == NULL || p->next >= EXITS) /* an end that is on its way is not taken back */
    return;
  p->next = what;
  poke(p->all);
}

endpoint *host_endpoint(unsigned which) {
  fcl__process *p = find(which);
  return p && p->pid ? &p->endpoint : NULL;
}

fcl_code __wrap_fcl__processes_open(fcl__processes **out, uv_loop_t *loop,
                                    const fcl__memory *memory, const char *guardian,
                                    const char *runtime_directory,
                                    const fcl__process_events *events, fcl_error *e);
fcl_code __wrap_fcl__processes_open(fcl__processes **out, uv_loop_t *loop,
                                    const fcl__memory *memory, const char *guardian,
                                    const char *runtime_directory,
                                    const fcl__process_events *events, fcl_error *e) {
  fcl__processes *all = fcl__zalloc(memory, sizeof *all);
  *out = NULL;
  if (all == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for processes");
  all->memory = *memory;
  all->events = events;
  uv_timer_init(loop, &all->poke);
  uv_unref((uv_handle_t *) &all->poke);
  all->poke.data = all;
  *out = open_one = all;
  return FCL_OK;
}

fcl_code __wrap_fcl__processes_seal(fcl__processes *all, const fcl_policy *policy,
                                    const char *cgroup, fcl_error *e);
fcl_code __wrap_fcl__processes_seal(fcl__processes *all, const fcl_policy *policy,
                                    const char *cgroup, fcl_error *e) {
  return FCL_OK;
}

static void free_process(fcl__process *p) {
  fcl__processes *all = p->all;
  unsigned n;
  for (n = 0; n < PROCESSES; n++)
    if (all->list[n] == p)
      all->list[n] = NULL;
  app_gone(&p->endpoint);
  close_waiting(&p->endpoint);
  fcl__free(&all->memory, p);
}

static void on_closed(uv_handle_t *handle) {
  fcl__processes *all = handle->data;
  fcl__memory memory = all->memory;
  open_one = NULL;
  if (all->closed)
    all->closed(all->user);
  fcl__free(&memory, all);
}

void __wrap_fcl__processes_close(fcl__processes *all, void (*closed)(void *), void *user);
void __wrap_fcl__processes_close(fcl__processes *all, void (*closed)(void *), void *user) {
  unsigned n;
  all->is_closing = 1;
  all->closed = closed;
  all->user = user;
  for (n = 0; n < PROCESSES; n++)
    if (all->list[n])
      free_process(all->list[n]);
  uv_close((uv_handle_t *) &all->poke, on_closed);
}

fcl_code __wrap_fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                                   fcl__process **out, fcl_error *e);
fcl_code __wrap_fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                                   fcl__process **out, fcl_error *e) {
  fcl__process *p = fcl__zalloc(&all->memory, sizeof *p);
  unsigned n = 0;
  while (n < PROCESSES && all->list[n])
    n++;
  if (p == NULL || n == PROCESSES || mood.fails_to_start) {
    fcl__free(&all->memory, p);
    return fcl__error_setx(e, FCL_E_SPAWN, 0, "%s cannot be started", program->path);
  }
  p->all = all;
  p->owner = owner;
  all->list[n] = *out = p;
  return FCL_OK;
}

int __wrap_fcl__process_is_tcp(const fcl__process *p);
int __wrap_fcl__process_is_tcp(const fcl__process *p) {
  return 0;
}

int __wrap_fcl__process_connect(fcl__process *p);
int __wrap_fcl__process_connect(fcl__process *p) {
  return connect_to(&p->endpoint);
}

int __wrap_fcl__process_is_awaited(fcl__process *p);
int __wrap_fcl__process_is_awaited(fcl__process *p) {
  return p->endpoint.count > 0;
}

int __wrap_fcl__process_unaccepted(fcl__process *p);
int __wrap_fcl__process_unaccepted(fcl__process *p) {
  char byte;
  unsigned n;
  for (n = 0; n < p->endpoint.count; n++)
    if (recv(p->endpoint.waiting[n], &byte, 1, MSG_PEEK) != 0)
      return 1;
  return 0;
}

int __wrap_fcl__process_lacks_limits(const fcl__process *p);
int __wrap_fcl__process_lacks_limits(const fcl__process *p) {
  return 0;
}

int __wrap_fcl__process_is_ending(const fcl__process *p);
int __wrap_fcl__process_is_ending(const fcl__process *p) {
  return p->next >= EXITS;
}

void __wrap_fcl__process_stop(fcl__process *p, int force);
void __wrap_fcl__process_stop(fcl__process *p, int force) {
  if (!force && !mood.obeys)
    return;
  p->next = force ? IS_KILLED : p->next == IS_KILLED ? IS_KILLED : EXITS;
  poke(p->all);
}

void __wrap_fcl__process_free(fcl__process *p);
void __wrap_fcl__process_free(fcl__process *p) {
  free_process(p);
}

/* What is under such a number in this system is something else. */
void __wrap_fcl__doing_now(long pid, char *out, size_t cap);
void __wrap_fcl__doing_now(long pid, char *out, size_t cap) {
  snprintf(out, cap, "doing %ld", pid);
}
