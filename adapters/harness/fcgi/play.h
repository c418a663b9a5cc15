/* play.h: what the parts of `fcgi play` share. */
#ifndef FCGI_PLAY_H
#define FCGI_PLAY_H
#include "fcgi.h"
#include <fcgiclient/harness.h>
#include "../place.h"
#include "../player.h"

typedef struct play_options {
  int split, relay, server, app, quiet;
  const char *listen, *on;
  unsigned limit_ms, seeds, seed;
} play_options;

typedef struct playing {
  play_options o;
  const fcl__transcript *t;
  const fcl__case *c;
  const char *on;       /* "unix", "pipe", "tcp" */
  fcl_program *program; /* --server; NULL: an address */
  const char *target;
  int wake; /* readable: the user wants an end */
  fcl__place place;
  unsigned cases, failed;
  uint64_t plays;
} playing;

/* play.c: a line about the case that is played; `how` stands behind it, "" for nothing. */
void play_describe(const playing *g, const char *how, const char *what);
fcl__play play_fresh(const playing *g, fcl_side side);
/* Ends what was opened, and shows what failed.  Returns is_met. */
int play_end(playing *g, fcl__play *p, const char *how, int is_met);
void play_close_place(void *place);

/* play_library.c: the case against the library, in all ways that the options say.  1: it was met.
 */
int play_library(playing *g);
const char *play_own_kind(void); /* of connections on this machine, beside "tcp" */
#endif
