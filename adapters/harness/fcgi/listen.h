/* listen.h: sockets that listen, for the subcommands that play an application. */
#ifndef FCGI_LISTEN_H
#define FCGI_LISTEN_H

enum { FCGI_ADDRESS_MAX = 192 };

typedef struct fcgi_listener {
  int fd;
  char address[FCGI_ADDRESS_MAX]; /* as others connect to it; port 0 has become a real one */
  char why[256];                  /* after a failure */
} fcgi_listener;

/* Listens on unix:/path (a socket file that nobody listens on is replaced), unix:@name or
   tcp:HOST:PORT; the descriptor is closed by exec.  Returns 1; 0, and why. */
int fcgi_listen(fcgi_listener *l, const char *address);
/* Closes it, and removes its socket file. */
void fcgi_unlisten(fcgi_listener *l);
/* A stream socket connected to it, closed by exec; -1 with errno. */
int fcgi_dial(const char *address);
/* 1 when somebody takes connections there. */
int fcgi_is_served(const char *address);

#endif
