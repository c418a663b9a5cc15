/* test_control.c: the control address: who may ask, what is answered, and who answers for whom. */
#include "stats/formats.h"
#include <check.h>
#include <errno.h>
#include <uv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[128], address[140];
static struct sockaddr_un at;

static void setup(void) {
  strcpy(folder, "/tmp/fcl-control-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/socket", folder);
  snprintf(address, sizeof address, "unix:%s", path);
  at.sun_family = AF_UNIX;
  snprintf(at.sun_path, sizeof at.sun_path, "%.100s", path);
}

static void teardown(void) {
  unlink(path);
  rmdir(folder);
}

static fcl_client *open_client(const char *control) {
  fcl_client_options o = {0};
  fcl_client *c;
  fcl_error e;
  o.control = control;
  ck_assert_msg(fcl_client_new(&c, &o, &e) == FCL_OK, "%s", e.text);
  return c;
}

static void end_client(fcl_client *c) {
  fcl_client_close(c, NULL, NULL);
  fcl_client_join(c);
}

static fcl_pool *open_pool(fcl_client *c, const char *name) {
  const char *addresses[2] = {"unix:/nowhere", NULL};
  fcl_pool_options o = {0};
  fcl_pool *p;
  fcl_error e;
  o.name = name;
  o.addresses = addresses;
  ck_assert_msg(fcl_pool_new(&p, c, &o, &e) == FCL_OK, "%s", e.text);
  return p;
}

static int dial(void) {
  struct timeval limit = {10, 0};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *) &at, sizeof at) == 0)
    return fd;
  close(fd);
  return -1;
}

/* One answer, head and text; "": it hung up. */
static const char *hear(int fd) {
  static char text[65536];
  size_t len = 0, want = 1;
  ssize_t n = 1;
  while (n > 0 && len < want) {
    char *end;
    n = read(fd, text + len, 1);
    len += n > 0 ? 1 : 0;
    text[len] = 0;
    end = strchr(text, '\n');
    want = end ? (size_t) (end - text) + 1 + strtoul(strchr(text, ' '), NULL, 10) : len + 1;
  }
  return text;
}

static const char *ask(const char *line) {
  int fd = dial();
  const char *text = "";
  ck_assert_int_ge(fd, 0);
  if (send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t) strlen(line))
    text = hear(fd);
  close(fd);
  return text;
}

static fcl_stats *stats_of(const char *answer) {
  fcl_stats *s;
  fcl_error e;
  const char *text = strchr(answer, '\n') + 1;
  ck_assert_msg(strncmp(answer, "OK ", 3) == 0, "%s", answer);
  ck_assert_msg(fcl_stats_read(&s, text, strlen(text), &e) == FCL_OK, "%s", e.text);
  return s;
}

/* ---- Asking ---- */

START_TEST(stats_are_lines) {
  fcl_client *c = open_client(address);
  fcl_stats *s;
  open_pool(c, "one");
  s = stats_of(ask("stats\n"));
  ck_assert_uint_eq(fcl_stats_find(s, "one")->member_count, 1);
  fcl_stats_free(s);
  end_client(c);
}
END_TEST

START_TEST(questions_may_come_in_any_pieces_and_several_at_once) {
  fcl_client *c = open_client(address);
  int fd = dial();
  open_pool(c, "one");
  ck_assert_int_eq(write(fd, "re", 2), 2);
  ck_assert_int_eq(write(fd, "cycle one\nresume one\nresume", 27), 27);
  ck_assert_str_eq(
      hear(fd),
      "OK 75\n1 pool of this name: new processes take new requests, the old ones finish.\n");
  ck_assert_str_eq(hear(fd), "OK 50\n1 pool of this name: processes are started again.\n");
  ck_assert_int_eq(write(fd, " two\n", 5), 5);
  ck_assert_str_eq(hear(fd), "ERROR 30\nthere is no pool named \"two\".\n");
  close(fd);
  end_client(c);
}
END_TEST

START_TEST(what_is_not_known_is_told_with_what_is) {
  fcl_client *c = open_client(address);
  const char *text = ask("destroy all\n");
  ck_assert_msg(strncmp(text, "ERROR ", 6) == 0 && strstr(text, "recycle POOL"), "%s", text);
  text = ask("recycle\n");
  ck_assert_msg(strstr(text, "recycle takes POOL"), "%s", text);
  text = ask("stats now\n");
  ck_assert_msg(strstr(text, "stats takes nothing"), "%s", text);
  text = ask("stop 4711x\n");
  ck_assert_msg(strstr(text, "no pool has a process 4711x"), "%s", text);
  end_client(c);
}
END_TEST

