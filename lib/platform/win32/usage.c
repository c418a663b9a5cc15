/* usage.c: what a process and its descendants use. */
#include "platform/usage.h"
#include <windows.h>
#include <psapi.h>
#include <tlhelp32.h>

enum { FAMILY_MAX = 64 }; /* more of one process are not counted */

typedef struct family {
  DWORD pids[FAMILY_MAX];
  unsigned count;
} family;

static int has(const family *f, DWORD pid) {
  unsigned i;
  for (i = 0; i < f->count; i++)
    if (f->pids[i] == pid)
      return 1;
  return 0;
}

/* One look over all processes adds those whose parent is known; 1: some were. */
static int add_children(family *f, HANDLE snapshot) {
  PROCESSENTRY32W p;
  unsigned before = f->count;
  p.dwSize = sizeof p;
  if (Process32FirstW(snapshot, &p))
    do
      if (f->count < FAMILY_MAX && has(f, p.th32ParentProcessID) && !has(f, p.th32ProcessID))
        f->pids[f->count++] = p.th32ProcessID;
    while (Process32NextW(snapshot, &p));
  return f->count > before;
}

static void find_family(family *f, long pid) {
  HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  f->pids[0] = (DWORD) pid;
  f->count = 1;
  if (snapshot == INVALID_HANDLE_VALUE)
    return;
  while (add_children(f, snapshot))
    ;
  CloseHandle(snapshot);
}

static uint64_t resident(HANDLE process) {
  PROCESS_MEMORY_COUNTERS m;
  m.cb = sizeof m;
  return GetProcessMemoryInfo(process, &m, sizeof m) ? (uint64_t) m.WorkingSetSize : 0;
}

static uint64_t hundreds(const FILETIME *t) {
  return ((uint64_t) t->dwHighDateTime << 32) | t->dwLowDateTime;
}

/* Nobody tells how long it waited for a processor. */
static uint64_t computed(HANDLE process) {
  FILETIME born, dead, kernel, user;
  if (!GetProcessTimes(process, &born, &dead, &kernel, &user))
    return 0;
  return (hundreds(&kernel) + hundreds(&user)) * 100;
}

static uint64_t sum(long pid, uint64_t (*of)(HANDLE process)) {
  family f;
  uint64_t all = 0;
  unsigned i;
  find_family(&f, pid);
  for (i = 0; i < f.count; i++) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, f.pids[i]);
    if (process == NULL)
      continue;
    all += of(process);
    CloseHandle(process);
  }
  return all;
}

uint64_t fcl__usage_memory(long pid) {
  return sum(pid, resident);
}

uint64_t fcl__usage_wanted(long pid) {
  return sum(pid, computed);
}
