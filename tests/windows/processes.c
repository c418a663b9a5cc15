/* processes.c: which processes of a test live, and servers that it starts by itself, on Windows. */
#include "real/driver.h"
#include "support/fds.h"
#include "windows/apps.h"
#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tlhelp32.h>
#include <windows.h>

void process_begin(void) {
  setvbuf(stdout, NULL, _IONBF, 0); /* what a crash would take along is seen */
}

const char *process_temporary(void) {
  static char path[160];
  size_t size = sizeof path;
  ck_assert_int_eq(uv_os_tmpdir(path, &size), 0);
  return path;
}

#define THREADS_OF_POOLS 6 /* handles of the system's own, which come and go */

/* That nothing grows is claimed of thousands of requests, in test_load.c. */
void process_claim_fds(int before) {
  ck_assert_int_le(test_fds(), before + THREADS_OF_POOLS);
}

/* ---- Those of this test ---- */

int process_lives(long pid) {
  HANDLE h = OpenProcess(SYNCHRONIZE, FALSE, (DWORD) pid);
  int lives = h != NULL && WaitForSingleObject(h, 0) == WAIT_TIMEOUT;
  if (h)
    CloseHandle(h);
  return lives;
}

static int is_ours(const PROCESSENTRY32 *among, unsigned count, const PROCESSENTRY32 *p) {
  DWORD us = GetCurrentProcessId(), parent = p->th32ParentProcessID;
  unsigned i, steps;
  for (steps = 0; steps < 8 && parent != us; steps++) {
    for (i = 0; i < count && among[i].th32ProcessID != parent; i++)
      continue;
    if (i == count)
      return 0;
    parent = among[i].th32ParentProcessID;
  }
  return parent == us;
}

/* Those that the system itself starts: a console beside each console program; Wine's desktop and
 * its services, whose parent's number may be one of ours by now. */
static int is_of_the_system(const char *name) {
  static const char *const names[] = {"conhost.exe",    "explorer.exe", "services.exe",
                                      "winedevice.exe", "plugplay.exe", "svchost.exe",
                                      "rpcss.exe"};
  size_t i = 0;
  while (i < sizeof names / sizeof *names && strcmp(name, names[i]) != 0)
    i++;
  return i < sizeof names / sizeof *names;
}

#define MOST 512

static PROCESSENTRY32 all[MOST];

/* Fills `all`: how many there are. */
static unsigned look(void) {
  HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  unsigned n = 0;
  ck_assert(snapshot != INVALID_HANDLE_VALUE);
  all[0].dwSize = sizeof all[0];
  if (Process32First(snapshot, &all[0]))
    do {
      n++;
      all[n < MOST ? n : 0].dwSize = sizeof all[0];
    } while (n < MOST && Process32Next(snapshot, &all[n]));
  CloseHandle(snapshot);
  return n;
}

/* Our descendants, or (everywhere) whosever, by name; NULL: all.  `list` may be NULL. */
static unsigned find(const char *name, int everywhere, char *list, size_t cap) {
  unsigned i, n = look(), found = 0;
  size_t at = 0;
  for (i = 0; i < n; i++) {
    char text[MAX_PATH];
    snprintf(text, sizeof text, "%ls", (const wchar_t *) all[i].szExeFile);
    if (!(everywhere || is_ours(all, n, &all[i])) || (name && strcmp(name, text) != 0) ||
        is_of_the_system(text) || !process_lives((long) all[i].th32ProcessID))
      continue;
    found++;
    if (list && at < cap)
      at += (size_t) snprintf(list + at, cap - at, "%s%lu %s", at ? ", " : "", all[i].th32ProcessID,
                              text);
  }
  return found;
}

unsigned process_count_named(const char *name) {
  return find(name, 0, NULL, 0);
}

unsigned process_count_everywhere(const char *name) {
  return find(name, 1, NULL, 0);
}

unsigned process_count(void) {
  return find(NULL, 0, NULL, 0);
}

const char *process_list(void) {
  static char list[4096];
  list[0] = 0;
  find(NULL, 0, list, sizeof list);
  return list;
}

