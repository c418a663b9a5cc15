/* test_control.c: the control address: a named pipe that only its owner may open. */
#include "platform/control.h"
#include "support/suite.h"
#include "platform/win32/pipe.h"
#include "platform/win32/tokens.h"
#include <aclapi.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 8 };

static uv_loop_t loop;
static uv_pipe_t listener, talks[MOST];
static unsigned accepted, owners;
static char address[96];
static int fd;
static fcl_error e;

static const char *path(void) {
  return address + 5;
}

static void on_connection(uv_stream_t *from, int status) {
  uv_pipe_t *talk = &talks[accepted % MOST];
  ck_assert_int_eq(status, 0);
  uv_pipe_init(&loop, talk, 0);
  ck_assert_int_eq(uv_accept(from, (uv_stream_t *) talk), 0);
  owners += (unsigned) fcl__control_is_owner(talk);
  accepted++;
}

static void attach(void) {
  uv_pipe_init(&loop, &listener, 0);
  ck_assert_int_eq(fcl__control_attach(&listener, fd, address, on_connection), 0);
}

static void setup(void) {
  static unsigned made;
  accepted = owners = 0;
  snprintf(address, sizeof address, "pipe:\\\\.\\pipe\\fcl-control-%lu-%u", GetCurrentProcessId(),
           ++made);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  ck_assert_msg(fcl__control_listen(address, &fd, &e) == FCL_OK, "%s", e.text);
  attach();
}

static void close_one(uv_handle_t *handle, void *none) {
  if (!uv_is_closing(handle))
    uv_close(handle, NULL);
}

static void teardown(void) {
  uv_walk(&loop, close_one, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  fcl__control_drop(fd, address);
}

/* A client that stays until the end of the test. */
static int come(void) {
  unsigned before = accepted;
  int client = fcl__pipe_open(path());
  ck_assert_int_ge(client, 0);
  while (accepted == before)
    uv_run(&loop, UV_RUN_ONCE);
  return client;
}

/* ---- Who may open it ---- */

/* How many entries its list has, all of them ours or the system's. */
static unsigned only_ours(HANDLE pipe) {
  PSECURITY_DESCRIPTOR descriptor;
  PACL list;
  char room[256];
  TOKEN_USER *own = (TOKEN_USER *) (void *) room;
  HANDLE token = tokens_own();
  DWORD i, len;
  unsigned count;
  ck_assert(GetTokenInformation(token, TokenUser, room, sizeof room, &len));
  CloseHandle(token);
  ck_assert_uint_eq(GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                    &list, NULL, &descriptor),
                    ERROR_SUCCESS);
  ck_assert_ptr_nonnull(list);
  for (i = 0; i < list->AceCount; i++) {
    ACCESS_ALLOWED_ACE *ace;
    ck_assert(GetAce(list, i, (void **) (void *) &ace));
    ck_assert(IsWellKnownSid(&ace->SidStart, WinLocalSystemSid) ||
              EqualSid(&ace->SidStart, own->User.Sid));
  }
  count = list->AceCount;
  LocalFree(descriptor);
  return count;
}

/* libuv makes another instance for each connection. */
START_TEST(its_list_names_us_and_the_system_only_for_each_connection) {
  int clients[MOST];
  unsigned i;
  for (i = 0; i < MOST; i++) {
    uv_os_fd_t server;
    clients[i] = come();
    ck_assert_int_eq(uv_fileno((uv_handle_t *) &talks[i], &server), 0);
    ck_assert_uint_eq(only_ours(server), 2);
  }
  for (i = 0; i < MOST; i++)
    fcl__pipe_close(clients[i]);
}
END_TEST

START_TEST(we_are_its_owner) {
  int client = come();
  ck_assert_uint_eq(owners, 1);
  fcl__pipe_close(client);
}
END_TEST

START_TEST(who_is_gone_before_he_is_asked_is_not) {
  static uv_pipe_t nobody;
  uv_pipe_init(&loop, &nobody, 0);
  ck_assert_int_eq(fcl__control_is_owner(&nobody), 0);
}
END_TEST

/* ---- The address ---- */

START_TEST(an_address_that_somebody_listens_at_is_refused) {
  int other;
  ck_assert_int_eq(fcl__control_listen(address, &other, &e), FCL_E_INVAL);
  ck_assert_msg(strstr(e.text, address) != NULL, "%s", e.text);
  ck_assert_int_eq(other, -1);
}
END_TEST

START_TEST(what_is_no_pipe_of_this_machine_is_refused) { /* loop test */
  static const char *const bad[] = {"unix:/run/x", "tcp:127.0.0.1:1", "pipe:\\\\server\\pipe\\x",
                                    "pipe:x", ""};
  int other;
  ck_assert_int_eq(fcl__control_listen(bad[_i], &other, &e), FCL_E_INVAL);
  ck_assert_ptr_nonnull(strstr(e.text, "give pipe:\\\\.\\pipe\\NAME"));
}
END_TEST

START_TEST(another_of_this_process_goes_on_listening) {
  int next = fcl__control_pass(&listener);
  ck_assert_int_ge(next, 0);
  uv_close((uv_handle_t *) &listener, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  fd = next;
  attach();
  fcl__pipe_close(come());
  ck_assert_uint_eq(owners, 1);
}
END_TEST

START_TEST(the_name_goes_with_its_listener) {
  uv_close((uv_handle_t *) &listener, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(fcl__pipe_open(path()), UV_ENOENT);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("control");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, its_list_names_us_and_the_system_only_for_each_connection);
  tcase_add_test(t, we_are_its_owner);
  tcase_add_test(t, who_is_gone_before_he_is_asked_is_not);
  tcase_add_test(t, an_address_that_somebody_listens_at_is_refused);
  tcase_add_loop_test(t, what_is_no_pipe_of_this_machine_is_refused, 0, 5);
  tcase_add_test(t, another_of_this_process_goes_on_listening);
  tcase_add_test(t, the_name_goes_with_its_listener);
  return test_suite_run("control", &t, 1);
}
