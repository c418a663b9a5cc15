/* app.c: a FastCGI application on libfcgiclient's codec: C and POSIX, nothing else.  It shows how
   codec.h is used from the application's side, and is what tests and trials talk to; app_serve.c
   speaks FastCGI, app_answer.c says what it answers.

   Started by a web server it listens on descriptor 0, else: app --listen unix:/path | unix:@name |
   tcp:HOST:PORT. One connection at a time, one request at a time on it; kept open when the server
   asks for that (FCGI_KEEP_CONN). SIGTERM: it leaves between two requests.  --max-requests N: it
   leaves after so many.  --role responder | authorizer | filter: the one role it plays. */
#define _GNU_SOURCE
#include "app.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int usage(void) {
  fputs("usage: app [--listen unix:/PATH|unix:@NAME|tcp:HOST:PORT] [--max-requests N]\n"
        "           [--role responder|authorizer|filter]\n"
        "Without --listen descriptor 0 must be a listening socket, as a web server passes it.\n",
        stderr);
  return 2;
}

static int is_listening(int fd) {
  int on = 0;
  socklen_t len = sizeof on;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

static unsigned read_role(const char *name) {
  static const char *const names[] = {"responder", "authorizer", "filter"};
  unsigned n;
  for (n = 0; n < 3; n++)
    if (strcmp(name, names[n]) == 0)
      return FCL_RESPONDER + n;
  return 0;
}

int main(int argc, char **argv) {
  const char *address = NULL;
  unsigned left = ~0u;
  int listener = 0, fd, i;
  for (i = 1; i + 1 < argc; i += 2)
    if (strcmp(argv[i], "--listen") == 0)
      address = argv[i + 1];
    else if (strcmp(argv[i], "--max-requests") == 0)
      left = (unsigned) strtoul(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "--role") != 0 || (app_role = read_role(argv[i + 1])) == 0)
      return usage();
  if (i < argc)
    return usage();
  if (address && (listener = app_listen(address)) < 0)
    return fprintf(stderr, "app: cannot listen on %s: %s\n", address, strerror(errno)), 1;
  if (!is_listening(listener))
    return usage();
  app_leave_on_term();
  while (left > 0 && app_wait_idle(listener)) {
    fd = accept(listener, NULL, NULL);
    if (fd >= 0)
      left -= app_serve(fd, left);
  }
  return 0;
}
