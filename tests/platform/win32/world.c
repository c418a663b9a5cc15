/* world.c: a loop with processes on it, for tests on Windows. */
#include "platform/win32/world.h"
#include "platform/win32/wide.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

world w;
seen it;

/* ---- Events ---- */

static void on_started(void *owner, long pid) {
  seen *s = owner;
  ck_assert_int_eq(s->pid, 0);
  ck_assert_int_gt(pid, 0);
  s->pid = pid;
}

static void on_failed(void *owner, const fcl_error *e) {
  ck_abort_msg("nobody fails behind the start: %s", e->text);
}

static void on_output(void *owner, const char *line, size_t len) {
  ck_abort_msg("nobody prints: %.*s", (int) len, line);
}

static void on_exited(void *owner, int status, int signal) {
  seen *s = owner;
  ck_assert(s->pid != 0 && !s->has_exited);
  s->has_exited = 1;
  s->status = status;
  s->signal = signal;
  s->unaccepted = fcl__process_unaccepted(s->process);
  if (s->frees_later)
    return;
  fcl__process_free(s->process);
  s->process = NULL;
}

static const fcl__process_events events = {on_started, on_failed, on_output, on_exited};

/* ---- The loop ---- */

static void on_patience(uv_timer_t *t) {
  w.has_lost_patience = 1;
}

void world_be_patient(void) {
  w.has_lost_patience = 0;
  uv_timer_start(&w.patience, on_patience, TEST_PATIENCE_MS, 0);
}

void world_turn(const char *what) {
  uv_run(&w.loop, UV_RUN_ONCE);
  ck_assert_msg(!w.has_lost_patience, "waited in vain for %s", what);
}

/* ---- Places ---- */

static void find_app(void) {
  wchar_t own[512];
  ck_assert_uint_gt(GetModuleFileNameW(NULL, own, 512), 0);
  fcl__narrow(w.app, sizeof w.app - 32, own);
  strcpy(strrchr(w.app, '\\'), "\\platform_bare.exe");
}

static void make_folder(void) {
  static unsigned made;
  wchar_t temp[MAX_PATH + 1];
  char narrow[400];
  ck_assert_uint_gt(GetTempPathW(MAX_PATH + 1, temp), 0);
  fcl__narrow(narrow, sizeof narrow, temp);
  snprintf(w.folder, sizeof w.folder, "%sfcl-%lu-%u", narrow, GetCurrentProcessId(), ++made);
  ck_assert(CreateDirectoryA(w.folder, NULL));
}

static void empty_folder(void) {
  WIN32_FIND_DATAA f;
  HANDLE search = FindFirstFileA(world_path("*"), &f);
  do
    DeleteFileA(world_path(f.cFileName));
  while (FindNextFileA(search, &f));
  FindClose(search);
  ck_assert_msg(RemoveDirectoryA(w.folder), "something is left in %s", w.folder);
}

const char *world_path(const char *name) {
  static char paths[4][1024];
  static unsigned used;
  char *path = paths[used++ % 4];
  snprintf(path, sizeof paths[0], "%s\\%s", w.folder, name);
  return path;
}

const char *world_read(const char *name, size_t *len) {
  static char bytes[131072];
  FILE *f = fopen(world_path(name), "rb");
  size_t n;
  if (f == NULL)
    return NULL;
  n = fread(bytes, 1, sizeof bytes - 2, f);
  fclose(f);
  bytes[n] = bytes[n + 1] = 0;
  if (len)
    *len = n;
  return bytes;
}

/* ---- Fixtures ---- */

void world_open(void) {
  fcl_error e;
  memset(&w, 0, sizeof w);
  memset(&it, 0, sizeof it);
  find_app();
  make_folder();
  test_allocator_init(&w.allocator);
  w.memory.fn = test_allocator_realloc;
  w.memory.user = &w.allocator;
  ck_assert_int_eq(uv_loop_init(&w.loop), 0);
  uv_timer_init(&w.loop, &w.patience);
  ck_assert_msg(fcl__processes_open(&w.all, &w.loop, &w.memory, NULL, NULL, &events, &e) == FCL_OK,
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
  empty_folder();
}

void run_to_its_end(void) {
  world_run_until(it.has_exited);
}

/* ---- Starting ---- */

/* Wine says this now and then where many start and end at once; Windows has not been known to. */
fcl_code world_start_program(seen *s, const fcl__program *program, fcl_error *e) {
  int tries = 5;
  fcl_code code;
  do
    code = fcl__process_start(w.all, program, s, &s->process, e);
  while (code == FCL_E_SPAWN && e->sys == ERROR_INTERNAL_ERROR && tries-- > 0);
  return code;
}

void world_start(seen *s, const char *first, ...) {
  const char *argv[32] = {w.app, first};
  fcl__program program = {.path = w.app, .argv = argv};
  fcl_error e = {0};
  va_list args;
  int n = 1;
  va_start(args, first);
  while (argv[n] && n < 31)
    argv[++n] = va_arg(args, const char *);
  va_end(args);
  ck_assert_msg(world_start_program(s, &program, &e) == FCL_OK, "%s", e.text);
}

int is_alive(long pid) {
  HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, (DWORD) pid);
  int is = process && WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
  if (process)
    CloseHandle(process);
  return is;
}
