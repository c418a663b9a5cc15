/* process.c: process.h for POSIX: application programs, started and ended through a guardian. */
#define _GNU_SOURCE
#include "platform/process.h"
#include "platform/posix/endpoint.h"
#include "platform/posix/failure.h"
#include "platform/posix/find.h"
#include "platform/posix/lines.h"
#include "platform/posix/link.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_AT_ONCE                                                                               \
  8192 /* bytes of output in one turn of the loop, so that a flood delays nobody */
#define DRAIN_MAX                                                                                  \
  262144 /* bytes of output taken after the exit: more than any pipe holds by default */

extern char **environ;

struct fcl__processes {
  uv_loop_t *loop;
  fcl__memory memory;
  const char *guardian, *runtime_directory;
  const fcl__process_events *events;
  fcl__directory directory;
  fcl__link *current; /* the guardian that takes orders; NULL: none */
  fcl__list links;    /* with those that are dying */
  fcl__list list;     /* processes that are not freed */
  unsigned closing_outputs;
  uint32_t last_id;
  uv_timer_t last; /* its close callback is the last */
  int is_closing, is_closed;
  void (*closed)(void *user);
  void *user;
};

struct fcl__process {
  fcl__list link;
  fcl__processes *all;
  fcl__link *guardian; /* NULL: it is gone */
  void *owner;
  uint32_t id;
  long pid;
  enum { ORDERED, STARTED, ENDED } state;
  fcl__endpoint endpoint;
  uv_poll_t output;
  int output_fd; /* -1: closed */
  fcl__lines lines;
  const char *directory; /* behind the path */
  char path[];
};

/* ---- Output ---- */

static int on_line(void *user, const char *line, size_t len) {
  fcl__process *p = user;
  if (!p->all->is_closing)
    p->all->events->output(p->owner, line, len);
  return p->all->is_closing;
}

/* Returns what read returns. */
static ssize_t read_output(fcl__process *p) {
  char bytes[READ_AT_ONCE];
  ssize_t n = read(p->output_fd, bytes, sizeof bytes);
  if (n > 0)
    fcl__lines_feed(&p->lines, bytes, (size_t) n, on_line, p);
  return n;
}

static void on_output(uv_poll_t *poll, int status, int events) {
  fcl__process *p = poll->data;
  ssize_t n = read_output(p);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return;
  uv_poll_stop(poll); /* it has closed its output, or broken it: no matter, as long as it serves */
  fcl__lines_end(&p->lines, on_line, p);
}

/* Descendants may hold the other end for ever: so only what is there now, and not without a bound.
 */
static void drain_output(fcl__process *p) {
  size_t sum = 0;
  ssize_t n = 1;
  while (n > 0 && sum < DRAIN_MAX && !p->all->is_closing) {
    n = read_output(p);
    sum += n > 0 ? (size_t) n : 0;
  }
  fcl__lines_end(&p->lines, on_line, p);
}

/* ---- The end of processes ---- */

static void on_all_closed(uv_handle_t *h) {
  fcl__processes *all = h->data;
  fcl__memory memory = all->memory;
  if (all->closed)
    all->closed(all->user);
  fcl__free(&memory, all);
}

static void close_if_empty(fcl__processes *all) {
  if (!all->is_closing || all->is_closed || !fcl__list_empty(&all->links) ||
      all->closing_outputs > 0)
    return;
  all->is_closed = 1;
  fcl__directory_remove(&all->directory);
  uv_close((uv_handle_t *) &all->last, on_all_closed);
}

static void on_output_closed(uv_handle_t *h) {
  fcl__process *p = h->data;
  fcl__processes *all = p->all;
  fcl__free(&all->memory, p);
  all->closing_outputs--;
  close_if_empty(all);
}

static void free_process(fcl__process *p) {
  fcl__list_remove(&p->link);
  fcl__endpoint_close(&p->endpoint);
  p->all->closing_outputs++;
  uv_close((uv_handle_t *) &p->output, on_output_closed);
  close(p->output_fd);
  p->output_fd = -1;
}

