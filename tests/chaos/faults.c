/* faults.c: what is done to the processes, the pools, the relays and the host itself while requests
 * run. */
#include "chaos/chaos.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

unsigned fault_counts[FAULT_KINDS];
#define XX(name, text) text,
const char *const fault_names[FAULT_KINDS] = {FAULTS(XX)};
#undef XX

enum { PAUSED_MAX = 16 };
static struct {
  long pid;
  uint64_t until;
} paused[PAUSED_MAX];
static uint64_t limits_until;
static struct rlimit descriptors, file_size; /* as they were */

/* ---- Undoing ---- */

static void go_on(uint64_t now) {
  unsigned i;
  for (i = 0; i < PAUSED_MAX; i++)
    if (paused[i].pid && now >= paused[i].until) {
      kill((pid_t) paused[i].pid, SIGCONT); /* harmless to whoever may have its number now */
      paused[i].pid = 0;
    }
}

static void give_back(uint64_t now) {
  if (limits_until == 0 || now < limits_until)
    return;
  limits_until = 0;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  setrlimit(RLIMIT_FSIZE, &file_size);
}

static void wait_until_ms(uint64_t until) {
  while (now_ms() < until) {
    go_on(now_ms());
    give_back(now_ms());
    nap(5);
  }
}

/* ---- Doing: each returns 1 when it was done ---- */

static long victim(chance *c) {
  long pid = load_some_pid(c);
  return is_worker(pid) ? pid : 0;
}

static int kill_one(chance *c) {
  long pid = victim(c);
  return pid && kill((pid_t) pid, SIGKILL) == 0;
}

static int pause_one(chance *c) {
  unsigned i = chance_below(c, PAUSED_MAX);
  long pid = victim(c);
  unsigned ms =
      chance_below(c, 4) ? 50 + chance_below(c, 400) : 2500; /* beyond the pools' limits */
  if (paused[i].pid || pid == 0 || kill((pid_t) pid, SIGSTOP))
    return 0;
  paused[i].pid = pid;
  paused[i].until = now_ms() + ms;
  return 1;
}

static int on_some_pool(void (*verb)(fcl_pool *), chance *c) {
  which pool = (which) chance_below(c, POOLS);
  pthread_mutex_lock(&w.pools_lock);
  if (w.pools[0][pool])
    verb(w.pools[chance_below(c, CLIENTS)][pool]);
  pthread_mutex_unlock(&w.pools_lock);
  return 1;
}

/* As a server does whose configuration has changed. */
static int reload(chance *c) {
  unsigned client = chance_below(c, CLIENTS);
  fcl_pool *old, *fresh = open_pool(client, RELOADED);
  if (fresh == NULL)
    return 0;
  pthread_mutex_lock(&w.pools_lock);
  old = w.pools[client][RELOADED];
  w.pools[client][RELOADED] = fresh;
  pthread_mutex_unlock(&w.pools_lock);
  fcl_pool_close(old, chance_below(c, 3) ? 1000 : 0);
  return 1;
}

static int change(chance *c) {
  which pool = (which) chance_below(c, POOLS);
  return pool != RELOADED && change_pool(chance_below(c, CLIENTS), pool, c);
}

/* ---- Guardians: children of ours with that name ---- */

enum { SPARED_MAX = 8 };
static long spared[SPARED_MAX];

static int is_guardian(long pid) {
  char path[64], line[256] = "", name[32] = "";
  int parent = 0;
  FILE *f;
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  f = pid > 0 ? fopen(path, "r") : NULL;
  if (f && fgets(line, sizeof line, f))
    sscanf(line, "%*d (%31[^)]) %*c %d", name, &parent);
  if (f)
    fclose(f);
  return parent == (int) getpid() && strncmp(name, "fcl-guardian", 12) == 0;
}

static int is_spared(long pid) {
  unsigned i;
  for (i = 0; i < SPARED_MAX; i++)
    if (spared[i] == pid)
      return 1;
  return 0;
}