static int is_our_number(long pid) {
  unsigned i, n = look();
  for (i = 0; i < n && all[i].th32ProcessID != (DWORD) pid; i++)
    continue;
  return i < n && is_ours(all, n, &all[i]);
}

/* Numbers are used again, at once under Wine: one that has gone may be another test's by now. */
void process_kill(long pid) {
  HANDLE h = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD) pid);
  if (h && is_our_number(pid))
    TerminateProcess(h, 9);
  if (h)
    CloseHandle(h);
}

/* ---- This process ---- */

unsigned process_handles(void) {
  return (unsigned) test_fds();
}

uint64_t process_memory(void) {
  PROCESS_MEMORY_COUNTERS m;
  ck_assert(GetProcessMemoryInfo(GetCurrentProcess(), &m, sizeof m));
  return m.PagefileUsage;
}

/* ---- Servers ---- */

static HANDLE job; /* they must not outlive the test, whatever becomes of that */

static void open_job(void) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  job = CreateJobObjectW(NULL, NULL);
  ck_assert(job && SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits,
                                           sizeof limits));
}

/* No argument of these tests has a " or ends in a \ */
static void make_line(wchar_t *line, size_t cap, const char *const *argv) {
  size_t at = 0;
  for (; *argv; argv++)
    at += (size_t) swprintf(line + at, cap - at, L"%s\"%hs\"", at ? L" " : L"", *argv);
}

static HANDLE to_nowhere(void) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                     &inherited, OPEN_EXISTING, 0, NULL);
}

static int connects(const char *listen) {
  struct sockaddr_in in = {0};
  const char *port = strchr(listen, ':');
  SOCKET s;
  int status;
  if (strncmp(listen, "\\\\.\\pipe\\", 9) == 0) {
    wchar_t name[256];
    swprintf(name, 256, L"%hs", listen);
    return WaitNamedPipeW(name, 1);
  }
  s = socket(AF_INET, SOCK_STREAM, 0);
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  in.sin_port = htons((uint16_t) atoi(port + 1));
  status = connect(s, (struct sockaddr *) &in, sizeof in);
  closesocket(s);
  return status == 0;
}

/* Its handle is the caller's. */
static HANDLE start(const char *const *argv, pid_t *pid) {
  STARTUPINFOW how = {0};
  PROCESS_INFORMATION p;
  wchar_t line[2048];
  make_line(line, 2048, argv);
  how.cb = sizeof how;
  how.dwFlags = STARTF_USESTDHANDLES;
  how.hStdInput = how.hStdOutput = how.hStdError = to_nowhere();
  if (job == NULL)
    open_job();
  ck_assert_msg(CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW | CREATE_SUSPENDED,
                               NULL, NULL, &how, &p),
                "%s: error %lu", argv[0], GetLastError());
  CloseHandle(how.hStdInput);
  ck_assert(AssignProcessToJobObject(job, p.hProcess));
  ResumeThread(p.hThread);
  CloseHandle(p.hThread);
  *pid = (pid_t) p.dwProcessId;
  return p.hProcess;
}

pid_t process_start(const char *const *argv) {
  pid_t pid;
  CloseHandle(start(argv, &pid));
  return pid;
}

pid_t process_server(const char *const *argv, const char *listen) {
  pid_t pid;
  HANDLE process = start(argv, &pid);
  wait_until(connects(listen) || WaitForSingleObject(process, 0) == WAIT_OBJECT_0);
  CloseHandle(process);
  ck_assert_msg(process_lives((long) pid), "%s did not start", argv[0]);
  return pid;
}

void process_end(pid_t pid) {
  process_kill((long) pid);
  wait_until(!process_lives((long) pid));
}

int process_free_port(void) {
  struct sockaddr_in in = {0};
  int len = sizeof in;
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(bind(s, (struct sockaddr *) &in, sizeof in), 0);
  ck_assert_int_eq(getsockname(s, (struct sockaddr *) &in, &len), 0);
  closesocket(s);
  return ntohs(in.sin_port);
}
