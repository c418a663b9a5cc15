/* play.c: `fcgi play`: plays transcripts against the library, a real application, or a real server.
 */
#include "play.h"
#include "signals.h"
#include "../address.h"
#include "../files.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const fcgi_option options[] = {
    {"split", 0, NULL,
     "each case again with what the application sends cut at every byte, and in single bytes",
     fcgi_read_flag, offsetof(play_options, split)},
    {"seeds", 0, "N",
     "each case N times more, through a relay that cuts, gathers and holds up what both sides\n"
     "send, as the seeds 1 to N draw it",
     fcgi_read_number, offsetof(play_options, seeds)},
    {"seed", 0, "N", "once more as that seed draws it", fcgi_read_number,
     offsetof(play_options, seed)},
    {"relay", 0, NULL, "with --split: a relay cuts, what both sides send at once", fcgi_read_flag,
     offsetof(play_options, relay)},
    {"server", 0, NULL, "play the server's side against TARGET, a real application", fcgi_read_flag,
     offsetof(play_options, server)},
    {"app", 0, NULL, "play the application's side for a real server, which connects to --listen",
     fcgi_read_flag, offsetof(play_options, app)},
    {"listen", 'l', "ADDRESS",
     "with --app: unix:/PATH, unix:@NAME, pipe:\\\\.\\pipe\\NAME, tcp:HOST:PORT", fcgi_read_text,
     offsetof(play_options, listen)},
    {"on", 0, "KIND",
     "against the library: only over `unix` sockets (`pipe` on Windows) or `tcp` (default: both)",
     fcgi_read_text, offsetof(play_options, on)},
    {"limit", 0, "TIME", "what one line may wait (default: 10s)", fcgi_read_time,
     offsetof(play_options, limit_ms)},
    {"quiet", 'q', NULL, "name failed cases only", fcgi_read_flag, offsetof(play_options, quiet)},
    {NULL, 0, NULL, NULL, NULL, 0}};

static const fcgi_syntax syntax = {
    "play",
    "[OPTION]... FILE...\n       fcgi play --server [OPTION]... FILE... -- TARGET [ARG]...\n"
    "       fcgi play --app --listen ADDRESS [OPTION]... FILE...",
    "Plays transcripts (fcgi-transcript(5)): against the library, whose caller and application "
    "they hold; with\n"
    "--server against a real application; with --app for a real server.  Exit status 0: all was as "
    "they say.",
    options, "FILE may be - for stdin."};

/* ---- A play ---- */

void play_close_place(void *place) {
  fcl__place_close(place);
}

void play_describe(const playing *g, const char *how, const char *what) {
  const fcl__case *c = g->c;
  fcl_slice name = c->claim.len ? c->claim : c->name;
  printf("%-7s %s:%u %.*s%s\n", what, g->t->file, c->line ? c->line : 1, (int) name.len, name.base,
         how);
}

int play_end(playing *g, fcl__play *p, const char *how, int is_met) {
  if (!is_met) {
    play_describe(g, how, "FAILED");
    fputs(p->said.base ? p->said.base : "  out of memory\n", stdout);
  }
  g->plays++;
  fcl__play_end(p);
  return is_met;
}

fcl__play play_fresh(const playing *g, fcl_side side) {
  fcl__play p;
  memset(&p, 0, sizeof p);
  p.c = g->c;
  p.side = side;
  p.listener = -1;
  p.wake = g->wake;
  p.limit_ms = g->o.limit_ms;
  return p;
}

static int play_server(playing *g) {
  fcl__play p = play_fresh(g, FCL_SIDE_SERVER);
  p.target = g->target;
  return play_end(g, &p, "", fcl__play_case(&p));
}

static int play_app_once(playing *g, int is_first) {
  fcl__play p = play_fresh(g, FCL_SIDE_APP);
  int is_met;
  p.listener = g->place.fd;
  p.refuse = play_close_place;
  p.user = &g->place;
  p.is_patient = 1;
  is_met = fcl__play_case(&p);
  if (!is_met && !is_first && p.is_ending && p.count == 0) { /* nobody came another time */
    fcl__play_end(&p);
    return 1;
  }
  return play_end(g, &p, "", is_met);
}

static int play_app(playing *g) {
  int is_met, is_first = 1;
  do
    is_met = play_app_once(g, is_first);
  while (is_first = 0, is_met && g->c->is_again && !fcgi_is_woken());
  return is_met;
}

/* ---- Cases and files ---- */

static void play_case(playing *g) {
  int is_met = g->o.server ? play_server(g) : g->o.app ? play_app(g) : play_library(g);
  g->cases++;
  g->failed += !is_met;
  if (is_met && !g->o.quiet)
    play_describe(g, "", "ok");
  fflush(stdout);
}

