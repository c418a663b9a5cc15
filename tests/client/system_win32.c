/* system_win32.c: a loop that has nothing to poll of the client's: fcl_client_timeout says when to
   look again. */
#include "client/system.h"
#include "platform/spool.h"
#include "support/scratch.h"
#include <check.h>
#include <pthread.h>
#include <string.h>
#include <uv.h>

const char system_nowhere[] = "pipe:\\\\.\\pipe\\fcl-test-no-such-pipe";
const char system_nowhere_words[] = "no such file";
const char *const system_narrow = "pipe:";
const char system_full_words[] = "no space left on device (ERROR_DISK_FULL, 112)";
const char system_no_folder_words[] = "ERROR_PATH_NOT_FOUND, 3";
const char system_program[] = "C:/Windows/System32/cmd.exe";
const char system_refusing[] = "tcp:127.0.0.1:2";

static void work(uv_work_t *w) {
  struct addrinfo *found;
  if (getaddrinfo("127.0.0.1", "1", NULL, &found) == 0)
    freeaddrinfo(found);
}

/* Threads of libuv's pool, and what each of them opens. */
static void prepare_pool(uv_loop_t *loop) {
  static uv_work_t works[8];
  size_t i;
  for (i = 0; i < sizeof works / sizeof *works; i++)
    uv_queue_work(loop, &works[i], work, NULL);
  uv_run(loop, UV_RUN_DEFAULT);
}

static void *rest(void *arg) {
  Sleep(20);
  return arg;
}

/* What the tests' threads leave behind for the next ones. */
static void prepare_threads(void) {
  pthread_t threads[8];
  size_t i;
  for (i = 0; i < sizeof threads / sizeof *threads; i++)
    pthread_create(&threads[i], NULL, rest, NULL);
  for (i = 0; i < sizeof threads / sizeof *threads; i++)
    pthread_join(threads[i], NULL);
}

/* A connection to nobody, and a file. */
static void prepare_system(void) {
  struct sockaddr_in nobody;
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  memset(&nobody, 0, sizeof nobody);
  nobody.sin_family = AF_INET;
  nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  nobody.sin_port = htons(2);
  connect(s, (struct sockaddr *) &nobody, sizeof nobody);
  closesocket(s);
  fcl__spool_close(fcl__spool_open(test_temporary()));
}

const unsigned system_look_ms = 10;
const int system_shares_process = 1;

void system_prepare(void) {
  static int is_ready;
  uv_loop_t first;
  if (is_ready)
    return;
  is_ready = 1;
  uv_loop_init(&first);
  prepare_pool(&first);
  uv_loop_close(&first);
  prepare_system();
  prepare_threads();
}

void system_mind_broken_connections(void) {
}

const int system_has_file_limits = 0;

void system_limit_files(unsigned bytes) {
  ck_abort_msg("no file can be bounded to %u bytes here", bytes);
}

void by_hand_open(by_hand *h) {
  h->event = (intptr_t) CreateEventW(NULL, FALSE, FALSE, NULL);
  ck_assert_int_ne(h->event, 0);
}

void by_hand_close(by_hand *h) {
  CloseHandle((HANDLE) h->event);
}

void by_hand_watch(by_hand *h, fcl_client *client) {
  ck_assert_int_eq(fcl_client_fd(client), -1);
}

void by_hand_wake(by_hand *h) {
  SetEvent((HANDLE) h->event);
}

void by_hand_wait(by_hand *h, unsigned ms) {
  WaitForSingleObject((HANDLE) h->event, ms);
}
