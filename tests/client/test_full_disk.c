/* test_full_disk.c: bodies in files on a file system of 1 MiB that is really full. */
#define _GNU_SOURCE
#include "client/wire.h"
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB 1048576

static world w;
static upload u;
static exchange x;

/* /tmp, where these tests keep bodies, becomes that file system, for this process alone.  0: it may
 * not be. */
static int shrink(void) {
  int users = geteuid() == 0 ? 0 : CLONE_NEWUSER;
  return unshare(CLONE_NEWNS | users) == 0 &&
         mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount("tmpfs", "/tmp", "tmpfs", 0, "size=1m") == 0;
}

static int may_shrink(void) {
  int status = 0;
  pid_t pid = fork();
  if (pid == 0)
    _exit(shrink() ? 0 : 1);
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void serve(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_stdout(s, TEXT);
    wire_send_body(s, 4 * MB);
    fcl_script_stdout(s, "");
    fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
  }
}

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&u, 0, sizeof u);
  memset(&x, 0, sizeof x);
  ck_assert(shrink());
}

static void teardown(void) {
  world_end(&w);
}

START_TEST(a_body_that_does_not_fit_is_refused_by_name_and_the_next_is_served) {
  w.options.gather = 1;
  w.options.gather_memory = FCL_NONE;
  world_start(&w, FCL_LOOP_UV, NULL);
  upload_start(&u, &w, 4 * MB, 65536);
  upload_wait(&u);
  ck_assert_error(&u.x, FCL_E_SPOOL, "no space left on device");
  memset(&u, 0, sizeof u);
  upload_start(&u, &w, 900000, 65536);
  upload_wait(&u);
  ck_assert_done(&u.x);
}
END_TEST

START_TEST(an_answer_that_does_not_fit_waits_for_its_reader_and_is_whole) {
  w.options.read_ahead_file = 64 * MB;
  world_start(&w, FCL_LOOP_UV, serve);
  x.body_flow = FCL_HOLD;
  exchange_get(&x, &w);
  world_wait(&w, &w.events, 1);
  ck_assert_msg(strstr(w.said, "no space left on device") != NULL, "%s", w.said);
  x.body_flow = FCL_NEXT;
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_body(&x, 4 * MB);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("full_disk");
  if (!may_shrink()) {
    puts("skipped: neither root nor a user namespace may mount a tmpfs here");
    return 77;
  }
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_body_that_does_not_fit_is_refused_by_name_and_the_next_is_served);
  tcase_add_test(t, an_answer_that_does_not_fit_waits_for_its_reader_and_is_whole);
  return test_suite_run("full_disk", &t, 1);
}