START_TEST(an_address_is_drained_and_taken_back) {
  fcl_client *c = open_client(address);
  fcl_stats *s;
  open_pool(c, "one");
  ck_assert_str_eq(ask("drain unix:/nowhere\n"),
                   "OK 46\n1 pool: nothing more is sent to this address.\n");
  s = stats_of(ask("stats\n"));
  ck_assert_int_eq(fcl_stats_member(fcl_stats_at(s, 0), 0)->state, FCL_MEMBER_DRAINED);
  fcl_stats_free(s);
  ask("undrain unix:/nowhere\n");
  s = stats_of(ask("stats\n"));
  ck_assert_int_eq(fcl_stats_member(fcl_stats_at(s, 0), 0)->state, FCL_MEMBER_IDLE);
  fcl_stats_free(s);
  ck_assert_str_eq(ask("drain tcp:x:1\n"), "ERROR 35\nno pool has the address \"tcp:x:1\".\n");
  end_client(c);
}
END_TEST

START_TEST(a_line_without_an_end_is_hung_up_on) {
  fcl_client *c = open_client(address);
  char line[600];
  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = 0;
  ck_assert_str_eq(ask(line), "");
  end_client(c);
}
END_TEST

START_TEST(who_asks_and_leaves_does_no_harm) {
  fcl_client *c = open_client(address);
  int i, fd;
  for (i = 0; i < 100; i++) {
    fd = dial(); /* where many have not been seen to leave yet, it is hung up on */
    (void) !send(fd, "stats\nstats\nst", (size_t) (i % 14), MSG_NOSIGNAL);
    close(fd);
  }
  for (i = 0; i < 1000 && ask("stats\n")[0] == 0; i++)
    ; /* until it has seen that they have left */
  fcl_stats_free(stats_of(ask("stats\n")));
  end_client(c);
}
END_TEST

START_TEST(more_than_sixteen_at_once_are_hung_up_on) {
  fcl_client *c = open_client(address);
  int fds[20], i, answered = 0;
  for (i = 0; i < 20; i++)
    fds[i] = dial();
  for (i = 0; i < 20; i++) {
    ssize_t n = send(fds[i], "stats\n", 6, MSG_NOSIGNAL);
    answered += n == 6 && strncmp(hear(fds[i]), "OK ", 3) == 0;
  }
  ck_assert_int_eq(answered, 16);
  for (i = 0; i < 20; i++)
    close(fds[i]);
  end_client(c);
}
END_TEST

START_TEST(a_client_closes_while_somebody_is_connected) {
  fcl_client *c = open_client(address);
  int fd = dial();
  ck_assert_int_eq(write(fd, "stats\n", 6), 6);
  end_client(c);
  hear(fd);
  close(fd);
  ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

/* ---- In every kind of loop ---- */

START_TEST(a_borrowed_loop_answers_and_can_end) {
  uv_loop_t loop;
  fcl_client_options o = {0};
  fcl_client *c;
  fcl_error e;
  uv_loop_init(&loop);
  o.mode = FCL_LOOP_UV;
  o.uv = &loop;
  o.control = address;
  ck_assert_msg(fcl_client_new(&c, &o, &e) == FCL_OK, "%s", e.text);
  uv_run(&loop, UV_RUN_DEFAULT); /* an idle client does not keep it running */
  ck_assert_int_eq(access(path, F_OK), 0);
  fcl_client_close(c, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

/* ---- Several clients ---- */

START_TEST(clients_of_one_address_are_summed_up) {
  fcl_client *a = open_client(address), *b = open_client(address);
  fcl_stats *s;
  open_pool(a, "one");
  open_pool(b, "one");
  open_pool(b, "two");
  s = stats_of(ask("stats\n"));
  ck_assert_uint_eq(fcl_stats_find(s, "one")->pools, 2);
  ck_assert_uint_eq(fcl_stats_find(s, "two")->pools, 1);
  fcl_stats_free(s);
  ck_assert_msg(strstr(ask("recycle one\n"), "\n2 pools") != NULL, "it was told to one");
  end_client(b);
  end_client(a);
}
END_TEST

START_TEST(when_the_one_that_listens_closes_the_next_one_answers) {
  fcl_client *a = open_client(address), *b = open_client(address);
  int fd;
  open_pool(b, "two");
  end_client(a);
  fd = dial(); /* the socket has never been gone */
  ck_assert_int_ge(fd, 0);
  close(fd);
  fcl_stats_free(stats_of(ask("stats\n")));
  end_client(b);
  ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(clients_come_and_go_while_somebody_asks) {
  fcl_client *a = open_client(address), *b;
  int i;
  for (i = 0; i < 30; i++) {
    int fd;
    b = open_client(address);
    fd = dial();
    ck_assert_int_eq(write(fd, "stats\n", 6), 6);
    end_client(a);
    close(fd);
    a = b;
  }
  fcl_stats_free(stats_of(ask("stats\n")));
  end_client(a);
}
END_TEST

/* ---- Where it may be ---- */

static void assert_refused(const char *control, const char *words) {
  fcl_client_options o = {0};
  fcl_client *c;
  fcl_error e;
  o.control = control;
  ck_assert_int_eq(fcl_client_new(&c, &o, &e), FCL_E_INVAL);
  ck_assert_msg(strstr(e.text, words) != NULL, "%s", e.text);
}

START_TEST(the_socket_is_for_its_owner) {
  fcl_client *c = open_client(address);
  struct stat s;
  ck_assert_int_eq(stat(path, &s), 0);
  ck_assert_int_eq(s.st_mode & 0777, 0600);
  end_client(c);
}
END_TEST

START_TEST(another_user_is_hung_up_on) {
  fcl_client *c;
  int fd;
  if (geteuid() != 0)
    return;
  c = open_client(address);
  chmod(folder, 0755);
  chmod(path, 0666); /* somebody has opened it to all */
  if (fork() == 0) {
    if (setgid(65534) != 0 || setuid(65534) != 0 || (fd = dial()) < 0)
      _exit(2);
    if (send(fd, "stats\n", 6, MSG_NOSIGNAL) < 0)
      _exit(0);
    _exit(hear(fd)[0] ? 1 : 0);
  }
  {
    int status;
    wait(&status);
    ck_assert_int_eq(status, 0);
  }
  end_client(c);
}
END_TEST

START_TEST(a_folder_that_others_may_write_in_is_refused) {
  chmod(folder, 0777);
  assert_refused(address, "others can write in the folder");
  chmod(folder, 01777); /* but for one like /tmp */
  end_client(open_client(address));
}
END_TEST

START_TEST(a_folder_is_made_for_its_owner) {
  char deeper[160], inside[170];
  struct stat s;
  snprintf(deeper, sizeof deeper, "unix:%s/own/socket", folder);
  end_client(open_client(deeper));
  snprintf(inside, sizeof inside, "%s/own", folder);
  ck_assert_int_eq(stat(inside, &s), 0);
  ck_assert_int_eq(s.st_mode & 07777, 0700);
  rmdir(inside);
}
END_TEST

START_TEST(what_a_dead_process_has_left_is_replaced) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &at, sizeof at), 0);
  close(fd);
  end_client(open_client(address));
}
END_TEST

START_TEST(what_is_no_socket_is_left_alone) {
  FILE *f = fopen(path, "w");
  fclose(f);
  assert_refused(address, "cannot listen");
  ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(where_another_process_listens_is_refused) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &at, sizeof at), 0);
  ck_assert_int_eq(listen(fd, 1), 0);
  assert_refused(address, "cannot listen at unix:/tmp/fcl-control-");
  close(fd);
}
END_TEST

