/* test_start.c: what a program finds when it starts: handles, words, variables, folder. */
#include "platform/win32/world.h"
#include "support/suite.h"
#include <shellapi.h>
#include <stdio.h>
#include <string.h>

static const char *report(void) {
  const char *said;
  world_start(&it, "report", world_path("report"), "exit", "0", NULL);
  run_to_its_end();
  said = world_read("report", NULL);
  ck_assert_ptr_nonnull(said);
  return said;
}

#define ck_says(said, line) ck_assert_msg(strstr(said, line), "no \"%s\" in\n%s", line, said)

/* ---- Handles ---- */

/* Of two instances: the other keeps the name (own_pipe.h). */
START_TEST(its_input_is_the_listening_end_of_a_pipe) {
  const char *said = report();
  ck_says(said, "stdin is a pipe 1\n");
  ck_says(said, "server end 1\n");
  ck_says(said, "instances 2\n");
}
END_TEST

START_TEST(output_and_errors_are_invalid_so_that_it_knows_fastcgi) {
  const char *said = report();
  ck_says(said, "stdout invalid 1\n");
  ck_says(said, "stderr invalid 1\n");
}
END_TEST

START_TEST(the_event_that_asks_it_to_leave_is_not_signalled) {
  ck_says(report(), "event waits 258\n"); /* WAIT_TIMEOUT: it is one, and it waits */
}
END_TEST

START_TEST(it_is_in_a_job_and_has_no_window) {
  const char *said = report();
  ck_says(said, "in a job 1\n");
  ck_says(said, "window 0\n");
}
END_TEST

/* bare.c sets whatever event has that number in it. */
START_TEST(a_handle_that_others_made_inheritable_does_not_go_along) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE event = CreateEventW(&inheritable, TRUE, FALSE, NULL);
  char number[32];
  snprintf(number, sizeof number, "%lu", (unsigned long) (uintptr_t) event);
  world_start(&it, "set", number, "exit", "3", NULL);
  run_to_its_end();
  ck_assert_int_eq(it.status, 3);
  ck_assert_uint_eq(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
  CloseHandle(event);
}
END_TEST

/* What a copy of ours would hide: without one the pipe goes with its program. */
START_TEST(our_copy_of_the_listening_end_is_closed) {
  it.frees_later = 1;
  world_start(&it, "exit", "0", NULL);
  run_to_its_end();
  world_be_patient();
  while (fcl__process_connect(it.process) == UV_EAGAIN)
    Sleep(1); /* the system takes a moment after the exit */
  ck_assert_int_eq(fcl__process_connect(it.process), UV_ECONNREFUSED);
  fcl__process_free(it.process);
}
END_TEST

/* ---- Words ---- */

static void start_with(const char *const *argv, const char *const *env, const char *directory) {
  fcl__program program = {.path = w.app, .argv = argv, .env = env, .directory = directory};
  fcl_error e = {0};
  ck_assert_msg(world_start_program(&it, &program, &e) == FCL_OK, "%s", e.text);
  run_to_its_end();
  ck_assert_int_eq(it.status, 0);
}

START_TEST(arguments_arrive_as_they_were_given) {
  const char *odd[] = {w.app,
                       "line",
                       NULL,
                       "exit",
                       "0",
                       "a b",
                       "",
                       "\"q\"",
                       "c:\\x y\\",
                       "\\\\\"",
                       "gr\xc3\xbc\xc3\x9f",
                       NULL};
  wchar_t **got;
  const char *bytes;
  int n;
  odd[2] = world_path("line");
  start_with(odd, NULL, NULL);
  bytes = world_read("line", NULL);
  got = CommandLineToArgvW((const wchar_t *) (const void *) bytes, &n);
  ck_assert_int_eq(n, 11);
  ck_assert(wcscmp(got[5], L"a b") == 0 && wcscmp(got[6], L"") == 0);
  ck_assert(wcscmp(got[7], L"\"q\"") == 0 && wcscmp(got[8], L"c:\\x y\\") == 0);
  ck_assert(wcscmp(got[9], L"\\\\\"") == 0 && wcscmp(got[10], L"gr\u00fc\u00df") == 0);
  LocalFree(got);
}
END_TEST

/* "NAME=value" in the block; NULL: not there. */
static const wchar_t *variable(const wchar_t *block, const wchar_t *name) {
  size_t len = wcslen(name);
  for (; *block; block += wcslen(block) + 1)
    if (_wcsnicmp(block, name, len) == 0 && block[len] == L'=')
      return block + len + 1;
  return NULL;
}

