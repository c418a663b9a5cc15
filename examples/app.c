/* app.c: a FastCGI application on libfcgiclient's codec: C and the system, nothing else.  It shows
   how codec.h is used from the application's side, and is what tests and trials talk to;
   app_serve.c speaks FastCGI, app_answer.c says what it answers.

   Started by a web server it listens on descriptor 0 (Windows: on standard input), else: app
   --listen unix:/path | unix:@name | tcp:HOST:PORT. One connection at a time, one request at a time
   on it; kept open when the server asks for that (FCGI_KEEP_CONN). SIGTERM, or Windows' event: it
   leaves between two requests.  --max-requests N: it leaves after so many.  --role responder |
   authorizer | filter: the one role it plays. */
#include "app.h"
#include "app_system.h"
#include "arguments.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void) {
  fputs("usage: app [--listen unix:/PATH|unix:@NAME|tcp:HOST:PORT] [--max-requests N]\n"
        "           [--role responder|authorizer|filter]\n"
        "Without --listen descriptor 0 must be a listening socket, as a web server passes it.\n",
        stderr);
  return 2;
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
  const char *address = NULL, *why;
  unsigned left = ~0u;
  int listener, fd, i;
  argv = arguments(&argc, argv);
  if (app_was_child(argc, argv))
    return 0;
  for (i = 1; i + 1 < argc; i += 2)
    if (strcmp(argv[i], "--listen") == 0)
      address = argv[i + 1];
    else if (strcmp(argv[i], "--max-requests") == 0)
      left = (unsigned) strtoul(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "--role") != 0 || (app_role = read_role(argv[i + 1])) == 0)
      return usage();
  if (i < argc)
    return usage();
  listener = address ? app_listen(address, &why) : app_inherited();
  if (address && listener < 0)
    return fprintf(stderr, "app: cannot listen on %s: %s\n", address, why), 1;
  if (listener < 0)
    return usage();
  app_leave_on_term();
  while (left > 0 && app_wait_idle(listener)) {
    fd = app_accept(listener);
    if (fd >= 0)
      left -= app_serve(fd, left);
  }
  return 0;
}
