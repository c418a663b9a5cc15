/* main.c: an application around PHP's main/fastcgi.c that takes and ends requests as php-cgi does,
   its limit of requests included; in the place of scripts it knows a few words.  usage: small-php
   [-b ADDRESS]

   The query is WORD or WORD=N.  n: answers N; echo: the body of the request; size: N bytes; hash:
   the body's FNV-1a in the field X-Hash; stderr: a line on STDERR, then "said"; wait: answers after
   N ms; die: ends in the middle of its answer; env: its environment; pid; child: starts a process
   that does nothing, answers after N ms.  The field X-Served says how many requests it has had. */
#include "php.h"
#include "fastcgi.h"
#include <fcntl.h>
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FNV 0xcbf29ce484222325u

static fcgi_request *request;

static void log_nowhere(int type, const char *format, ...) {
  (void) type; /* php-cgi without a log does so */
  (void) format;
}

/* ---- The answer ---- */

static void put(const char *data, int len) {
  fcgi_write(request, FCGI_STDOUT, data, len);
}

static void say(const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  put(text, (int) strlen(text));
}

static void head(unsigned served, const char *more) {
  say("X-Powered-By: main/fastcgi.c\r\nX-Served: %u\r\n%sContent-type: text/plain\r\n\r\n", served,
      more);
}

/* ---- The body of the request ---- */

static long body_left;

static int take(char *data, int size) {
  int n = (int) (body_left < size ? body_left : size);
  n = n > 0 ? fcgi_read(request, data, n) : 0;
  body_left -= n > 0 ? n : 0;
  return n;
}

/* php-cgi reads what a script has left unread. */
static void take_rest(void) {
  char data[8192];
  while (take(data, sizeof data) > 0)
    continue;
}

/* ---- Words ---- */

static void echo(unsigned served) {
  char data[16384];
  int n;
  head(served, "");
  while ((n = take(data, sizeof data)) > 0)
    put(data, n);
}

static void size(unsigned served, long n) {
  char data[16384];
  long i;
  for (i = 0; i < (long) sizeof data; i++)
    data[i] = (char) ('a' + i % 26);
  head(served, "");
  for (; n > 0; n -= sizeof data)
    put(data, (int) (n < (long) sizeof data ? n : (long) sizeof data));
}

static void hash(unsigned served) {
  unsigned long long fnv = FNV;
  char data[16384], field[64];
  int i, n;
  while ((n = take(data, sizeof data)) > 0)
    for (i = 0; i < n; i++)
      fnv = (fnv ^ (unsigned char) data[i]) * 0x100000001b3u;
  snprintf(field, sizeof field, "X-Hash: %08lx%08lx\r\n", (unsigned long) (fnv >> 32),
           (unsigned long) (fnv & 0xffffffffu));
  head(served, field);
}

static void complain(unsigned served) {
  static const char line[] = "PHP message: a word of mine\n";
  head(served, "");
  fcgi_write(request, FCGI_STDERR, line, (int) sizeof line - 1);
  say("said");
}

static void die(unsigned served) {
  head(served, "");
  say("so far");
  fcgi_flush(request, 0);
  TerminateProcess(GetCurrentProcess(), 3);
}

static void show_environment(unsigned served) {
  char **e;
  head(served, "");
  for (e = _environ; *e; e++) {
    put(*e, (int) strlen(*e));
    put("\n", 1);
  }
}

/* What a script may leave behind. */
static void start_child(void) {
  STARTUPINFOA how = {sizeof how};
  PROCESS_INFORMATION child;
  char line[MAX_PATH + 16], path[MAX_PATH];
  GetModuleFileNameA(NULL, path, sizeof path);
  snprintf(line, sizeof line, "\"%s\" -w", path);
  CreateProcessA(path, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &how, &child);
}

static void answer(unsigned served) {
  char *query = FCGI_GETENV(request, "QUERY_STRING");
  char *length = FCGI_GETENV(request, "CONTENT_LENGTH");
  const char *word = query ? query : "", *equals = strchr(word, '=');
  size_t len = equals ? (size_t) (equals - word) : strlen(word);
  long n = equals ? atol(equals + 1) : 0;
#define is(text) (len == sizeof text - 1 && memcmp(word, text, len) == 0)
  body_left = length ? atol(length) : 0;
  if (is("child"))
    start_child();
  if (is("wait") || is("child"))
    Sleep((DWORD) n);
  if (is("echo"))
    echo(served);
  else if (is("size"))
    size(served, n);
  else if (is("hash"))
    hash(served);
  else if (is("stderr"))
    complain(served);
  else if (is("die"))
    die(served);
  else if (is("env"))
    show_environment(served);
  else
    head(served, ""), say("%ld", is("pid") ? (long) _getpid() : n);
#undef is
  take_rest();
}

/* ---- Requests, as php-cgi has them ---- */

static void serve(int listening) {
  const char *limit = getenv("PHP_FCGI_MAX_REQUESTS");
  long served = 0, max = limit && atol(limit) >= 0 ? atol(limit) : 500;
  request = fcgi_init_request(listening, NULL, NULL, NULL);
  fcgi_set_mgmt_var("FCGI_MAX_CONNS", 14, "1", 1);
  fcgi_set_mgmt_var("FCGI_MAX_REQS", 13, "1", 1);
  while (fcgi_accept_request(request) >= 0) {
    answer((unsigned) ++served);
    fcgi_finish_request(request, 0);
    if (served == max) {
      fcgi_finish_request(request, 1); /* by force: a named pipe drops what has not been read */
      break;
    }
  }
  fcgi_destroy_request(request);
}

int main(int argc, char **argv) {
  WSADATA wsa;
  int listening = 0, is_bound = argc == 3 && strcmp(argv[1], "-b") == 0;
  if (argc == 2 && strcmp(argv[1], "-w") == 0)
    Sleep(INFINITE);
  if (argc > 1 && !is_bound)
    return fputs("usage: small-php [-b ADDRESS]\n", stderr), 2;
  WSAStartup(MAKEWORD(2, 2), &wsa);
  _setmode(0, _O_BINARY);
  fcgi_set_logger(log_nowhere);
  if (is_bound)
    listening = fcgi_listen(argv[2], 128);
  if (listening < 0 || !(is_bound || fcgi_is_fastcgi()))
    return fputs("small-php: this is not FastCGI\n", stderr), 1;
  if (is_bound)
    _setmode(listening, _O_BINARY);
  serve(listening);
  fcgi_shutdown();
  return 0;
}