static const wchar_t *env_of(const char *const *env) {
  const char *argv[] = {w.app, "env", NULL, "exit", "0", NULL};
  argv[2] = world_path("env");
  start_with(argv, env, NULL);
  return (const wchar_t *) (const void *) world_read("env", NULL);
}

START_TEST(what_a_program_needs_is_added_to_its_variables) {
  const char *const env[] = {"A=1", NULL};
  const wchar_t *block = env_of(env);
  ck_assert(wcscmp(variable(block, L"A"), L"1") == 0);
  ck_assert(wcscmp(variable(block, L"OS"), L"Windows_NT") == 0);
  ck_assert_ptr_nonnull(variable(block, L"SystemRoot"));
  ck_assert_ptr_nonnull(variable(block, L"TEMP"));
}
END_TEST

START_TEST(the_names_of_its_pipe_and_its_event_are_among_them) {
  const char *const env[] = {"_FCGI_X_PIPE_=mine", "_fcgi_shutdown_event_=1", NULL};
  const wchar_t *block = env_of(env);
  const wchar_t *pipe = variable(block, L"_FCGI_X_PIPE_");
  ck_assert(wcsncmp(pipe, L"\\\\.\\pipe\\fcgiclient-", 20) == 0);
  ck_assert_uint_ge(wcslen(wcsrchr(pipe, L'-')), 33);
  ck_assert(wcscmp(variable(block, L"_FCGI_SHUTDOWN_EVENT_"), L"1") != 0);
}
END_TEST

START_TEST(ours_are_its_variables_when_it_is_given_none) {
  SetEnvironmentVariableW(L"FCL_TEST", L"gr\u00fc\u00df");
  ck_assert(wcscmp(variable(env_of(NULL), L"FCL_TEST"), L"gr\u00fc\u00df") == 0);
  SetEnvironmentVariableW(L"FCL_TEST", NULL);
}
END_TEST

START_TEST(phps_children_are_not_among_them) { /* loop test: given, or ours */
  const char *const given[] = {"PHP_FCGI_CHILDREN=4", NULL};
  SetEnvironmentVariableW(L"PHP_FCGI_CHILDREN", L"4");
  ck_assert_ptr_null(variable(env_of(_i ? given : NULL), L"PHP_FCGI_CHILDREN"));
  SetEnvironmentVariableW(L"PHP_FCGI_CHILDREN", NULL);
}
END_TEST

START_TEST(it_starts_in_its_folder) {
  const char *argv[] = {w.app, "directory", NULL, "exit", "0", NULL};
  const wchar_t *got;
  char want[512];
  argv[2] = world_path("directory");
  start_with(argv, NULL, w.folder);
  got = (const wchar_t *) (const void *) world_read("directory", NULL);
  snprintf(want, sizeof want, "%ls", got);
  ck_assert(_stricmp(want, w.folder) == 0);
}
END_TEST

/* A space and a letter beyond ASCII in the path. */
START_TEST(its_path_may_have_spaces_and_any_letter) {
  wchar_t from[512], to[600];
  char path[700];
  fcl__program program = {.path = path};
  fcl_error e = {0};
  snprintf(path, sizeof path, "%s\\a gr\xc3\xbc\xc3\x9f.exe", w.folder);
  MultiByteToWideChar(CP_UTF8, 0, w.app, -1, from, 512);
  MultiByteToWideChar(CP_UTF8, 0, path, -1, to, 600);
  ck_assert(CopyFileW(from, to, FALSE));
  ck_assert_msg(world_start_program(&it, &program, &e) == FCL_OK, "%s", e.text);
  run_to_its_end();
  ck_assert(DeleteFileW(to));
  ck_assert_int_eq(it.status, 0);
}
END_TEST

/* ---- What cannot be started ---- */

static const char *refusal(const fcl__program *program, fcl_code code) {
  static fcl_error e;
  ck_assert_int_eq(world_start_program(&it, program, &e), code);
  return e.text;
}

