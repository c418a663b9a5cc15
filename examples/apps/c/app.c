/* app.c: the pages of examples/apps in C, with libfcgi: cc app.c -o app -lfcgi.  It looks like a
   CGI program: fcgi_stdio makes FastCGI of stdin, stdout and stderr. */
#include <fcgi_stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

/* The number behind `name` in `text`, or what to take in its place. */
static long number(const char *text, const char *name, long otherwise) {
  const char *at = strstr(text, name);
  return at ? atol(at + strlen(name)) : otherwise;
}

static void text(void) {
  printf("Content-Type: text/plain; charset=utf-8\r\n\r\n");
}

static void hello(const char *name) {
  text();
  printf("Hello, %s! I am process %ld.\n", *name ? name : "world", (long) getpid());
}

static void params(const char *rest) {
  char **one;
  text();
  for (one = environ; *one; one++)
    printf("%s\n", *one);
}

static void sum(const char *rest) {
  unsigned long a = 1, b = 0, length = 0;
  int c;
  for (; (c = getchar()) != EOF; length++) {
    a = (a + (unsigned) c) % 65521;
    b = (b + a) % 65521;
  }
  text();
  printf("%lu bytes, Adler-32 %08lx\n", length, b << 16 | a);
}

static void visits(const char *rest) {
  long n = 1 + number(variable("HTTP_COOKIE"), "visits=", 0);
  printf("Set-Cookie: visits=%ld; Path=/\r\nSet-Cookie: last=c; Path=/; HttpOnly\r\n", n);
  text();
  printf("visit %ld\n", n);
}

static void old(const char *rest) {
  printf("Status: 302 Found\r\nLocation: %s/hello\r\n\r\n", variable("SCRIPT_NAME"));
}

static void broken(const char *rest) {
  fprintf(stderr, "this page is broken on purpose\n");
  printf("Status: 500 Internal Server Error\r\n");
  text();
  printf("something broke\n");
}

static void show_clock(const char *rest) {
  long tick, ticks = number(variable("QUERY_STRING"), "ticks=", 5);
  text();
  printf("process %ld\n", (long) getpid());
  for (tick = 1; tick <= ticks && fflush(stdout) == 0; tick++) { /* else the client has left */
    usleep(100000);
    printf("tick %ld\n", tick);
  }
}

static const struct {
  const char *name;
  void (*show)(const char *rest);
} pages[] = {{"/hello", hello}, {"/params", params}, {"/sum", sum},         {"/visits", visits},
             {"/old", old},     {"/broken", broken}, {"/clock", show_clock}};

static void answer(const char *path) {
  size_t i, len = strcspn(*path ? path + 1 : path, "/") + (*path != 0);
  for (i = 0; i < sizeof pages / sizeof pages[0]; i++)
    if (strlen(pages[i].name) == len && memcmp(pages[i].name, path, len) == 0) {
      pages[i].show(path[len] ? path + len + 1 : "");
      return;
    }
  printf("Status: 404 Not Found\r\n");
  text();
  printf("there is no such page\n");
}

int main(void) {
  while (FCGI_Accept() >= 0)
    answer(variable("PATH_INFO"));
  return 0;
}