void fcl__process_free(fcl__process *p) {
  free_process(p);
}

static void end_with_exit(fcl__process *p, int status, int sig) {
  p->state = ENDED;
  p->guardian = NULL;
  drain_output(p);
  uv_poll_stop(&p->output);
  if (!p->all->is_closing)
    p->all->events->exited(p->owner, status, sig);
}

static void end_with_failure(fcl__process *p, const fcl_error *e) {
  p->state = ENDED;
  p->guardian = NULL;
  p->all->events->failed(p->owner, e);
}

/* ---- What the guardian says ---- */

static fcl__process *find(const fcl__processes *all, uint32_t id) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->id == id)
      return p;
  }
  return NULL;
}

static void on_started(fcl__process *p, uint32_t pid) {
  if (p->state != ORDERED)
    return;
  p->state = STARTED;
  p->pid = (long) pid;
  uv_poll_start(&p->output, UV_READABLE, on_output);
  p->all->events->started(p->owner, p->pid);
}

static void on_failed(fcl__process *p, const fcl__report *r) {
  fcl_error e = {0};
  if (p->state != ORDERED)
    return;
  fcl__failure(&e, p->path, p->directory, (fcl__stage) r->detail, (int) r->number);
  end_with_failure(p, &e);
}

static void on_exited(fcl__process *p, const fcl__report *r) {
  if (p->state == STARTED)
    end_with_exit(p, r->detail ? -1 : (int) r->number, (int) r->detail);
}

static void on_report(void *owner, fcl__link *link, const fcl__report *r) {
  fcl__processes *all = owner;
  fcl__process *p = find(all, r->id);
  if (all->is_closing || (p == NULL && r->kind != FCL__REPORT_READY))
    return;
  switch (r->kind) {
  case FCL__REPORT_READY:
    break;
  case FCL__REPORT_STARTED:
    on_started(p, r->number);
    break;
  case FCL__REPORT_FAILED:
    on_failed(p, r);
    break;
  case FCL__REPORT_EXITED:
    on_exited(p, r);
    break;
  }
}

/* Its direct children die with it; what these have started is in their groups. */
static void on_broken(void *owner, fcl__link *link) {
  fcl__processes *all = owner;
  fcl__list *at, *after;
  if (all->current == link)
    all->current = NULL;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->guardian == link && p->state == STARTED)
      kill((pid_t) -p->pid, SIGKILL);
  }
}

static fcl__process *orphan_of(const fcl__processes *all, const fcl__link *link) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->guardian == link && p->state != ENDED)
      return p;
  }
  return NULL;
}

static void on_gone(void *owner, fcl__link *link, const char *how) {
  fcl__processes *all = owner;
  fcl__process *p;
  fcl_error e;
  while (!all->is_closing && (p = orphan_of(all, link)) != NULL) {
    if (p->state == STARTED) {
      end_with_exit(p, -1, SIGKILL);
      continue;
    }
    fcl__error_setx(&e, FCL_E_SPAWN, 0,
                    "cannot start %s: the guardian (process %ld) %s before it had done so; it will "
                    "be replaced at the next start",
                    p->path, link->pid, how);
    end_with_failure(p, &e);
  }
}

static void on_link_closed(void *owner, fcl__link *link) {
  fcl__processes *all = owner;
  fcl__list_remove(&link->link);
  close_if_empty(all);
}

static const fcl__link_events link_events = {on_report, on_broken, on_gone, on_link_closed};

/* ---- Starting ---- */

static fcl_code tell_directory(fcl__processes *all, fcl_error *e) {
  fcl__order o = {.kind = FCL__ORDER_DIRECTORY};
  o.directory = all->directory.path;
  return fcl__link_send(all->current, &o, NULL, e);
}

/* The guardian hears of it before it is there: whenever we die, somebody removes it. */
static fcl_code need_directory(fcl__processes *all, fcl_error *e) {
  fcl_code code;
  if (all->directory.is_made)
    return FCL_OK;
  code = fcl__directory_choose(&all->directory, all->runtime_directory, e);
  if (code == FCL_OK)
    code = tell_directory(all, e);
  return code == FCL_OK ? fcl__directory_make(&all->directory, e) : code;
}

