/* app.c: the program that platform's tests start: does what the words of its command line say, one
   after the other. Whatever happens, neither it nor its children live longer than a minute. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIFE_S 60

extern char **environ;

static void wait_for_ever(void) {
  alarm(LIFE_S); /* not inherited: each sets its own */
  for (;;)
    pause();
}

/* ---- report: what it finds at its start ---- */

static void report_status(const char *name) {
  char line[256];
  FILE *f = fopen("/proc/self/status", "re");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, name, strlen(name)) == 0)
      fputs(line, stdout);
  if (f)
    fclose(f);
}

static void report_fds(void) {
  int fd;
  for (fd = 0; fd < 4096; fd++) {
    struct stat s;
    if (fstat(fd, &s) == 0)
      printf("fd %d %s%s\n", fd,
             S_ISSOCK(s.st_mode)   ? "socket"
             : S_ISFIFO(s.st_mode) ? "pipe"
                                   : "?",
             fcntl(fd, F_GETFL) & O_NONBLOCK ? " nonblocking" : "");
  }
}

static void report_listener(void) {
  struct sockaddr_storage peer;
  socklen_t len = sizeof peer;
  if (getpeername(0, (struct sockaddr *) &peer, &len) < 0 && errno == ENOTCONN)
    puts("fd 0 listens");
}

static void report_limit(const char *name, int resource) {
  struct rlimit l;
  getrlimit((__rlimit_resource_t) resource, &l);
  printf("limit %s %lld %lld\n", name, (long long) l.rlim_cur, (long long) l.rlim_max);
}

/* rights: who it is, and what it may do and use */
static void rights(void) {
  mode_t mask = umask(0);
  report_status("Uid:");
  report_status("Gid:");
  report_status("Groups:");
  report_status("Cap");
  report_status("NoNewPrivs:");
  printf("umask %04o\n", (unsigned) mask);
  printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
  report_limit("open-files", RLIMIT_NOFILE);
  report_limit("file-size", RLIMIT_FSIZE);
  report_limit("address-space", RLIMIT_AS);
  report_limit("cpu", RLIMIT_CPU);
  report_limit("core", RLIMIT_CORE);
}

static void report(char **argv) {
  char where[4096];
  int i, death = 0;
  report_fds();
  report_listener();
  report_status("SigBlk");
  report_status("SigIgn");
  prctl(PR_GET_PDEATHSIG, &death);
  printf("deathsig %d\n", death);
  printf("leads its group %d\n", getpgrp() == getpid());
  printf("cwd %s\n", getcwd(where, sizeof where));
  for (i = 0; argv[i]; i++)
    printf("argv %d %s\n", i, argv[i]);
  for (i = 0; environ[i]; i++)
    printf("env %s\n", environ[i]);
}

/* ---- children ---- */

static void child(void) {
  if (fork() == 0)
    wait_for_ever();
}

static void session_child(void) {
  if (fork() == 0) {
    setsid();
    wait_for_ever();
  }
}

static void group_child(void) {
  if (fork() == 0) {
    setpgid(0, 0);
    wait_for_ever();
  }
}

/* A daemon: its parent is gone, its session is its own, it holds none of our descriptors. */
static void orphan(void) {
  if (fork() == 0) {
    setsid();
    if (fork() != 0)
      _exit(0);
    close(0);
    close(1);
    close(2);
    wait_for_ever();
  }
}

/* Never the same process for more than a millisecond or so. */
static void runner(void) {
  time_t end = time(NULL) + LIFE_S;
  if (fork() != 0)
    return;
  while (time(NULL) < end) {
    if (fork() != 0)
      _exit(0);
    setsid();
    usleep(1000);
  }
  _exit(0);
}

/* ---- the rest ---- */

static void on_term(int signal) {
  _exit(7);
}

/* Leaves politely, but takes its time: then there is a file that says so. */
static char *sign;
static unsigned sign_after_ms;

static void on_term_sign(int signal) {
  usleep(sign_after_ms * 1000);
  _exit(open(sign, O_CREAT | O_WRONLY, 0600) < 0);
}

static void sign_on_term(char *file, int after_ms) {
  sign = file;
  sign_after_ms = (unsigned) after_ms;
  signal(SIGTERM, on_term_sign);
}

static void short_orphan(void) {
  if (fork() == 0)
    _exit(fork() < 0);
}

static void flood(int lines) {
  int i;
  for (i = 0; i < lines; i++)
    printf("%d\n", i);
}

static void letters(int count) {
  int i;
  for (i = 0; i < count; i++)
    putchar('a' + i % 26);
}

static void accept_some(int count) {
  int i;
  for (i = 0; i < count; i++)
    if (accept(0, NULL, NULL) < 0)
      _exit(99);
}

/* Returns how many words it has used. */
static int obey(char **word) {
  int number = word[1] ? atoi(word[1]) : 0;
#define IS(name) (strcmp(*word, name) == 0)
  if (IS("report"))
    return report(word), 1;
  if (IS("rights"))
    return rights(), 1;
  if (IS("child"))
    return child(), 1;
  if (IS("session-child"))
    return session_child(), 1;
  if (IS("group-child"))
    return group_child(), 1;
  if (IS("orphan"))
    return orphan(), 1;
  if (IS("short-orphan"))
    return short_orphan(), 1;
  if (IS("sign-on-term"))
    return sign_on_term(word[1], atoi(word[2])), 3;
  if (IS("runner"))
    return runner(), 1;
  if (IS("stubborn"))
    return signal(SIGTERM, SIG_IGN), 1;
  if (IS("status-7-on-term"))
    return signal(SIGTERM, on_term), 1;
  if (IS("close-output"))
    return fflush(stdout), close(1), close(2), 1;
  if (IS("line"))
    return puts(word[1]), fflush(stdout), 2;
  if (IS("error-line"))
    return fprintf(stderr, "%s\n", word[1]), 2;
  if (IS("text"))
    return fputs(word[1], stdout), 2;
  if (IS("letters"))
    return letters(number), 2;
  if (IS("nul"))
    return putchar(0), 1;
  if (IS("flood"))
    return flood(number), 2;
  if (IS("accept"))
    return accept_some(number), 2;
  if (IS("wait"))
    return fflush(stdout), wait_for_ever(), 1;
  if (IS("raise"))
    return fflush(stdout), raise(number), 2;
  if (IS("exit"))
    exit(number);
  fprintf(stderr, "what is %s?\n", *word);
  exit(100);
}

int main(int argc, char **argv) {
  char **word = argv + 1;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  alarm(LIFE_S);
  while (*word)
    word += obey(word);
  return 0;
}