static unsigned find_guardians(long *found, unsigned room) {
  DIR *all = opendir("/proc");
  struct dirent *e;
  unsigned n = 0;
  while (all && n < room && (e = readdir(all)) != NULL)
    if (is_guardian(atol(e->d_name)) && !is_spared(atol(e->d_name)))
      found[n++] = atol(e->d_name);
  if (all)
    closedir(all);
  return n;
}

void faults_spare_guardians(void) {
  long found[SPARED_MAX];
  unsigned n, i;
  memset(spared, 0, sizeof spared);
  n = find_guardians(found, SPARED_MAX);
  for (i = 0; i < n; i++)
    spared[i] = found[i];
}

static int kill_guardian(chance *c) {
  long found[SPARED_MAX];
  unsigned n = find_guardians(found, SPARED_MAX);
  return n > 0 && kill((pid_t) found[chance_below(c, n)], SIGKILL) == 0;
}

/* Those that are open stay open; no other one can be had. */
static int limit(int resource, struct rlimit *before, rlim_t to, chance *c) {
  struct rlimit now;
  if (limits_until)
    return 0;
  getrlimit(RLIMIT_NOFILE, &descriptors);
  getrlimit(RLIMIT_FSIZE, &file_size);
  now = *before;
  now.rlim_cur = to;
  limits_until = now_ms() + 50 + chance_below(c, 300);
  return setrlimit(resource, &now) == 0;
}

/* All its threads stop, and with them the loops: for them time jumps. */
static int stop_host(chance *c) {
  unsigned ms = 200 + chance_below(c, 1300);
  struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
  pid_t host = getpid(), pid = fork();
  if (pid == 0) {
    kill(host, SIGSTOP);
    nanosleep(&t, NULL);
    kill(host, SIGCONT);
    _exit(0);
  }
  return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static int redraw(chance *c) {
  wire_redraw();
  return 1;
}

static int recycle(chance *c) {
  return on_some_pool(fcl_pool_recycle, c);
}

static int resume(chance *c) {
  return on_some_pool(fcl_pool_resume, c);
}

static int starve(chance *c) {
  return limit(RLIMIT_NOFILE, &descriptors, 3, c);
}

static int fill(chance *c) {
  return limit(RLIMIT_FSIZE, &file_size, 4096 * chance_below(c, 20), c);
}

static int (*const inject[FAULT_KINDS])(chance *c) = {kill_one, pause_one, recycle,       resume,
                                                      reload,   change,    kill_guardian, starve,
                                                      fill,     stop_host, redraw};

/* Each kind in the first round, then by how often it is worth having. */
static fault draw(chance *c, unsigned round) {
  static const fault often[] = {KILL,   KILL,   KILL,   KILL,        PAUSE,  PAUSE,  PAUSE,
                                WIRE,   WIRE,   RELOAD, RESUME,      RELOAD, CHANGE, CHANGE,
                                CHANGE, CHANGE, DISK,   DESCRIPTORS, RECYCLE};
  if (round < FAULT_KINDS)
    return (fault) round;
  if (chance_below(c, 80) == 0)
    return GUARDIAN;
  return chance_below(c, 60) == 0 ? HOST : often[chance_below(c, sizeof often / sizeof *often)];
}

void faults_run(uint64_t until_ms) {
  static uint64_t seed;
  static unsigned round;
  static chance c;
  if (seed != w.seed) {
    seed = w.seed;
    round = 0;
    c.state = seed ^ 0xfa017;
  }
  memset(paused, 0, sizeof paused);
  wait_until_ms(now_ms() + 300);
  while (now_ms() < until_ms) {
    fault kind = draw(&c, round);
    int is_done = inject[kind](&c);
    fault_counts[kind] += is_done != 0;
    round += is_done || round >= FAULT_KINDS;
    wait_until_ms(now_ms() + chance_below(&c, 50));
  }
  wait_until_ms(limits_until);
  give_back(UINT64_MAX);
  go_on(UINT64_MAX);
}
