/* driver.c: the test's world: a folder, a loop, a client, its events; and that nothing of it is
 * left behind. */
#include "real/driver.h"
#include "support/fds.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 20000

static struct {
  uv_loop_t loop;
  uv_timer_t ticker;
  fcl_client *client;
  int is_closed, fds;
  char folder[200], runtime[208];
  uint64_t deadline;
  seen *events;
  unsigned event_count;
} world;

const fcl_policy *driver_policy;
int (*driver_on_impersonate)(const fcl_identity *identity, void *user);

/* ---- Time ---- */

uint64_t driver_ms(void) {
  return uv_hrtime() / 1000000;
}

int driver_is_long(void) {
  return getenv("FCGICLIENT_TEST_ALL") != NULL || getenv("FCL_ALL") != NULL;
}

static unsigned slowness(void) {
  const char *factor = getenv("CK_TIMEOUT_MULTIPLIER");
  int n = factor ? atoi(factor) : 1;
  return n > 1 ? (unsigned) n : 1;
}

void driver_patience(unsigned ms) {
  world.deadline = driver_ms() + (uint64_t) ms * slowness();
}

static void on_tick(uv_timer_t *timer) {
  (void) timer; /* ends the turn */
}

void driver_turn(const char *what, const char *file, int line) {
  unsigned i, from = world.event_count > 12 ? world.event_count - 12 : 0;
  uv_timer_start(&world.ticker, on_tick, 5, 0);
  uv_run(&world.loop, UV_RUN_ONCE);
  uv_timer_stop(&world.ticker);
  if (driver_ms() < world.deadline)
    return;
  for (i = from; i < world.event_count; i++)
    fprintf(stderr, "  event: %s\n", world.events[i].text);
  ck_abort_msg("%s:%d: waited in vain until %s", file, line, what);
}

static void set_flag(void *flag) {
  *(int *) flag = 1;
}

void driver_run_for(unsigned ms) {
  int is_over = 0;
  driver_later(ms, set_flag, &is_over);
  wait_until(is_over);
}

typedef struct later {
  uv_timer_t timer;
  void (*act)(void *arg);
  void *arg;
} later;

static void on_later_closed(uv_handle_t *handle) {
  free(handle->data);
}

static void on_later(uv_timer_t *timer) {
  later *l = timer->data;
  l->act(l->arg);
  uv_close((uv_handle_t *) timer, on_later_closed);
}

void driver_later(unsigned ms, void (*act)(void *arg), void *arg) {
  later *l = calloc(1, sizeof *l);
  ck_assert_ptr_nonnull(l);
  l->act = act;
  l->arg = arg;
  l->timer.data = l;
  uv_timer_init(&world.loop, &l->timer);
  uv_timer_start(&l->timer, on_later, ms, 0);
}

/* ---- Files ---- */

const char *driver_folder(void) {
  return world.folder;
}

const char *driver_path(const char *name) {
  static char paths[32][300];
  char path[300];
  unsigned i;
  snprintf(path, sizeof path, "%s/%s", world.folder, name);
  for (i = 0; paths[i][0] && strcmp(paths[i], path) != 0; i++)
    ck_assert_uint_lt(i, 31);
  return strcpy(paths[i], path);
}

const char *driver_file(const char *name, const char *text) {
  const char *path = driver_path(name);
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_ge(fputs(text, f), 0);
  ck_assert_int_eq(fclose(f), 0);
  return path;
}

static void allow(const char *path, int mode) {
  uv_fs_t request;
  ck_assert_int_eq(uv_fs_chmod(NULL, &request, path, mode, NULL), 0);
}

const char *driver_program(const char *name, const char *script) {
  const char *path = driver_file(name, script);
  allow(path, 0755);
  return path;
}

static void make_folder(void) {
  uv_fs_t request;
  char template[200];
  snprintf(template, sizeof template, "%s/fcl-real-XXXXXX", process_temporary());
  ck_assert_int_eq(uv_fs_mkdtemp(NULL, &request, template, NULL), 0);
  snprintf(world.folder, sizeof world.folder, "%s", request.path);
  uv_fs_req_cleanup(&request);
  snprintf(world.runtime, sizeof world.runtime, "%s/run", world.folder);
  ck_assert_int_eq(uv_fs_mkdir(NULL, &request, world.runtime, 0700, NULL), 0);
}

static void remove_all(const char *path) {
  uv_fs_t list, request;
  uv_dirent_t entry;
  char below[600];
  if (uv_fs_unlink(NULL, &request, path, NULL) == 0)
    return;
  uv_fs_scandir(NULL, &list, path, 0, NULL);
  while (uv_fs_scandir_next(&list, &entry) == 0) {
    snprintf(below, sizeof below, "%s/%s", path, entry.name);
    remove_all(below);
  }
  uv_fs_req_cleanup(&list);
  uv_fs_rmdir(NULL, &request, path, NULL);
}

