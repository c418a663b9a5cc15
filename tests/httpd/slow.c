/* slow.c: many slow clients of a web server, and one fast client whose waiting is measured, alone
 * and among them.
 * usage: slow PORT READERS UPLOADS REQUESTS BYTES   (each at 20 kB/s; a reader reads BYTES)
 * REQUESTS 0: the slow ones alone, until it is killed; then SERVED comes as soon as all are.
 * Prints "ALONE-MEDIAN ALONE-P95 MEDIAN P95 SERVED" in microseconds; SERVED: slow readers whose
 * answer had begun. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  STEP_MS = 100,
  STEP = 2000, /* bytes: 20 kB/s */
  UP = 200000,
  SLOW_MAX = 2000,
  FAST_MAX = 20000,
  LIMIT_MS = 3000 /* a request of the fast client that takes longer counts as that */
};

typedef struct slow {
  int fd, is_upload, has_begun;
  int left; /* of the upload */
  int64_t due;
} slow;

static unsigned port;
static slow all[SLOW_MAX];
static int count, readers, down;
static atomic_int is_over, served;

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int dial(int flags, int room) {
  struct sockaddr_in to = {0};
  int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  to.sin_family = AF_INET;
  to.sin_port = htons((uint16_t) port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (room)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (fd < 0 || (connect(fd, (struct sockaddr *) &to, sizeof to) != 0 && errno != EINPROGRESS)) {
    perror("slow: connect");
    exit(2);
  }
  return fd;
}

/* ---- The slow ones: one thread plays them all ---- */

static void begin(slow *s) {
  char head[200];
  int n;
  s->fd = dial(0, s->is_upload ? 0 : 8192);
  n = s->is_upload
          ? snprintf(head, sizeof head,
                     "POST /up.php HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                     "Content-Length: %d\r\n\r\n",
                     UP)
          : snprintf(head, sizeof head,
                     "GET /down.php?n=%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", down);
  s->left = UP;
  if (write(s->fd, head, (size_t) n) != n)
    s->left = 0;
}

/* 2 kB one way or the other; starts again when that was all. */
static void move(slow *s) {
  static char bytes[STEP];
  ssize_t n;
  if (s->is_upload && s->left > 0) {
    n = send(s->fd, bytes, STEP, MSG_DONTWAIT | MSG_NOSIGNAL);
    s->left -= n > 0 ? (int) n : 0;
    return;
  }
  n = recv(s->fd, bytes, STEP, MSG_DONTWAIT);
  if (n > 0 && !s->has_begun && !s->is_upload) {
    s->has_begun = 1;
    served++;
  }
  if (n == 0 || (n < 0 && errno != EAGAIN)) {
    close(s->fd);
    begin(s);
  }
}

/* Each has its own beat, spread over the whole of it. */
static void *play_slow(void *unused) {
  int64_t start = now_us();
  int i;
  for (i = 0; i < count; i++) {
    begin(&all[i]);
    all[i].due = start + (int64_t) STEP_MS * 1000 * i / count;
  }
  while (!is_over) {
    int64_t now = now_us();
    for (i = 0; i < count; i++)
      if (all[i].due <= now) {
        move(&all[i]);
        all[i].due += STEP_MS * 1000;
      }
    usleep(1000);
  }
  for (i = 0; i < count; i++)
    close(all[i].fd);
  return unused;
}

/* ---- The fast one ---- */

/* A small page on a connection of its own; returns how long that took. */
static int64_t ask_once(void) {
  static const char request[] = "GET /small.php HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  char answer[4096];
  int64_t start = now_us(), us;
  struct timeval limit = {LIMIT_MS / 1000, 0};
  int fd = dial(0, 0), was_whole = 0;
  ssize_t n;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (write(fd, request, sizeof request - 1) == sizeof request - 1)
    while ((n = read(fd, answer, sizeof answer)) > 0)
      was_whole |= memmem(answer, (size_t) n, "small\n", 6) != NULL;
  us = now_us() - start;
  close(fd);
  return was_whole ? us : LIMIT_MS * 1000;
}

static int compare(const void *a, const void *b) {
  int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
  return (x > y) - (x < y);
}

static void measure(int requests) {
  static int64_t took[FAST_MAX];
  int i;
  for (i = 0; i < requests; i++) {
    took[i] = ask_once();
    usleep(2000);
  }
  qsort(took, (size_t) requests, sizeof *took, compare);
  printf("%lld %lld ", (long long) took[requests / 2], (long long) took[requests * 95 / 100]);
}

static void await_slow(void) {
  int64_t until = now_us() + 10 * 1000000;
  while (served < readers && now_us() < until)
    usleep(10000);
}

static void measure_alone(int requests) {
  measure(20); /* all processes are there */
  printf("\r");
  measure(requests);
}

static void stay(void) {
  printf("%d\n", served);
  fflush(stdout);
  for (;;)
    pause();
}

int main(int argc, char **argv) {
  pthread_t thread;
  int i, requests;
  if (argc != 6)
    return 2;
  signal(SIGPIPE, SIG_IGN);
  port = (unsigned) atoi(argv[1]);
  readers = atoi(argv[2]);
  count = readers + atoi(argv[3]);
  requests = atoi(argv[4]);
  down = atoi(argv[5]);
  if (count > SLOW_MAX || requests > FAST_MAX)
    return 2;
  for (i = 0; i < count; i++)
    all[i].is_upload = i >= readers;
  if (requests > 0)
    measure_alone(requests);
  pthread_create(&thread, NULL, play_slow, NULL);
  await_slow();
  if (requests == 0)
    stay();
  measure(requests);
  printf("%d\n", served);
  is_over = 1;
  pthread_join(thread, NULL);
  return 0;
}
