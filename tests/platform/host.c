/* host.c: a program that starts others through the library, made to be killed by test_guardian.c.
   platform_host OPTIONS... DIRECTORY STOP_MS [-- PROGRAM-OR-WORD WORDS...]...
   Prints "started PID", what the programs print, "exited STATUS SIGNAL", and "all" when all have
   started. */
#define _GNU_SOURCE
#include "platform/process.h"
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIFE_S 60

static uv_loop_t loop;
static fcl__processes *all;
static fcl__process *last;
static unsigned wanted, begun, ready;
static int makes_copy, becomes_another, leaves, stops;
static int seals, drops, keeps_capabilities, is_nobody;
static fcl_identity *user; /* that programs run as */
static char app[4096];

/* A fork that holds every descriptor of the host, and is not the host.  It takes its mark off. */
static void make_copy(void) {
  pid_t pid = fork();
  if (pid == 0) {
    char *mark = getenv("FCL_MARK");
    memset(mark, 'x', strlen(mark));
    alarm(LIFE_S);
    for (;;)
      pause();
  }
  printf("copy %ld\n", (long) pid);
}

static void act(void) {
  char *const argv[] = {"sleep", "30", NULL}, *const env[] = {NULL};
  if (makes_copy)
    make_copy();
  puts("all");
  fflush(stdout);
  if (becomes_another)
    execve("/bin/sleep", argv, env);
  if (leaves)
    exit(0);
}

static void on_started(void *owner, long pid) {
  printf("started %ld\n", pid);
  if (++begun == wanted)
    act();
}

static void on_failed(void *owner, const fcl_error *e) {
  printf("failed %s\n", e->text);
}

static void on_output(void *owner, const char *line, size_t len) {
  ready += len == 5 && memcmp(line, "ready", 5) == 0;
  printf("%.*s\n", (int) len, line);
}

static void on_exited(void *owner, int status, int sig) {
  printf("exited %d %d\n", status, sig);
}

static const fcl__process_events events = {on_started, on_failed, on_output, on_exited};

static void start(const char *const *words, unsigned stop_ms) {
  const char *argv[64] = {app};
  fcl__program program = {.path = app, .argv = argv, .stop_ms = stop_ms, .identity = user};
  fcl_error e;
  int n = 0, at = 1;
  if (words[0][0] == '/') {
    argv[0] = program.path = words[0];
    n = 1;
  }
  while (words[n] && strcmp(words[n], "--") != 0 && at < 63)
    argv[at++] = words[n++];
  if (fcl__process_start(all, &program, NULL, &last, &e) != FCL_OK)
    printf("refused %s\n", e.text);
}

/* Linux before 5.3 and 5.9: neither pidfd_open nor close_range. */
static void pretend_old_kernel(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 434, 1, 0), /* pidfd_open */
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 436, 0, 1), /* close_range */
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 38),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    exit(77);
}

static void on_close_quickly(uv_timer_t *t) {
  uv_stop(&loop);
}

/* Runs the loop in a thread that ends, until all are ready. */
static void *run_for_a_while(void *arg) {
  while (ready < wanted)
    uv_run(&loop, UV_RUN_ONCE);
  return NULL;
}

static void run_in_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, run_for_a_while, NULL);
  pthread_join(thread, NULL);
}

/* What a server might have open and forget to mark: the guardian must not keep the port. */
static void hold_a_port(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (listen(fd, 1) != 0)
    exit(1);
}

#define NOBODY 65534

/* As the user nobody, for ever: what a server does when it has its port. */
static void drop_privileges(void) {
  const gid_t group = NOBODY;
  if (setgroups(1, &group) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
      setresuid(NOBODY, NOBODY, NOBODY) != 0)
    exit(1);
}

/* Also as nobody, but with the three capabilities that a guardian needs, as a service manager
   grants them. */
static void drop_most_privileges(void) {
  static const int kept[] = {CAP_KILL, CAP_SETGID, CAP_SETUID};
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct bits[2] = {{0}};
  unsigned i;
  prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  drop_privileges();
  for (i = 0; i < 3; i++)
    bits[0].effective |= 1u << kept[i];
  bits[0].permitted = bits[0].inheritable = bits[0].effective;
  if (syscall(SYS_capset, &head, bits) != 0)
    exit(1);
  for (i = 0; i < 3; i++)
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long) kept[i], 0, 0) != 0)
      exit(1);
}

/* Anything, as the users from 1 on. */
static void seal(void) {
  static const char *const anything[] = {"/", NULL};
  static const fcl_policy policy = {anything, NULL, 1, 65534, 1, 65534};
  fcl_error e;
  if (fcl__processes_seal(all, &policy, NULL, &e) == FCL_OK)
    return;
  printf("unsealed %s\n", e.text);
  exit(1);
}

static void take_user(const char *name) {
  fcl_error e;
  if (fcl_identity_user(&user, name, &e) == FCL_OK)
    return;
  printf("unknown %s\n", e.text);
  exit(1);
}

static void find_app(void) {
  ssize_t n = readlink("/proc/self/exe", app, sizeof app - 32);
  app[n > 0 ? n : 0] = 0;
  strcpy(strrchr(app, '/'), "/platform_app");
}

int main(int argc, char **argv) {
  const char *const *word = (const char *const *) argv + 1;
  const char *directory;
  static fcl__memory memory;
  uv_timer_t for_ever;
  unsigned stop_ms;
  int in_thread = 0;
  fcl_error e;
  alarm(LIFE_S);
  setvbuf(stdout, NULL, _IOLBF, 4096);
  find_app();
  for (; *word && (*word)[0] == '-'; word++) {
    makes_copy |= strcmp(*word, "--copy") == 0;
    becomes_another |= strcmp(*word, "--exec") == 0;
    leaves |= strcmp(*word, "--exit") == 0;
    in_thread |= strcmp(*word, "--thread") == 0;
    stops |= strcmp(*word, "--stop") == 0;
    seals |= strcmp(*word, "--seal") == 0;
    drops |= strcmp(*word, "--drop") == 0;
    is_nobody |= strcmp(*word, "--nobody") == 0;
    keeps_capabilities |= strcmp(*word, "--capabilities") == 0;
    if (strncmp(*word, "--user=", 7) == 0)
      take_user(*word + 7);
    if (strcmp(*word, "--old-kernel") == 0)
      pretend_old_kernel();
    if (strcmp(*word, "--port") == 0)
      hold_a_port();
  }
  directory = *word++;
  stop_ms = (unsigned) atoi(*word++);
  uv_loop_init(&loop);
  uv_timer_init(&loop, &for_ever);
  uv_timer_start(&for_ever, on_close_quickly, LIFE_S * 1000, 0);
  if (fcl__processes_open(&all, &loop, &memory, NULL, directory, &events, &e) != FCL_OK)
    return 1;
  if (is_nobody)
    drop_privileges();
  if (keeps_capabilities)
    drop_most_privileges();
  if (seals)
    seal();
  if (drops)
    drop_privileges();
  for (; *word; word++)
    if (strcmp(*word, "--") == 0)
      wanted++, start(word + 1, stop_ms);
  if (in_thread)
    run_in_thread();
  if (stops)
    fcl__process_stop(last, 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  return 0;
}