static unsigned count_files(const char *folder) {
  uv_fs_t request;
  int n = uv_fs_scandir(NULL, &request, folder, 0, NULL);
  uv_fs_req_cleanup(&request);
  return n > 0 ? (unsigned) n : 0;
}

/* ---- Events ---- */

static void on_event(const fcl_event *e, void *user) {
  seen *s = &world.events[world.event_count];
  if (world.event_count == EVENTS_MAX)
    return;
  s->is_printed = e->printed != NULL && *e->printed &&
                  strcmp(e->printed, e->sentence + strlen(e->sentence) - strlen(e->printed)) == 0;
  world.event_count++;
  s->level = e->level;
  s->code = e->code;
  s->pid = e->pid;
  snprintf(s->pool, sizeof s->pool, "%s", e->pool ? e->pool : "");
  snprintf(s->tag, sizeof s->tag, "%s", e->tag ? e->tag : "");
  snprintf(s->text, sizeof s->text, "%s", e->sentence);
}

const seen *driver_event(const char *part) {
  unsigned i;
  for (i = 0; i < world.event_count; i++)
    if (strstr(world.events[i].text, part))
      return &world.events[i];
  return NULL;
}

unsigned driver_events(const char *part) {
  unsigned i, n = 0;
  for (i = 0; i < world.event_count; i++)
    n += strstr(world.events[i].text, part) != NULL;
  return n;
}

/* ---- The client ---- */

fcl_pool *driver_pool(const fcl_pool_options *options) {
  fcl_pool *pool;
  fcl_error e = {0};
  ck_assert_msg(fcl_pool_new(&pool, world.client, options, &e) == FCL_OK, "%s", e.text);
  return pool;
}

fcl_pool_options driver_php(void) {
  static const char *const argv[] = {PHP_CGI, "-d", "output_buffering=0", NULL};
  fcl_pool_options o = {0};
  o.name = "php";
  o.program = PHP_CGI;
  o.argv = argv;
  return o;
}

void driver_open(void) {
  fcl_client_options o = {0};
  fcl_error e = {0};
  world.is_closed = 0; /* another test has had its turn where none has a process of its own */
  make_folder();
  uv_os_setenv("FCL_TEST_MARKER", world.folder);
  world.events = calloc(EVENTS_MAX, sizeof *world.events);
  ck_assert_ptr_nonnull(world.events);
  ck_assert_int_eq(uv_loop_init(&world.loop), 0); /* libuv's own pipe for signals stays open */
  ck_assert_int_eq(uv_loop_close(&world.loop), 0);
  world.fds = test_fds();
  ck_assert_int_eq(uv_loop_init(&world.loop), 0);
  uv_timer_init(&world.loop, &world.ticker);
  o.mode = FCL_LOOP_UV;
  o.uv = &world.loop;
  o.runtime_directory = world.runtime;
  o.on_event = on_event;
  o.policy = driver_policy;
  o.on_impersonate = driver_on_impersonate;
  if (driver_policy)
    allow(world.folder, 0755);
  ck_assert_msg(fcl_client_new(&world.client, &o, &e) == FCL_OK, "%s", e.text);
}

static void on_client_closed(void *user) {
  world.is_closed = 1;
}

void driver_shut(void) {
  if (world.client)
    fcl_client_close(world.client, on_client_closed, NULL);
  world.client = NULL;
  wait_until(world.is_closed);
}

void driver_close(void) {
  driver_shut();
  wait_until(process_count() == 0);
  ck_assert_msg(count_files(world.runtime) == 0, "%u files are left where the sockets were",
                count_files(world.runtime));
  uv_close((uv_handle_t *) &world.ticker, NULL);
  uv_run(&world.loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&world.loop), 0);
  process_claim_fds(world.fds);
  call_free_all();
  free(world.events);
  remove_all(world.folder);
}

/* ---- The program ---- */

TCase *driver_case(const char *name) {
  TCase *c = tcase_create(name);
  tcase_add_checked_fixture(c, driver_open, driver_close);
  tcase_set_timeout(c, 60);
  return c;
}

int driver_main(const char *suite, TCase *const *cases, int count, int needs_php) {
  uv_fs_t request;
  process_begin();
  uv_os_unsetenv("PHP_FCGI_CHILDREN");
  uv_os_unsetenv("PHP_FCGI_MAX_REQUESTS");
  if (needs_php &&
      (uv_fs_access(NULL, &request, PHP_CGI, 1, NULL) != 0 || getenv("FCGICLIENT_TEST_NO_PHP"))) {
    printf("%s: skipped: needs %s (Debian: apt install php-cgi)\n", suite, PHP_CGI);
    return 77;
  }
  return test_suite_run(suite, cases, count);
}
