/* bare.c: the program that platform's tests start on Windows.  It has no C library: under Wine that
   one changes the standard handles before main.  Does what the words of its command line say, one
   after the other; neither it nor its children live longer than a minute. */
#include <windows.h>

#define LIFE_MS 60000
#define WORDS   32

static WCHAR words[WORDS][MAX_PATH];
static unsigned count;
static char text[65536];
static DWORD len;

void start(void); /* where Windows begins */

/* ---- Text ---- */

static void put(const char *s) {
  while (*s && len < sizeof text)
    text[len++] = *s++;
}

static void put_number(ULONG_PTR n) {
  char digits[24];
  int at = sizeof digits - 1;
  digits[at] = 0;
  do
    digits[--at] = (char) ('0' + n % 10);
  while ((n /= 10) > 0);
  put(digits + at);
}

static void put_line(const char *name, ULONG_PTR n) {
  put(name);
  put(" ");
  put_number(n);
  put("\n");
}

static ULONG_PTR number_of(const WCHAR *word) {
  ULONG_PTR n = 0;
  for (; *word >= L'0' && *word <= L'9'; word++)
    n = n * 10 + (ULONG_PTR) (*word - L'0');
  return n;
}

static int same(const WCHAR *word, const char *name) {
  while (*name && *word == (WCHAR) *name)
    word++, name++;
  return *word == 0 && *name == 0;
}

static void write_file(const WCHAR *path, const void *data, DWORD size, DWORD how) {
  DWORD n;
  HANDLE f = CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, how,
                         FILE_ATTRIBUTE_NORMAL, NULL);
  if (f == INVALID_HANDLE_VALUE)
    ExitProcess(101);
  WriteFile(f, data, size, &n, NULL);
  CloseHandle(f);
}

/* The first word may stand in ". */
static void read_words(const WCHAR *line) {
  while (*line && count < WORDS) {
    int is_quoted = *line == L'"';
    unsigned at = 0;
    line += is_quoted;
    while (*line && *line != (is_quoted ? L'"' : L' ') && at < MAX_PATH - 1)
      words[count][at++] = *line++;
    words[count++][at] = 0;
    while (*line == L'"' || *line == L' ')
      line++;
  }
}

/* ---- What it finds ---- */

static HANDLE shutdown_event(void) {
  WCHAR value[32];
  value[0] = 0;
  GetEnvironmentVariableW(L"_FCGI_SHUTDOWN_EVENT_", value, 32);
  return (HANDLE) number_of(value);
}

static void report(const WCHAR *path) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
  DWORD flags = 0, instances = 0;
  BOOL in_job = FALSE;
  put_line("stdin is a pipe", GetNamedPipeInfo(in, &flags, NULL, NULL, &instances) != 0);
  put_line("server end", flags & PIPE_SERVER_END);
  put_line("instances", instances);
  put_line("stdin file type", GetFileType(in));
  put_line("stdout invalid", GetStdHandle(STD_OUTPUT_HANDLE) == INVALID_HANDLE_VALUE);
  put_line("stderr invalid", GetStdHandle(STD_ERROR_HANDLE) == INVALID_HANDLE_VALUE);
  put_line("event waits", WaitForSingleObject(shutdown_event(), 0));
  IsProcessInJob(GetCurrentProcess(), NULL, &in_job);
  put_line("in a job", (ULONG_PTR) in_job);
  put_line("window", GetConsoleWindow() != NULL);
  write_file(path, text, len, CREATE_ALWAYS);
}

typedef BOOL(WINAPI *opener)(HANDLE process, DWORD rights, HANDLE *token);
typedef BOOL(WINAPI *teller)(HANDLE token, TOKEN_INFORMATION_CLASS what, void *out, DWORD cap,
                             DWORD *len);

static void *find(HMODULE in, const char *name) {
  return (void *) (ULONG_PTR) GetProcAddress(in, name);
}

/* Who it runs as, as far as a test can tell: how many of its groups only deny.  The library that
   tells is loaded here only: it brings a C library along. */
