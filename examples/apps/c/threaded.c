/* threaded.c: a FastCGI application in C that answers eight requests at once, with libfcgi: cc
   threaded.c -lfcgi -pthread Its pages are those of app.c. */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 8 };

static const char text[] = "Content-Type: text/plain; charset=utf-8\r\n\r\n";

static const char *param(FCGX_Request *r, const char *name) {
  const char *value = FCGX_GetParam(name, r->envp);
  return value ? value : "";
}

static void hello(FCGX_Request *r, const char *name) {
  FCGX_FPrintF(r->out, "%sHello, %s! I am process %d.\n", text, *name ? name : "world",
               (int) getpid());
}

static void params(FCGX_Request *r, const char *rest) {
  char **one;
  FCGX_PutS(text, r->out);
  for (one = r->envp; *one; one++)
    FCGX_FPrintF(r->out, "%s\n", *one);
}

static void sum(FCGX_Request *r, const char *rest) {
  unsigned long a = 1, b = 0, length = 0;
  int c;
  for (; (c = FCGX_GetChar(r->in)) != EOF; length++) {
    a = (a + (unsigned) c) % 65521;
    b = (b + a) % 65521;
  }
  FCGX_FPrintF(r->out, "%s%lu bytes, Adler-32 %08lx\n", text, length, b << 16 | a);
}

static void visits(FCGX_Request *r, const char *rest) {
  const char *at = strstr(param(r, "HTTP_COOKIE"), "visits=");
  int n = 1 + (at ? atoi(at + 7) : 0);
  FCGX_FPrintF(r->out, "Set-Cookie: visits=%d; Path=/\r\nSet-Cookie: last=c; Path=/; HttpOnly\r\n",
               n);
  FCGX_FPrintF(r->out, "%svisit %d\n", text, n);
}

static void old(FCGX_Request *r, const char *rest) {
  FCGX_FPrintF(r->out, "Status: 302 Found\r\nLocation: %s/hello\r\n\r\n", param(r, "SCRIPT_NAME"));
}

static void broken(FCGX_Request *r, const char *rest) {
  FCGX_PutS("this page is broken on purpose\n", r->err);
  FCGX_FPrintF(r->out, "Status: 500 Internal Server Error\r\n%ssomething broke\n", text);
}

static void show_clock(FCGX_Request *r, const char *rest) {
  const char *query = strstr(param(r, "QUERY_STRING"), "ticks=");
  int tick, ticks = query ? atoi(query + 6) : 5;
  FCGX_FPrintF(r->out, "%sprocess %d\n", text, (int) getpid());
  for (tick = 1; tick <= ticks && FCGX_FFlush(r->out) == 0; tick++) { /* else the client has left */
    usleep(100000);
    FCGX_FPrintF(r->out, "tick %d\n", tick);
  }
}

static const struct {
  const char *name;
  void (*show)(FCGX_Request *r, const char *rest);
} pages[] = {{"/hello", hello}, {"/params", params}, {"/sum", sum},         {"/visits", visits},
             {"/old", old},     {"/broken", broken}, {"/clock", show_clock}};

static void answer(FCGX_Request *r, const char *path) {
  size_t i, len = strcspn(*path ? path + 1 : path, "/") + (*path != 0);
  for (i = 0; i < sizeof pages / sizeof pages[0]; i++)
    if (strlen(pages[i].name) == len && memcmp(pages[i].name, path, len) == 0) {
      pages[i].show(r, path[len] ? path + len + 1 : "");
      return;
    }
  FCGX_FPrintF(r->out, "Status: 404 Not Found\r\n%sthere is no such page\n", text);
}

static void *serve(void *nothing) {
  FCGX_Request r;
  FCGX_InitRequest(&r, 0, 0);
  while (FCGX_Accept_r(&r) >= 0) {
    answer(&r, param(&r, "PATH_INFO"));
    FCGX_Finish_r(&r);
  }
  return NULL;
}

int main(void) {
  pthread_t thread;
  int i;
  FCGX_Init();
  for (i = 1; i < THREADS; i++)
    pthread_create(&thread, NULL, serve, NULL);
  serve(NULL);
  return 0;
}
