/* test_paths.c: programs, arguments, folders and files that `monitor` names, with blanks, letters
   of any language, and paths longer than the 259 characters that Windows takes by default. */
#include "support/suite.h"
#include "windows/apps.h"
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { DEEP = 5, PART = 60 };

static struct {
  wchar_t top[400], folder[1200], program[1300]; /* as they are made: \\?\C:\... */
  char path[2600];                               /* the program, as it is given */
} place;

/* ---- Folders ---- */

static void narrow(char *out, size_t cap, const wchar_t *text) {
  ck_assert_int_gt(WideCharToMultiByte(CP_UTF8, 0, text, -1, out, (int) cap, NULL, NULL), 0);
}

static void copy_small_app(const wchar_t *to) {
  wchar_t from[512];
  ck_assert_uint_gt(GetModuleFileNameW(NULL, from, 512), 0);
  wcscpy(wcsrchr(from, L'\\') + 1, L"windows_small_app.exe");
  ck_assert_msg(CopyFileW(from, to, FALSE), "error %lu", GetLastError());
}

/* Of more than 300 characters, in names of 60. */
static void go_deep(void) {
  size_t i, k;
  for (i = 0; i < DEEP; i++) {
    size_t len = wcslen(place.folder);
    place.folder[len++] = L'\\';
    for (k = 0; k < PART; k++)
      place.folder[len++] = k % 7 == 3 ? L'\u00fc' : (wchar_t) (L'a' + i);
    place.folder[len] = 0;
    ck_assert_msg(CreateDirectoryW(place.folder, NULL), "error %lu", GetLastError());
  }
}

static void place_open(int is_deep) {
  static unsigned opened;
  wchar_t temp[300];
  ck_assert_uint_gt(GetTempPathW(300, temp), 0);
  _snwprintf(place.top, 400, L"\\\\?\\%lsfcl gr\u00f6\u00dfe \u65e5\u672c %lu.%u", temp,
             GetCurrentProcessId(), ++opened);
  ck_assert(CreateDirectoryW(place.top, NULL));
  wcscpy(place.folder, place.top);
  if (is_deep)
    go_deep();
  _snwprintf(place.program, 1300, L"%ls\\m\u00fc app & co.exe", place.folder);
  copy_small_app(place.program);
  narrow(place.path, sizeof place.path, place.program + 4);
  ck_assert(is_deep == (wcslen(place.program) > MAX_PATH + 4));
}

static void file_name(wchar_t *out, const wchar_t *name) {
  _snwprintf(out, 1300, L"%ls\\%ls", place.folder, name);
}

static void write_file(const wchar_t *name, const char *text) {
  wchar_t path[1300];
  DWORD n;
  HANDLE h;
  file_name(path, name);
  h = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  ck_assert(h != INVALID_HANDLE_VALUE);
  ck_assert(WriteFile(h, text, (DWORD) strlen(text), &n, NULL));
  CloseHandle(h);
}

static void delete_file(const wchar_t *name) {
  wchar_t path[1300];
  file_name(path, name);
  ck_assert(DeleteFileW(path));
}

/* A program that has just ended is kept by the system for a moment. */
static void place_close(void) {
  unsigned tries;
  for (tries = 0; !DeleteFileW(place.program) && tries < 500; tries++)
    Sleep(10);
  while (wcslen(place.folder) >= wcslen(place.top)) {
    ck_assert_msg(RemoveDirectoryW(place.folder), "error %lu", GetLastError());
    *wcsrchr(place.folder, L'\\') = 0;
  }
}

/* ---- Pools ---- */

static fcl_pool_options copied_app(const char *const *argv) {
  fcl_pool_options o = {0};
  o.name = "small";
  o.program = place.path;
  o.argv = argv;
  o.max_processes = 1;
  return o;
}

static call *ask(fcl_pool *pool) {
  call_plan plan = {0};
  call *c;
  plan.query = "";
  c = call_start(pool, &plan);
  call_wait(c);
  return c;
}

/* The lines that `show` answers with are these. */
static void shows(const call *c, const char *const *lines) {
  const char *at = c->text;
  ck_assert_msg(c->result.error.code == FCL_OK, "%s", c->result.error.text);
  for (; *lines; lines++) {
    size_t len = strlen(*lines);
    ck_assert_msg(_strnicmp(at, *lines, len) == 0 && at[len] == '\n', "\"%s\" is not \"%s\"", at,
                  *lines);
    at += len + 1;
  }
  ck_assert_msg(*at == 0, "%s", at);
}