/* Whoever cleans up /tmp may have removed our directory: then there is another. */
static fcl_code listen_somewhere(fcl__processes *all, fcl__endpoint *endpoint, fcl_error *e) {
  fcl_code code = need_directory(all, e);
  if (code == FCL_OK)
    code = fcl__endpoint_open(endpoint, &all->directory, e);
  if (code != FCL_E_SPAWN || !all->directory.is_made || e->sys != ENOENT)
    return code;
  all->directory.is_made = 0;
  code = need_directory(all, e);
  return code == FCL_OK ? fcl__endpoint_open(endpoint, &all->directory, e) : code;
}

static fcl_code need_guardian(fcl__processes *all, fcl_error *e) {
  char path[FCL__PATH_MAX];
  fcl_code code;
  if (all->current && fcl__link_alive(all->current))
    return FCL_OK;
  all->current = NULL;
  code = fcl__find_guardian(path, all->guardian, e);
  if (code == FCL_OK)
    code = fcl__link_open(&all->current, all->loop, &all->memory, path, &link_events, all, e);
  if (code != FCL_OK)
    return code;
  fcl__list_append(&all->links, &all->current->link);
  return all->directory.is_made ? tell_directory(all, e) : FCL_OK;
}

/* Fills `out` (size FCL__PATH_MAX) with the absolute path of the directory. */
static fcl_code resolve(char *out, const char *directory, fcl_error *e) {
  char here[FCL__PATH_MAX] = "";
  int n;
  if ((directory == NULL || directory[0] != '/') && getcwd(here, sizeof here) == NULL)
    return fcl__error_set(e, FCL_E_SPAWN, errno,
                          "cannot tell our current directory; set directory to an absolute path");
  n = directory == NULL     ? snprintf(out, FCL__PATH_MAX, "%s", here)
      : directory[0] == '/' ? snprintf(out, FCL__PATH_MAX, "%s", directory)
                            : snprintf(out, FCL__PATH_MAX, "%s/%s", here, directory);
  if (n < 0 || n >= FCL__PATH_MAX)
    return fcl__error_setx(e, FCL_E_SPAWN, ENAMETOOLONG,
                           "cannot start in a directory whose path is longer than %d bytes",
                           FCL__PATH_MAX - 1);
  return FCL_OK;
}

static uint32_t count(const char *const *vector) {
  uint32_t n = 0;
  while (vector[n])
    n++;
  return n;
}

static fcl_code order_start(fcl__process *p, const fcl__program *program, int output,
                            fcl_error *e) {
  const char *const alone[2] = {program->path, NULL};
  int fds[2];
  fcl__order o = {.kind = FCL__ORDER_START};
  o.id = p->id;
  o.number = program->stop_ms;
  o.path = p->path;
  o.directory = p->directory;
  o.argv = program->argv ? program->argv : alone;
  o.env = program->env ? program->env : (const char *const *) environ;
  o.argc = count(o.argv);
  o.envc = count(o.env);
  fds[0] = p->endpoint.fd;
  fds[1] = output;
  return fcl__link_send(p->guardian, &o, fds, e);
}

static fcl__process *make(fcl__processes *all, const char *path, const char *directory) {
  size_t path_size = strlen(path) + 1, directory_size = strlen(directory) + 1;
  fcl__process *p = fcl__zalloc(&all->memory, sizeof *p + path_size + directory_size);
  if (p == NULL)
    return NULL;
  memcpy(p->path, path, path_size);
  p->directory = memcpy(p->path + path_size, directory, directory_size);
  p->all = all;
  p->guardian = all->current;
  p->id = ++all->last_id;
  p->endpoint.fd = p->output_fd = -1;
  return p;
}