static UINT denied_groups(void) {
  HMODULE advapi = LoadLibraryW(L"advapi32.dll");
  opener open_token = (opener) (ULONG_PTR) find(advapi, "OpenProcessToken");
  teller tell_token = (teller) (ULONG_PTR) find(advapi, "GetTokenInformation");
  static ULONG_PTR room[1024];
  const TOKEN_GROUPS *groups = (const TOKEN_GROUPS *) (void *) room;
  HANDLE own;
  DWORD size, i;
  UINT n = 0;
  if (!open_token(GetCurrentProcess(), TOKEN_QUERY, &own) ||
      !tell_token(own, TokenGroups, room, sizeof room, &size))
    return 104;
  for (i = 0; i < groups->GroupCount; i++)
    n += (groups->Groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0;
  return n;
}

static void write_line(const WCHAR *path) {
  const WCHAR *line = GetCommandLineW();
  write_file(path, line, (DWORD) lstrlenW(line) * sizeof *line, CREATE_ALWAYS);
}

static void write_env(const WCHAR *path) {
  const WCHAR *block = GetEnvironmentStringsW(), *end = block;
  while (*end)
    end += lstrlenW(end) + 1;
  write_file(path, block, (DWORD) (end - block) * sizeof *block, CREATE_ALWAYS);
}

static void write_directory(const WCHAR *path) {
  static WCHAR here[MAX_PATH];
  DWORD n = GetCurrentDirectoryW(MAX_PATH, here);
  write_file(path, here, n * sizeof *here, CREATE_ALWAYS);
}

static void add_pid(const WCHAR *path) {
  len = 0;
  put_number(GetCurrentProcessId());
  put("\n");
  write_file(path, text, len, OPEN_ALWAYS);
}

/* ---- What it does ---- */

/* With the words from `from` on. */
static void child(unsigned from) {
  static WCHAR line[4096];
  STARTUPINFOW s;
  PROCESS_INFORMATION p;
  unsigned i, at = 0, j;
  for (i = 0; i < sizeof s; i++)
    ((volatile char *) &s)[i] = 0;
  s.cb = sizeof s;
  line[at++] = L'"';
  for (j = 0; words[0][j]; j++)
    line[at++] = words[0][j];
  line[at++] = L'"';
  for (i = from; i < count; i++) {
    line[at++] = L' ';
    for (j = 0; words[i][j]; j++)
      line[at++] = words[i][j];
  }
  line[at] = 0;
  if (!CreateProcessW(words[0], line, NULL, NULL, FALSE, 0, NULL, NULL, &s, &p))
    ExitProcess(102);
}

static void hold(ULONG_PTR mib) {
  volatile char *bytes = VirtualAlloc(NULL, mib << 20, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  ULONG_PTR i;
  for (i = 0; bytes && i < mib << 20; i += 4096)
    bytes[i] = 1;
}

static void compute(DWORD ms) {
  FILETIME born, dead, kernel, user;
  ULONGLONG spent;
  do {
    GetProcessTimes(GetCurrentProcess(), &born, &dead, &kernel, &user);
    spent = user.dwLowDateTime + (ULONGLONG) kernel.dwLowDateTime;
  } while (spent < (ULONGLONG) ms * 10000);
}

/* What is left of those who want to outlive their job. */
static UINT break_away(void) {
  static WCHAR line[MAX_PATH + 16];
  STARTUPINFOW s;
  PROCESS_INFORMATION p;
  unsigned i, j;
  for (i = 0; i < sizeof s; i++)
    ((volatile char *) &s)[i] = 0;
  s.cb = sizeof s;
  for (j = 0; words[0][j]; j++)
    line[j] = words[0][j];
  line[j++] = L' ';
  line[j++] = L'0'; /* ends at once: it is no word */
  if (CreateProcessW(words[0], line, NULL, NULL, FALSE, CREATE_BREAKAWAY_FROM_JOB, NULL, NULL, &s,
                     &p))
    return 0;
  return GetLastError();
}

/* Writes what comes, "event", then a "knock" for each connection, and stays. */
static void tell_stages(const WCHAR *path) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
  char byte;
  DWORD n;
  for (;;) { /* ERROR_NO_DATA: it has gone again */
    if (!ConnectNamedPipe(in, NULL) && GetLastError() != ERROR_PIPE_CONNECTED &&
        GetLastError() != ERROR_NO_DATA)
      ExitProcess(103);
    if (WaitForSingleObject(shutdown_event(), 0) == WAIT_OBJECT_0)
      write_file(path, "event, ", 7, OPEN_ALWAYS);
    while (ReadFile(in, &byte, 1, &n, NULL) && n > 0)
      continue;
    write_file(path, "knock\n", 6, OPEN_ALWAYS);
    DisconnectNamedPipe(in);
  }
}

/* One connection after the other: what comes goes back. */
static void serve(UINT status) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), event = shutdown_event();
  static char bytes[4096];
  DWORD n, out;
  while (WaitForSingleObject(event, 0) != WAIT_OBJECT_0) {
    if (!ConnectNamedPipe(in, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
      ExitProcess(103);
    while (ReadFile(in, bytes, sizeof bytes, &n, NULL) && n > 0)
      WriteFile(in, bytes, n, &out, NULL);
    DisconnectNamedPipe(in);
  }
  ExitProcess(status);
}

static void crash(void) {
  RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 0, NULL);
}

/* Returns how many words it has used. */
static unsigned obey(unsigned i) {
  const WCHAR *word = words[i], *next = i + 1 < count ? words[i + 1] : L"";
  if (same(word, "report"))
    return report(next), 2;
  if (same(word, "line"))
    return write_line(next), 2;
  if (same(word, "env"))
    return write_env(next), 2;
  if (same(word, "directory"))
    return write_directory(next), 2;
  if (same(word, "pid"))
    return add_pid(next), 2;
  if (same(word, "denied"))
    ExitProcess(denied_groups());
  if (same(word, "break"))
    ExitProcess(break_away());
  if (same(word, "stages"))
    return tell_stages(next), 2;
  if (same(word, "hold"))
    return hold(number_of(next)), 2;
  if (same(word, "compute"))
    return compute((DWORD) number_of(next)), 2;
  if (same(word, "set"))
    return SetEvent((HANDLE) number_of(next)), 2;
  if (same(word, "child"))
    return child(i + 1), 1;
  if (same(word, "leave"))
    return WaitForSingleObject(shutdown_event(), LIFE_MS), ExitProcess((UINT) number_of(next)), 2;
  if (same(word, "serve"))
    return serve((UINT) number_of(next)), 2;
  if (same(word, "wait"))
    return Sleep(LIFE_MS), ExitProcess(99), 1;
  if (same(word, "crash"))
    return crash(), 1;
  if (same(word, "exit"))
    ExitProcess((UINT) number_of(next));
  ExitProcess(100);
}

void start(void) {
  unsigned i = 1;
  SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
  read_words(GetCommandLineW());
  while (i < count)
    i += obey(i);
  ExitProcess(0);
}
