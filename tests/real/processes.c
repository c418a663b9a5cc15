/* processes.c: which processes of a test live, and php-fpm as somebody else's application. */
#define _GNU_SOURCE
#include "real/driver.h"
#include "support/fds.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

void process_begin(void) {
  signal(SIGPIPE, SIG_IGN);
}

const char *process_temporary(void) {
  return "/tmp"; /* whatever TMPDIR is: a socket's path is short, and other users shall come in */
}

/* libuv closes descriptors unseen by TSan, which then takes the next that has the number for one
   that two threads use. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
  return "race:closedir\nrace:opendir\nrace:^close$\n";
}

void process_claim_fds(int before) {
  ck_assert_fds(before);
}

/* ---- /proc ---- */

static ssize_t read_proc(const char *pid, const char *what, char *out, size_t cap) {
  char path[300];
  ssize_t n;
  int fd;
  snprintf(path, sizeof path, "/proc/%s/%s", pid, what);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  n = read(fd, out, cap - 1);
  close(fd);
  out[n > 0 ? n : 0] = 0;
  return n;
}

/* The letter of /proc/PID/stat; 0: there is no such process. */
static char state_of(long pid) {
  char number[24], stat[512], *end;
  snprintf(number, sizeof number, "%ld", pid);
  if (read_proc(number, "stat", stat, sizeof stat) <= 0)
    return 0;
  end = strrchr(stat, ')');
  return (char) (end && end[1] == ' ' ? end[2] : 0);
}

int process_lives(long pid) {
  char state = state_of(pid);
  return state != 0 && state != 'Z' && state != 'X';
}

void process_stop(long pid) {
  ck_assert_int_eq(kill((pid_t) pid, SIGSTOP), 0);
  wait_until(state_of(pid) == 'T');
}

/* Unix sockets without an owner, St 02, wait to be accepted. */
int process_is_awaited(void) {
  FILE *f = fopen("/proc/net/unix", "r");
  char line[512];
  int is_awaited = 0;
  unsigned state;
  ck_assert_ptr_nonnull(f);
  while (!is_awaited && fgets(line, sizeof line, f))
    is_awaited = strstr(line, driver_folder()) != NULL &&
                 sscanf(line, "%*s %*s %*s %*s %*s %x", &state) == 1 && state == 2;
  fclose(f);
  return is_awaited;
}

static int has_marker(const char *pid) {
  static char environment[65536];
  char mark[128];
  int n = snprintf(mark, sizeof mark, "FCL_TEST_MARKER=%s", driver_folder());
  ssize_t len = read_proc(pid, "environ", environment, sizeof environment);
  return len > 0 && memmem(environment, (size_t) len, mark, (size_t) n + 1) != NULL;
}

/* Calls `each` for every living process of this test. */
static void walk(void (*each)(const char *pid, const char *name, void *arg), void *arg) {
  DIR *all = opendir("/proc");
  struct dirent *e;
  char name[64];
  ck_assert_ptr_nonnull(all);
  while ((e = readdir(all)) != NULL) {
    if (!isdigit((unsigned char) e->d_name[0]) || atol(e->d_name) == (long) getpid() ||
        !has_marker(e->d_name))
      continue;
    if (read_proc(e->d_name, "comm", name, sizeof name) > 0) {
      name[strcspn(name, "\n")] = 0;
      each(e->d_name, name, arg);
    }
  }
  closedir(all);
}

typedef struct search {
  const char *name; /* NULL: all */
  unsigned count;
  char list[2048];
} search;

static void note(const char *pid, const char *name, void *arg) {
  search *s = arg;
  size_t at = strlen(s->list);
  if (s->name && strcmp(s->name, name) != 0)
    return;
  s->count++;
  snprintf(s->list + at, sizeof s->list - at, "%s%s %s", at ? ", " : "", pid, name);
}

unsigned process_count_named(const char *name) {
  search s = {name, 0, ""};
  walk(note, &s);
  return s.count;
}

unsigned process_count(void) {
  return process_count_named(NULL);
}

const char *process_list(void) {
  static search s;
  memset(&s, 0, sizeof s);
  walk(note, &s);
  return s.list;
}

/* ---- php-fpm ---- */

/* Debian's name has the version of PHP in it. */
int process_find_fpm(char *path, size_t cap) {
  DIR *d = opendir("/usr/sbin");
  struct dirent *e;
  int is_there = 0;
  while (d && (e = readdir(d)) != NULL)
    if (strncmp(e->d_name, "php-fpm", 7) == 0) {
      snprintf(path, cap, "/usr/sbin/%s", e->d_name);
      is_there = access(path, X_OK) == 0;
    }
  if (d)
    closedir(d);
  return is_there;
}

int process_has_fpm(void) {
  char path[300];
  return process_find_fpm(path, sizeof path);
}

static void write_config(const char *listen, unsigned workers, unsigned max_requests) {
  char text[1024];
  snprintf(text, sizeof text,
           "[global]\nerror_log = %s\ndaemonize = no\n[test]\nlisten = %s\npm = "
           "static\npm.max_children = %u\n"
           "pm.max_requests = %u\n%s",
           driver_path("fpm.log"), listen, workers, max_requests,
           geteuid() == 0 ? "user = root\ngroup = root\n" : "");
  driver_file("fpm.conf", text);
}

/* It must not outlive the test, whatever becomes of that. */
static void become(const char *const *argv, pid_t parent) {
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(null, 1);
  dup2(null, 2);
  signal(SIGPIPE, SIG_DFL);
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent)
    execv(argv[0], (char *const *) argv);
  _exit(127);
}

static int connect_to(const char *listen) {
  struct sockaddr_un un = {AF_UNIX, ""};
  struct sockaddr_in in = {0};
  const char *port = strchr(listen, ':');
  int fd = socket(port ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
  snprintf(un.sun_path, sizeof un.sun_path, "%s", listen);
  if (un.sun_path[0] == '@') /* Linux' abstract names begin with a NUL */
    un.sun_path[0] = 0;
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  in.sin_port = htons((uint16_t) (port ? atoi(port + 1) : 0));
  status = port ? connect(fd, (struct sockaddr *) &in, sizeof in)
                : connect(fd, (struct sockaddr *) &un,
                          (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(listen)));
  close(fd);
  return status == 0;
}

pid_t process_server(const char *const *argv, const char *listen) {
  pid_t parent = getpid(), pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0)
    become(argv, parent);
  wait_until(connect_to(listen) || waitpid(pid, NULL, WNOHANG) == pid);
  ck_assert_msg(process_lives(pid), "%s did not start", argv[0]);
  return pid;
}

pid_t process_fpm(const char *listen, unsigned workers, unsigned max_requests) {
  char path[300];
  const char *conf = driver_path("fpm.conf");
  const char *const argv[] = {path, "-n", "-y", conf, "-F", geteuid() == 0 ? "-R" : NULL, NULL};
  ck_assert(process_find_fpm(path, sizeof path));
  write_config(listen, workers, max_requests);
  return process_server(argv, listen);
}

void process_end(pid_t pid) {
  kill(pid, SIGTERM);
  ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

int process_free_port(void) {
  struct sockaddr_in in = {0};
  socklen_t len = sizeof in;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &in, sizeof in), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &in, &len), 0);
  close(fd);
  return ntohs(in.sin_port);
}