static char *read_file(const char *file, size_t *len) {
  FILE *f = strcmp(file, "-") == 0 ? stdin : fcl__file_open(file, "rb");
  fcl__text text = {NULL, 0, 0, 0};
  char data[65536];
  size_t n;
  if (f == NULL) {
    fcgi_say("%s: %s", file, strerror(errno));
    return NULL;
  }
  fcl__text_add(&text, "", 0);
  while (text.len <= FCL__TEXT_MAX && (n = fread(data, 1, sizeof data, f)) > 0)
    fcl__text_add(&text, data, n);
  if (ferror(f))
    fcgi_say("%s: %s", file, strerror(errno)), fcl__text_free(&text);
  if (f != stdin)
    fclose(f);
  *len = text.len;
  return text.base;
}

static int play_file(playing *g, const char *file) {
  fcl__transcript *t;
  fcl_error e;
  size_t len, n;
  char *text = read_file(file, &len);
  if (text == NULL)
    return 0;
  if (fcl__transcript_read(&t, file, text, len, &e)) {
    fcgi_say("%s", e.text);
    free(text);
    return 0;
  }
  free(text);
  t->file = file;
  g->t = t;
  for (n = 0; n < t->count && !fcgi_is_woken(); n++) {
    g->c = &t->cases[n];
    play_case(g);
  }
  fcl__transcript_free(t);
  return 1;
}

/* ---- The command ---- */

static int complain(const char *why) {
  fprintf(stderr, "fcgi play: %s. `fcgi play --help` tells more.\n", why);
  return 0;
}

static int check_options(const play_options *o, int files, int has_target) {
  if (o->server && o->app)
    return complain("--server and --app are two sides: only one can be played");
  if (files == 0)
    return complain("no FILE to play");
  if (o->app && o->listen == NULL)
    return complain("--app needs --listen ADDRESS, for the server to connect to");
  if (!o->app && o->listen)
    return complain("--listen goes with --app");
  if (o->server && !has_target)
    return complain("--server needs a real application: FILE... -- TARGET [ARG]...");
  if (!o->server && has_target)
    return complain("a TARGET goes with --server");
  if ((o->split || o->seeds || o->seed) && (o->server || o->app))
    return complain("--split, --seeds and --seed are for plays against the library; they go with "
                    "neither --server nor --app");
  if (o->relay && !o->split)
    return complain("--relay goes with --split");
  if (o->on && strcmp(o->on, play_own_kind()) != 0 && strcmp(o->on, "tcp") != 0)
    return complain(fcl__address_has_unix() ? "--on takes unix or tcp here"
                                            : "--on takes pipe or tcp here");
  return 1;
}

/* What --server or --app needs before the first file. */
static int open_all(playing *g, const fcgi_rest *rest, int files, fcgi_target *target,
                    int *status) {
  fcgi_rest behind = {rest->argc - files - 1, rest->argv + files + 1, 1, 0};
  fcl_error e;
  if (g->o.server)
    return fcgi_target_read(target, &syntax, &behind, status) &&
           fcgi_target_start(target, &g->program, &g->target);
  if (!g->o.app)
    return 1;
  if (fcl__place_open(&g->place, g->o.listen, 0, &e))
    return fcgi_say("%s", e.text), *status = FCGI_NO_CONNECTION, 0;
  if (!g->o.quiet)
    fprintf(stderr, "fcgi play: listening on %s\n", g->place.address);
  return 1;
}

static void sum_up(const playing *g) {
  printf("%u case%s", g->cases, g->cases == 1 ? "" : "s");
  if (g->plays > g->cases)
    printf(" in %llu plays", (unsigned long long) g->plays);
  printf(", %u failed\n", g->failed);
}

int fcgi_play(int argc, char **argv) {
  playing g;
  fcgi_rest rest;
  fcgi_target target;
  int status, files, n, all_read = 1;
  memset(&g, 0, sizeof g);
  memset(&target, 0, sizeof target);
  if (!fcgi_options_read(&syntax, &g.o, argc, argv, &rest, &status))
    return status;
  g.o.limit_ms = g.o.limit_ms ? g.o.limit_ms : 10000;
  for (files = 0; files < rest.argc && strcmp(rest.argv[files], "--") != 0;)
    files++;
  status = FCGI_USAGE;
  if (!check_options(&g.o, files, files < rest.argc) || (g.wake = fcgi_wake_on_signals()) < 0 ||
      !open_all(&g, &rest, files, &target, &status))
    return status;
  for (n = 0; n < files && !fcgi_is_woken(); n++)
    all_read &= play_file(&g, rest.argv[n]);
  fcl_program_end(g.program);
  if (g.o.app)
    fcl__place_close(&g.place);
  fcgi_target_free(&target);
  sum_up(&g);
  return !all_read ? FCGI_USAGE : g.failed > 0;
}