START_TEST(a_program_starts_wherever_it_is) { /* loop test: blanks and letters; long too */
  static const char *const argv[] = {"small app",
                                     "show",
                                     "two words",
                                     "gr\xc3\xb6\xc3\x9f"
                                     "e",
                                     "C:\\dir name\\",
                                     "",
                                     "a\"b",
                                     "\xe6\x97\xa5",
                                     NULL};
  char folder[600];
  const char *lines[] = {place.path, folder,  argv[2], argv[3], argv[4],
                         argv[5],    argv[6], argv[7], NULL};
  fcl_pool_options o;
  place_open(_i);
  GetCurrentDirectoryA(sizeof folder, folder);
  o = copied_app(argv);
  lines[0] = place.path;
  shows(ask(driver_pool(&o)), lines);
  driver_shut();
  place_close();
}
END_TEST

START_TEST(it_starts_in_a_folder_of_any_name) {
  static const char *const argv[] = {"small", "show", NULL};
  char folder[1000];
  const char *lines[] = {place.path, folder, NULL};
  fcl_pool_options o;
  place_open(0);
  narrow(folder, sizeof folder, place.folder + 4);
  o = copied_app(argv);
  o.directory = folder;
  shows(ask(driver_pool(&o)), lines);
  driver_shut();
  place_close();
}
END_TEST

/* ---- Files that are watched ---- */

static long first_pid(fcl_pool *pool) {
  call *c = ask(pool);
  ck_assert_msg(c->result.error.code == FCL_OK, "%s", c->result.error.text);
  return c->result.pid;
}

START_TEST(a_file_that_changes_replaces_its_processes) { /* loop test: in a long path too */
  static const char *const files[] = {"my s\xc3\xa4ttings.ini", NULL}; /* beside the program */
  fcl_pool_options o;
  fcl_pool *pool;
  long before;
  place_open(_i);
  write_file(L"my s\u00e4ttings.ini", "one");
  o = copied_app(NULL);
  o.monitor = files;
  pool = driver_pool(&o);
  before = first_pid(pool);
  ck_assert_int_eq(first_pid(pool), before);
  write_file(L"my s\u00e4ttings.ini", "more than one");
  wait_until(driver_event("a file has changed (monitor)") != NULL);
  ck_assert_int_ne(first_pid(pool), before);
  driver_shut();
  delete_file(L"my s\u00e4ttings.ini");
  place_close();
}
END_TEST

START_TEST(one_that_is_not_there_refuses_requests_until_it_comes) {
  static const char *const files[] = {"none.ini", NULL};
  fcl_pool_options o;
  fcl_pool *pool;
  call *c;
  place_open(0);
  o = copied_app(NULL);
  o.monitor = files;
  pool = driver_pool(&o);
  c = ask(pool);
  ck_assert_int_eq(c->result.error.code, FCL_E_CONFIG);
  ck_assert_msg(strstr(c->result.error.text, "none.ini (monitor) cannot be looked at: ") != NULL &&
                    strstr(c->result.error.text, " (ERROR_FILE_NOT_FOUND, 2); see that") != NULL,
                "%s", c->result.error.text);
  write_file(L"none.ini", "here");
  driver_patience(30000);
  while (ask(pool)->result.error.code != FCL_OK)
    driver_turn("it is served again", __FILE__, __LINE__);
  driver_shut();
  delete_file(L"none.ini");
  place_close();
}
END_TEST

START_TEST(
    a_program_that_is_replaced_replaces_its_processes) { /* under its own name, as deployed */
  fcl_pool_options o;
  fcl_pool *pool;
  const char *files[2] = {place.path, NULL};
  wchar_t old[1300];
  long before;
  place_open(0);
  o = copied_app(NULL);
  o.monitor = files;
  pool = driver_pool(&o);
  before = first_pid(pool);
  file_name(old, L"old.exe");
  ck_assert(MoveFileW(place.program, old)); /* what runs can be moved, and not be overwritten */
  copy_small_app(place.program);
  wait_until(driver_event("a file has changed (monitor)") != NULL);
  ck_assert_int_ne(first_pid(pool), before);
  driver_shut();
  delete_file(L"old.exe");
  place_close();
}
END_TEST

int main(void) {
  TCase *cases[2] = {driver_case("paths"), driver_case("monitor")};
  tcase_add_loop_test(cases[0], a_program_starts_wherever_it_is, 0, 2);
  tcase_add_test(cases[0], it_starts_in_a_folder_of_any_name);
  tcase_add_loop_test(cases[1], a_file_that_changes_replaces_its_processes, 0, 2);
  tcase_add_test(cases[1], one_that_is_not_there_refuses_requests_until_it_comes);
  tcase_add_test(cases[1], a_program_that_is_replaced_replaces_its_processes);
  return driver_main("paths", cases, 2, 0);
}
