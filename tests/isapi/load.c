/* load.c: clients that ask for one page again and again, and count what they get.
 * usage: load PORT PATH BODY CLIENTS REQUESTS [keep]
 * REQUESTS in all, or until SIGTERM.  keep: one connection for many requests, else one each.
 * Says: asked N answered N wrong N lost N refused N.  Answered: 200, whole, with that body (-:
 * any); wrong: another whole answer; lost: a connection that was taken ended before; refused: none
 * was taken. */
#include "support/talk.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS_MAX = 256 };

typedef struct counts {
  unsigned long asked, answered, wrong, lost, refused;
} counts;

static volatile sig_atomic_t is_over;

static void on_term(int number) {
  (void) number;
  is_over = 1;
}

/* A client's own: SIGTERM waits until it has its answer. */
static int is_asked_to_end(void) {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1;
}

static void hold_term(void) {
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, NULL);
}

static void count_answer(counts *c, const answer *a, const char *body) {
  if (a->status == 0 || !a->is_whole)
    c->lost++;
  else if (a->status != 200 || (strcmp(body, "-") != 0 && strcmp(a->body, body) != 0))
    c->wrong++;
  else
    c->answered++;
}

/* Returns whether the connection can be used again. */
static int ask_once(talk *t, counts *c, const char *text, const char *body) {
  answer a;
  int is_kept;
  say(t, text);
  a = hear(t, 0);
  count_answer(c, &a, body);
  is_kept = a.status != 0 && a.is_whole && !a.until_close && field(&a, "Connection") == NULL;
  answer_free(&a);
  return is_kept;
}

static void run_client(counts *c, char **argv, unsigned long requests, int keeps) {
  char text[300];
  talk t;
  int is_open = 0;
  snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: test\r\n%s\r\n", argv[2],
           keeps ? "" : "Connection: close\r\n");
  while (!is_asked_to_end() && c->asked < requests) {
    c->asked++;
    if (!is_open && !talk_try(&t, (unsigned) atoi(argv[1]))) {
      c->refused++;
      usleep(1000);
      continue;
    }
    is_open = ask_once(&t, c, text, argv[3]);
    if (!is_open)
      talk_end(&t);
  }
}

/* SIGTERM is for all; each client ends the request that it is at. */
static void wait_for(const pid_t *pids, int clients) {
  int n;
  while (wait(NULL) > 0 || errno == EINTR)
    for (n = 0; is_over && n < clients; n++)
      kill(pids[n], SIGTERM);
}

static void start(counts *all, pid_t *pids, char **argv, int clients, int keeps) {
  unsigned long each = strtoul(argv[5], NULL, 10) / (unsigned long) clients;
  int n;
  for (n = 0; n < clients; n++) {
    pids[n] = fork();
    if (pids[n] == 0) {
      hold_term();
      run_client(&all[n], argv, each, keeps);
      _exit(0);
    }
  }
}

static void say_sum(const counts *all, int clients) {
  counts sum = {0};
  int n;
  for (n = 0; n < clients; n++) {
    sum.asked += all[n].asked;
    sum.answered += all[n].answered;
    sum.wrong += all[n].wrong;
    sum.lost += all[n].lost;
    sum.refused += all[n].refused;
  }
  printf("asked %lu answered %lu wrong %lu lost %lu refused %lu\n", sum.asked, sum.answered,
         sum.wrong, sum.lost, sum.refused);
}

int main(int argc, char **argv) {
  int clients = argc >= 6 ? atoi(argv[4]) : 0;
  struct sigaction action = {.sa_handler = on_term}; /* wait() returns */
  pid_t pids[CLIENTS_MAX];
  counts *all;
  if (clients < 1 || clients > CLIENTS_MAX)
    return fprintf(stderr, "usage: load PORT PATH BODY CLIENTS REQUESTS [keep]\n"), 2;
  all = mmap(NULL, sizeof(counts) * (size_t) clients, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED)
    return 1;
  sigaction(SIGTERM, &action, NULL);
  start(all, pids, argv, clients, argc > 6);
  wait_for(pids, clients);
  say_sum(all, clients);
  return 0;
}
