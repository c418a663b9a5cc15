/* test_crowd.c: several clients of a process at one address whose application serves one connection
 * at a time: no kept connection of one makes another wait. */
#include "client/world.h"
#include "support/socket.h"
#include "support/suite.h"
#include <string.h>

#define CLIENTS  3
#define LIMIT_MS 20000 /* of a wait that nobody ends by making room: activity_ms, 70 s */

/* ---- An application that serves one connection to its end, then the next ---- */

typedef struct serial {
  int listener;
  pthread_t thread;
  char address[64];
  atomic_uint connections;
} serial;

static int read_all(int fd, void *bytes, size_t len) {
  size_t at = 0;
  while (at < len) {
    long n = test_socket_receive(fd, (char *) bytes + at, len - at);
    if (n <= 0)
      return 0;
    at += (size_t) n;
  }
  return 1;
}

/* Reads a request up to its empty STDIN record.  0: the connection has ended. */
static int read_request(int fd) {
  unsigned char head[8], content[65536 + 255];
  do {
    if (!read_all(fd, head, 8) ||
        !read_all(fd, content, (size_t) head[4] * 256 + head[5] + head[6]))
      return 0;
  } while (head[1] != FCL_STDIN || head[4] || head[5]);
  return 1;
}

static void *serve(void *arg) {
  static const char answer[] = "\1\6\0\1\0\31\0\0Content-Type: text/x\r\n\r\nx"
                               "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0";
  serial *s = arg;
  int fd;
  while ((fd = test_socket_accept(s->listener)) >= 0) {
    s->connections++;
    while (read_request(fd))
      if (test_socket_send(fd, answer, sizeof answer - 1) < 0)
        break;
    test_socket_close(fd);
  }
  return NULL;
}

static void serial_start(serial *s) {
  s->listener = test_socket_listen(s->address, sizeof s->address);
  ck_assert_int_eq(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void serial_end(serial *s) {
  test_socket_stop(s->listener);
  pthread_join(s->thread, NULL);
  test_socket_close(s->listener);
}

/* ---- Clients with a thread each ---- */

static serial app;
static fcl_client *clients[CLIENTS];
static fcl_pool *pools[CLIENTS];

static void open_client(unsigned i, unsigned max_connections) {
  const char *addresses[2] = {app.address, NULL};
  fcl_client_options c = {0};
  fcl_pool_options o = {0};
  fcl_error e;
  o.addresses = addresses;
  o.max_connections = max_connections;
  o.idle_ms = 60000;
  ck_assert_int_eq(fcl_client_new(&clients[i], &c, &e), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pools[i], clients[i], &o, &e), FCL_OK);
}

static void setup(void) {
  unsigned i;
  memset(&app, 0, sizeof app);
  serial_start(&app);
  for (i = 0; i < CLIENTS; i++)
    open_client(i, 0);
}

static void close_client(unsigned i) {
  if (clients[i] == NULL)
    return;
  fcl_client_close(clients[i], NULL, NULL);
  fcl_client_join(clients[i]);
  clients[i] = NULL;
}

static void teardown(void) {
  unsigned i;
  for (i = 0; i < CLIENTS; i++)
    close_client(i);
  serial_end(&app);
}

typedef struct asked {
  fcl_request *request;
  uv_sem_t done;
  fcl_code code;
  unsigned ms;
} asked;

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  asked *a = user;
  a->code = result->error.code;
  a->ms = result->total_us / 1000;
  uv_sem_post(&a->done);
}

static void ask_start(asked *a, unsigned client) {
  fcl_handlers handlers = {0};
  handlers.on_done = on_done;
  uv_sem_init(&a->done, 0);
  a->request = fcl_request_new(pools[client], &handlers, a);
  fcl_request_param(a->request, "REQUEST_METHOD", "GET");
  fcl_request_start(a->request);
  fcl_request_finish(a->request);
}

static unsigned ask_end(asked *a) {
  uv_sem_wait(&a->done);
  fcl_request_free(a->request);
  uv_sem_destroy(&a->done);
  ck_assert_int_eq(a->code, FCL_OK);
  return a->ms;
}

static unsigned ask(unsigned client) {
  asked a;
  ask_start(&a, client);
  return ask_end(&a);
}

START_TEST(a_connection_that_another_client_keeps_makes_room) {
  ask(0);
  ck_assert_uint_lt(ask(1), LIMIT_MS);
}
END_TEST

/* The first that waits teaches the others not to.  Whoever waits for room takes 10 ms and more, and
   so would everybody here; who does not may take as long on a busy machine, but not each time. */
START_TEST(clients_that_take_turns_do_not_wait_for_each_other) {
  unsigned i, quick = 0;
  for (i = 0; i < 1000 && quick < 20; i++)
    quick += ask(i % CLIENTS) < 9;
  ck_assert_uint_eq(quick, 20);
}
END_TEST

START_TEST(a_client_alone_keeps_its_connection) {
  unsigned i;
  for (i = 0; i < 20; i++)
    ask(0);
  ck_assert_uint_eq(app.connections, 1);
}
END_TEST

START_TEST(requests_of_all_clients_at_once_are_served_one_by_one) {
  asked a[30];
  unsigned i;
  for (i = 0; i < 30; i++)
    ask_start(&a[i], i % CLIENTS);
  for (i = 0; i < 30; i++)
    ck_assert_uint_lt(ask_end(&a[i]), LIMIT_MS);
}
END_TEST

START_TEST(a_client_that_closes_gives_back_what_it_kept) {
  ask(0);
  close_client(0);
  ck_assert_uint_lt(ask(1), LIMIT_MS);
  open_client(0, 0);
  ck_assert_uint_lt(ask(0), LIMIT_MS);
}
END_TEST

/* Clients come and go while others ask them for room. */
START_TEST(clients_close_while_they_are_asked) {
  unsigned i;
  for (i = 0; i < 40; i++) {
    asked a, b;
    ask(2);
    ask_start(&a, 0);
    ask_start(&b, 1);
    close_client(2);
    ask_end(&a);
    ask_end(&b);
    open_client(2, 0);
  }
}
END_TEST

int main(void) {
  TCase *t = tcase_create("crowd");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 30);
  tcase_add_test(t, a_connection_that_another_client_keeps_makes_room);
  tcase_add_test(t, clients_that_take_turns_do_not_wait_for_each_other);
  tcase_add_test(t, a_client_alone_keeps_its_connection);
  tcase_add_test(t, requests_of_all_clients_at_once_are_served_one_by_one);
  tcase_add_test(t, a_client_that_closes_gives_back_what_it_kept);
  tcase_add_test(t, clients_close_while_they_are_asked);
  return test_suite_run("crowd", &t, 1);
}
