/* probe.c: answers `fcgi check` with libfcgi: cc probe.c -o probe -lfcgi */
#include <fcgi_stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static long query(const char *name) {
  const char *all = getenv("QUERY_STRING"), *at = all ? strstr(all, name) : NULL;
  return at ? atol(at + strlen(name)) : -1;
}

static void put_body(void) {
  long left = query("size=");
  char **at;
  int c;
  if (query("echo=") > 0)
    while ((c = getchar()) != EOF)
      putchar(c);
  else if (left < 0)
    for (at = environ; *at; at++)
      printf("%s\n", *at);
  while (left-- > 0)
    putchar('x');
}

int main(void) {
  const char *message;
  while (FCGI_Accept() >= 0) {
    message = getenv("QUERY_STRING") ? strstr(getenv("QUERY_STRING"), "stderr=") : NULL;
    if (message)
      fprintf(stderr, "%s\n", message + 7);
    if (query("status=") > 0)
      printf("Status: %ld\r\n", query("status="));
    printf("Content-Type: text/plain\r\n\r\n");
    put_body();
    FCGI_SetExitStatus(query("app=") > 0 ? (int) query("app=") : 0);
  }
  return 0;
}
