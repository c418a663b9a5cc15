/* test_process_posix.c: the extension in a process that forks. */
#include "site.h"
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

/* It has threads of its own, and knows none behind a fork. */
#ifdef __SANITIZE_THREAD__
enum { IS_TSAN = 1 };
#else
enum { IS_TSAN = 0 };
#endif

static void terminate_module(void) {
  BOOL(WINAPI * terminate)(DWORD) = (BOOL(WINAPI *)(DWORD)) server_symbol("TerminateExtension");
  ck_assert_int_eq(terminate(1), TRUE);
}

static int count_of(const char *folder) {
  DIR *entries = opendir(folder);
  int count = -2; /* . and .. */
  while (readdir(entries) != NULL)
    count++;
  closedir(entries);
  return count;
}

/* The server may be a parent that is yet to fork. */
START_TEST(loading_begins_nothing) {
  BOOL(WINAPI * get)
  (HSE_VERSION_INFO *) = (BOOL(WINAPI *)(HSE_VERSION_INFO *)) server_symbol("GetExtensionVersion");
  int threads = count_of("/proc/self/task"), files = count_of("/proc/self/fd");
  HSE_VERSION_INFO version;
  ck_assert_int_eq(get(&version), TRUE);
  ck_assert_int_eq(count_of("/proc/self/task"), threads);
  ck_assert_int_eq(count_of("/proc/self/fd"), files);
  ck_assert(IS_TSAN || threads == 1 + SERVER_THREADS);
}
END_TEST

static void get_pid(char pid[32]) {
  server_free(&x);
  x.out_len = x.heads = 0;
  site_get("pid=1");
  snprintf(pid, 32, "%s", site_text());
}

START_TEST(a_forked_process_has_applications_of_its_own) {
  char before[32], after[32];
  int status;
  pid_t child;
  get_pid(before);
  child = fork();
  if (child == 0) {
    get_pid(after);
    terminate_module();
    _exit(strcmp(before, after) == 0);
  }
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  get_pid(after);
  ck_assert_str_eq(after, before);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("process");
  tcase_add_checked_fixture(t, site_setup, site_teardown);
  tcase_add_test(t, loading_begins_nothing);
  if (!IS_TSAN)
    tcase_add_test(t, a_forked_process_has_applications_of_its_own);
  return test_suite_run("isapi/process", &t, 1);
}