START_TEST(what_cannot_be_started_is_said_with_what_to_do) { /* loop test */
  static const struct {
    const char *path, *said;
  } rows[] = {
      {"C:\\no such\\x.exe", "cannot start C:\\no such\\x.exe: "},
      {"C:\\no such\\x.exe", "(ERROR_PATH_NOT_FOUND, 3); set program to an existing .exe file"},
      {"x.exe", "cannot start x.exe: set program to an absolute path (C:\\...)"},
      {"\\x.exe", "set program to an absolute path"},
      {"C:x.exe", "set program to an absolute path"},
      {"C:\\x.BAT", "it is a batch file; set program to the .exe that it runs"},
      {"C:\\\xff.exe", "its path is no UTF-8"},
  };
  const fcl__program program = {.path = rows[_i].path};
  const char *said = refusal(&program, FCL_E_SPAWN);
  ck_assert_msg(strstr(said, rows[_i].said), "%s", said);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named) {
  const fcl__program program = {.path = w.app, .directory = "C:\\no such folder"};
  const char *said = refusal(&program, FCL_E_SPAWN);
  ck_assert_msg(strstr(said, "in the directory C:\\no such folder: "), "%s", said);
}
END_TEST

START_TEST(limits_that_windows_has_not_are_named) { /* loop test */
  fcl__limits l = {-1, FCL__OURS, FCL__OURS, FCL__OURS, FCL__OURS, FCL__OURS, 0, 0, 0};
  const fcl__program program = {.path = w.app, .limits = &l};
  const char *const names[] = {"umask", "open_files_limit", "file_size_limit", "core_limit",
                               "no_new_privileges"};
  l.umask = _i == 0 ? 022 : -1;
  l.open_files = _i == 1 ? 100 : FCL__OURS;
  l.file_size = _i == 2 ? 100 : FCL__OURS;
  l.core = _i == 3 ? 0 : FCL__OURS;
  l.no_new_privileges = _i == 4;
  ck_assert_ptr_nonnull(strstr(refusal(&program, FCL_E_CONFIG), names[_i]));
}
END_TEST

START_TEST(arguments_beyond_what_windows_takes_are_refused) {
  static char long_one[33000];
  const char *argv[] = {w.app, long_one, NULL};
  const fcl__program program = {.path = w.app, .argv = argv};
  memset(long_one, 'x', sizeof long_one - 1);
  ck_assert_ptr_nonnull(strstr(refusal(&program, FCL_E_SPAWN), "Windows takes 32766"));
}
END_TEST

/* ---- Options that mean nothing here ---- */

START_TEST(a_policy_is_refused_with_the_reason) {
  const fcl_policy policy = {0};
  fcl_error e;
  ck_assert_int_eq(fcl__processes_seal(w.all, &policy, NULL, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "fcl_client_options.policy is given, and on Windows"));
  ck_assert_int_eq(fcl__processes_seal(w.all, NULL, "/sys/fs/cgroup/x", &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "fcl_client_options.cgroup"));
  ck_assert_int_eq(fcl__processes_seal(w.all, NULL, NULL, &e), FCL_OK);
}
END_TEST

START_TEST(a_guardian_is_refused_with_the_reason) {
  static const fcl__process_events none;
  fcl__processes *all;
  fcl_error e;
  ck_assert_int_eq(fcl__processes_open(&all, &w.loop, &w.memory, "C:\\g.exe", NULL, &none, &e),
                   FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "on Windows there is no guardian"));
}
END_TEST

int main(void) {
  TCase *t = tcase_create("start");
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, its_input_is_the_listening_end_of_a_pipe);
  tcase_add_test(t, output_and_errors_are_invalid_so_that_it_knows_fastcgi);
  tcase_add_test(t, the_event_that_asks_it_to_leave_is_not_signalled);
  tcase_add_test(t, it_is_in_a_job_and_has_no_window);
  tcase_add_test(t, a_handle_that_others_made_inheritable_does_not_go_along);
  tcase_add_test(t, our_copy_of_the_listening_end_is_closed);
  tcase_add_test(t, arguments_arrive_as_they_were_given);
  tcase_add_test(t, what_a_program_needs_is_added_to_its_variables);
  tcase_add_test(t, the_names_of_its_pipe_and_its_event_are_among_them);
  tcase_add_test(t, ours_are_its_variables_when_it_is_given_none);
  tcase_add_loop_test(t, phps_children_are_not_among_them, 0, 2);
  tcase_add_test(t, it_starts_in_its_folder);
  tcase_add_test(t, its_path_may_have_spaces_and_any_letter);
  tcase_add_loop_test(t, what_cannot_be_started_is_said_with_what_to_do, 0, 7);
  tcase_add_test(t, a_folder_that_is_not_there_is_named);
  tcase_add_loop_test(t, limits_that_windows_has_not_are_named, 0, 5);
  tcase_add_test(t, arguments_beyond_what_windows_takes_are_refused);
  tcase_add_test(t, a_policy_is_refused_with_the_reason);
  tcase_add_test(t, a_guardian_is_refused_with_the_reason);
  return test_suite_run("start", &t, 1);
}
