/* site.h: a running httpd with a root of its own, for tests. */
#ifndef SITE_H
#define SITE_H
#include <sys/types.h>

enum { BIG_SIZE = 300000 };

#define GET(target) "GET " target " HTTP/1.1\r\nHost: test\r\n\r\n"

typedef struct site {
  pid_t pid;
  unsigned port;
  int out;         /* its stdout: the access log */
  char root[64];   /* where it serves from; gone with the site */
  char socket[80]; /* a path for a socket, beside the root */
} site;

/* Makes a root and starts httpd on it, with `options` (NULL-ended) behind --listen and --root.  In
   the root: a.txt ("hello\n"), big.bin (BIG_SIZE bytes, big_byte(n) each), "b c.txt", .secret,
   .well-known/x, avatar.jpg, dir/index.html ("index\n"), empty/, hello.app, hello.one, hello.dead,
   dir/index.app and UPPER.APP ("SOURCE\n": a script's text, which nobody may see), apps.app/x. */
void site_start(site *s, const char *const *options);
char big_byte(unsigned n);
/* Whether files may differ in nothing but the case of their names. */
extern const int site_knows_case;
/* The next line of the access log, without its end; waits for it.  Static. */
const char *site_log_line(site *s);
void site_signal(site *s, int number);
/* Waits for its end; returns the exit status, or 1000 + the signal. */
int site_wait(site *s);
/* SIGTERM, site_wait; removes the root. */
int site_stop(site *s);
/* Starts the program of tests on s->socket; ended by site_stop_app. */
pid_t site_start_app(site *s);
void site_stop_app(pid_t pid);
/* The most memory that httpd has had, in KiB. */
long site_peak_kib(const site *s);
#endif
