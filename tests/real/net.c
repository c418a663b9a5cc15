/* net.c: network namespaces, veth pairs and a bridge by ip(8); php-fpm in each. */
#define _GNU_SOURCE
#include "real/net.h"
#include "real/driver.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct machine {
  pid_t holder; /* keeps the namespace */
  pid_t fpm;
} machine;

static machine machines[NET_HOSTS + 1];

static int run(const char *fmt, ...) {
  char command[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(command, sizeof command, fmt, args);
  va_end(args);
  return system(command);
}

#define RUN(...) ck_assert_msg(run(__VA_ARGS__) == 0, __VA_ARGS__)

/* In a child, so that this process stays where it is. */
const char *net_is_impossible(void) {
  if (geteuid() != 0)
    return "needs root, for network namespaces";
  if (access("/usr/sbin/ip", X_OK) != 0 && access("/sbin/ip", X_OK) != 0)
    return "needs ip (Debian: apt install iproute2)";
  if (!process_has_fpm())
    return "needs php-fpm (Debian: apt install php-fpm)";
  if (run("unshare -nm sh -c 'ip link set lo up && ip link add br0 type bridge && ip link add h1 "
          "type veth peer name e1' 2>/dev/null") != 0)
    return "this kernel (or container) gives no network namespaces with bridges and veth";
  return NULL;
}

static void settle_child(pid_t parent) {
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(null, 1);
  dup2(null, 2);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
    _exit(127);
}

void net_open(void) {
  ck_assert_int_eq(unshare(CLONE_NEWNET | CLONE_NEWNS), 0);
  ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
  ck_assert_int_eq(
      mount(driver_file("hosts", "127.0.0.1 localhost\n"), "/etc/hosts", NULL, MS_BIND, NULL), 0);
  RUN("ip link set lo up && ip link add br0 type bridge && ip addr add 10.99.0.254/24 dev br0 && "
      "ip link set br0 up");
}

static void reap(pid_t *pid) {
  if (*pid <= 0)
    return;
  kill(*pid, SIGKILL);
  waitpid(*pid, NULL, 0);
  *pid = 0;
}

void net_close(void) {
  unsigned n;
  for (n = 1; n <= NET_HOSTS; n++) {
    if (machines[n].fpm > 0)
      net_fpm_kill(n);
    reap(&machines[n].holder);
  }
}

/* ---- A host ---- */

static pid_t hold(void) {
  pid_t parent = getpid(), pid;
  int ready[2];
  char byte;
  ck_assert_int_eq(pipe(ready), 0);
  pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    settle_child(parent);
    if (unshare(CLONE_NEWNET) != 0 || write(ready[1], "x", 1) != 1)
      _exit(1);
    for (;;)
      pause();
  }
  close(ready[1]);
  ck_assert_int_eq(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  return pid;
}

static void wire_up(unsigned n, pid_t pid) {
  RUN("ip link add h%u type veth peer name eth0 netns %d && ip link set h%u master br0 up", n,
      (int) pid, n);
  RUN("nsenter -t %d -n sh -c 'ip link set lo up; ip addr add 10.99.0.%u/24 dev eth0; ip link set "
      "eth0 address 02:00:00:00:00:%02u up'",
      (int) pid, n, n);
  /* so that packets go out for a host that is cut off, and no way seems to be missing */
  RUN("ip neigh replace 10.99.0.%u lladdr 02:00:00:00:00:%02u dev br0 nud permanent", n, n);
}

static void write_conf(unsigned n, unsigned workers) {
  char name[32], text[600];
  snprintf(name, sizeof name, "fpm-%u.conf", n);
  snprintf(text, sizeof text,
           "[global]\nerror_log = %s\ndaemonize = no\n[test]\nuser = root\ngroup = root\nlisten = "
           "10.99.0.%u:%u\nlisten.backlog = 128\npm = static\npm.max_children = %u\nping.path = "
           "/ping\nenv[HOST] = %u\n",
           driver_path("fpm.log"), n, NET_PORT, workers, n);
  driver_file(name, text);
}

static void become_fpm(unsigned n, pid_t parent) {
  char ns[64], name[32], path[300] = "/usr/sbin/php-fpm";
  char *argv[] = {path, "-n", "-y", NULL, "-F", "-R", NULL};
  int fd;
  snprintf(ns, sizeof ns, "/proc/%d/ns/net", (int) machines[n].holder);
  snprintf(name, sizeof name, "fpm-%u.conf", n);
  argv[3] = (char *) driver_path(name);
  process_find_fpm(path, sizeof path);
  fd = open(ns, O_RDONLY | O_CLOEXEC);
  setsid(); /* its workers die with it: they are one group */
  settle_child(parent);
  if (fd >= 0 && setns(fd, CLONE_NEWNET) == 0)
    execv(path, argv);
  _exit(127);
}

static int listens(unsigned n) {
  return run("nsenter -t %d -n sh -c 'grep -qi \":%04X 00000000:0000 0A\" /proc/net/tcp'",
             (int) machines[n].holder, NET_PORT) == 0;
}

void net_fpm_start(unsigned n, unsigned workers) {
  pid_t parent = getpid();
  write_conf(n, workers);
  machines[n].fpm = fork();
  ck_assert_int_ge(machines[n].fpm, 0);
  if (machines[n].fpm == 0)
    become_fpm(n, parent);
  wait_until(listens(n));
}

void net_fpm_kill(unsigned n) {
  kill(-machines[n].fpm, SIGKILL);
  reap(&machines[n].fpm);
}

void net_host_start(unsigned n, unsigned workers) {
  machines[n].holder = hold();
  wire_up(n, machines[n].holder);
  net_fpm_start(n, workers);
}

/* ---- What befalls it ---- */

void net_cut(unsigned n) {
  RUN("ip link set h%u nomaster", n);
}

void net_heal(unsigned n) {
  RUN("ip link set h%u master br0", n);
}

int net_delay(unsigned n, unsigned ms) {
  if (ms == 0)
    return run("tc qdisc del dev h%u root 2>/dev/null", n) == 0;
  return run("tc qdisc add dev h%u root netem delay %ums 2>/dev/null", n, ms) == 0;
}

void net_name(unsigned hosts) {
  char text[512] = "127.0.0.1 localhost\n";
  unsigned n;
  for (n = 1; n <= NET_HOSTS; n++)
    if (hosts & 1u << n)
      sprintf(text + strlen(text), "10.99.0.%u app.test\n", n);
  driver_file("hosts", text); /* the same file: what is mounted changes with it */
}