START_TEST(what_is_no_address_is_refused) {
  assert_refused("tcp:127.0.0.1:80", "give unix:/PATH");
  assert_refused("unix:relative", "give unix:/PATH");
  assert_refused("unix:/proc/nowhere/x", "the folder /proc/nowhere");
}
END_TEST

START_TEST(percent_p_is_the_number_of_the_process) {
  char given[160], expected[160];
  snprintf(given, sizeof given, "unix:%s/%%p-100%%%%", folder);
  snprintf(expected, sizeof expected, "%s/%ld-100%%", folder, (long) getpid());
  {
    fcl_client *c = open_client(given);
    ck_assert_msg(access(expected, F_OK) == 0, "%s", expected);
    end_client(c);
  }
}
END_TEST

int main(void) {
  TCase *c = tcase_create("control");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, stats_are_lines);
  tcase_add_test(c, questions_may_come_in_any_pieces_and_several_at_once);
  tcase_add_test(c, what_is_not_known_is_told_with_what_is);
  tcase_add_test(c, an_address_is_drained_and_taken_back);
  tcase_add_test(c, a_line_without_an_end_is_hung_up_on);
  tcase_add_test(c, who_asks_and_leaves_does_no_harm);
  tcase_add_test(c, more_than_sixteen_at_once_are_hung_up_on);
  tcase_add_test(c, a_client_closes_while_somebody_is_connected);
  tcase_add_test(c, a_borrowed_loop_answers_and_can_end);
  tcase_add_test(c, clients_of_one_address_are_summed_up);
  tcase_add_test(c, when_the_one_that_listens_closes_the_next_one_answers);
  tcase_add_test(c, clients_come_and_go_while_somebody_asks);
  tcase_add_test(c, the_socket_is_for_its_owner);
  tcase_add_test(c, another_user_is_hung_up_on);
  tcase_add_test(c, a_folder_that_others_may_write_in_is_refused);
  tcase_add_test(c, a_folder_is_made_for_its_owner);
  tcase_add_test(c, what_a_dead_process_has_left_is_replaced);
  tcase_add_test(c, what_is_no_socket_is_left_alone);
  tcase_add_test(c, where_another_process_listens_is_refused);
  tcase_add_test(c, what_is_no_address_is_refused);
  tcase_add_test(c, percent_p_is_the_number_of_the_process);
  return test_suite_run("control", &c, 1);
}