/* Makes the pipe for its output; *write_end is the caller's. */
static fcl_code open_output(fcl__process *p, int *write_end, fcl_error *e) {
  int fds[2], error;
  if (pipe2(fds, O_CLOEXEC) != 0)
    return fcl__error_set(e, FCL_E_SPAWN, errno, "cannot start %s: no pipe for its output",
                          p->path);
  error = uv_poll_init(p->all->loop, &p->output, fds[0]);
  if (error != 0) {
    close(fds[0]);
    close(fds[1]);
    return fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s: cannot watch its output",
                          p->path);
  }
  uv_unref((uv_handle_t *) &p->output);
  p->output.data = p;
  p->output_fd = fds[0];
  *write_end = fds[1];
  return FCL_OK;
}

static fcl_code open_and_order(fcl__process *p, const fcl__program *program, fcl_error *e) {
  int output = -1;
  fcl_code code = listen_somewhere(p->all, &p->endpoint, e);
  if (code == FCL_OK)
    code = open_output(p, &output, e);
  if (code != FCL_OK) {
    fcl__endpoint_close(&p->endpoint);
    fcl__free(&p->all->memory, p);
    return code;
  }
  fcl__list_append(&p->all->list, &p->link);
  code = order_start(p, program, output, e);
  if (code != FCL_OK) {
    close(output);
    free_process(p);
  }
  return code;
}

static fcl_code start(fcl__processes *all, const fcl__program *program, void *owner,
                      fcl__process **out, fcl_error *e) {
  char directory[FCL__PATH_MAX];
  fcl__process *p;
  fcl_code code;
  if (program->path[0] != '/')
    return fcl__error_setx(e, FCL_E_SPAWN, EINVAL,
                           "cannot start %s: set program to an absolute path", program->path);
  code = resolve(directory, program->directory, e);
  if (code == FCL_OK)
    code = need_guardian(all, e);
  if (code != FCL_OK)
    return code;
  p = make(all, program->path, directory);
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for a process");
  p->owner = owner;
  code = open_and_order(p, program, e);
  if (code == FCL_OK)
    *out = p;
  return code;
}

fcl_code fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                            fcl__process **out, fcl_error *e) {
  fcl_error mine = {0};
  fcl_code code = start(all, program, owner, out, &mine);
  if (e)
    *e = mine;
  return code;
}

/* ---- The rest of process.h ---- */

int fcl__process_connect(fcl__process *p) {
  return fcl__endpoint_connect(&p->endpoint);
}

int fcl__process_unaccepted(fcl__process *p) {
  return fcl__endpoint_unaccepted(&p->endpoint);
}

/* Behind the order to start, so it cannot come too early.  Without memory for the order we do it
 * ourselves. */
void fcl__process_stop(fcl__process *p, int force) {
  fcl__order o = {.kind = FCL__ORDER_STOP};
  o.id = p->id;
  o.number = force ? 1 : 0;
  if (p->state == ENDED || p->guardian->state != FCL__LINK_UP)
    return;
  if (fcl__link_send(p->guardian, &o, NULL, NULL) != FCL_OK && p->state == STARTED)
    kill((pid_t) (force ? -p->pid : p->pid), force ? SIGKILL : SIGTERM);
}

fcl_code fcl__processes_open(fcl__processes **out, uv_loop_t *loop, const fcl__memory *memory,
                             const char *guardian, const char *runtime_directory,
                             const fcl__process_events *events, fcl_error *e) {
  fcl__processes *all = fcl__zalloc(memory, sizeof *all);
  if (all == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for processes");
  all->loop = loop;
  all->memory = *memory;
  all->guardian = guardian;
  all->runtime_directory = runtime_directory;
  all->events = events;
  fcl__list_init(&all->links);
  fcl__list_init(&all->list);
  uv_timer_init(loop, &all->last);
  all->last.data = all;
  *out = all;
  return FCL_OK;
}

void fcl__processes_close(fcl__processes *all, void (*closed)(void *user), void *user) {
  fcl__list *at, *after;
  all->is_closing = 1;
  all->closed = closed;
  all->user = user;
  FCL__LIST_EACH (at, after, &all->list)
    free_process(FCL__OF(at, fcl__process, link));
  FCL__LIST_EACH (at, after, &all->links)
    fcl__link_leave(FCL__OF(at, fcl__link, link));
  close_if_empty(all);
}
