/* top.c: `fcgi top`: the pools of a running server, live in a terminal, or frame by frame in a
 * pipe.
 */
#include "ask.h"
#include "fcgi.h"
#include "terminal.h"
#include "view.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

typedef struct top_options {
  int once;
  unsigned interval_ms;
} top_options;

static const fcgi_option options[] = {{"once", '1', NULL,
                                       "two looks, one interval apart, one page, and out",
                                       fcgi_read_flag, offsetof(top_options, once)},
                                      {"interval", 'i', "TIME", "between two looks (1s)",
                                       fcgi_read_time, offsetof(top_options, interval_ms)},
                                      {NULL, 0, NULL, NULL, NULL, 0}};

static const fcgi_syntax syntax = {
    "top", "[OPTION]... ADDRESS",
    "Shows the pools of the server whose control address this is (unix:/PATH; with a * all that\n"
    "are there; on Windows pipe:\\\\.\\pipe\\NAME), live: rates and times are of the last "
    "interval.",
    options, "In a terminal q ends it, a blank looks again at once. In a pipe: page after page."};

/* ---- The terminal ---- */

static void enter(void) {
  terminal_keys();
  fputs("\033[?1049h\033[?25l", stdout); /* the other screen, without a cursor */
}

static void leave(void) {
  fputs("\033[?25h\033[?1049l", stdout);
  fflush(stdout);
  terminal_leave();
}

/* ---- A page ---- */

typedef struct top {
  top_options o;
  char **addresses;
  const char *name;
  int is_live;
  fcl_stats *now, *was;
  double at, was_at;
  fcl_error error;
} top;

static double seconds(void) {
  return (double) uv_hrtime() / 1e9;
}

static void look(top *t) {
  fcl_stats_free(t->was);
  t->was = t->now;
  t->was_at = t->at;
  t->now = fcgi_ask_stats(t->addresses, &t->error);
  t->at = seconds();
}

/* What does not fit on the screen is cut off below. */
static void put_screen(const char *text, unsigned height) {
  fputs("\033[H", stdout);
  while (*text && height-- > 1) {
    const char *end = strchr(text, '\n');
    printf("%.*s\033[K\n", (int) (end - text), text);
    text = end + 1;
  }
  fputs("\033[J", stdout);
}

static void show(top *t) {
  fcl__text page = {NULL, 0, 0, 0};
  fcgi_view view = {0, 0, 0, NULL};
  unsigned width, height = 0;
  char clock[32];
  time_t now = time(NULL);
  strftime(clock, sizeof clock, "%H:%M:%S", localtime(&now));
  if (t->is_live) {
    terminal_size(&width, &height);
    view.width = width;
    view.has_colours = 1;
  }
  view.before = t->was;
  view.seconds = t->at - t->was_at;
  fcl__text_say(&page, "%s  %s\n\n", clock, t->name);
  if (t->now)
    fcgi_view_stats(&page, t->now, &view);
  else
    fcl__text_say(&page, "%s\n", t->error.text);
  if (t->is_live)
    put_screen(page.base, height);
  else
    fputs(page.base, stdout);
  fflush(stdout);
  fcl__text_free(&page);
}

/* Waits for the next look.  0: it is over. */
static int wait_for_next(top *t) {
  double until = seconds() + t->o.interval_ms / 1000.0;
  char key = 0;
  do {
    double left = until - seconds();
    int reads = terminal_wait(t->is_live, left > 0 ? (int) (left * 1000) + 1 : 0, &key);
    if (terminal_has_resized())
      show(t);
    if (!reads || key == 'q' || key == 'Q')
      return 0;
  } while (!terminal_is_over() && key != ' ' && seconds() < until);
  return !terminal_is_over();
}

static int run(top *t) {
  look(t);
  if (t->now == NULL)
    return fcgi_say("%s", t->error.text), FCGI_NO_CONNECTION;
  if (t->is_live)
    enter();
  if (!t->o.once)
    show(t);
  while (wait_for_next(t)) {
    look(t);
    show(t);
    if (t->o.once || ferror(stdout))
      break;
  }
  if (t->is_live)
    leave();
  return t->now || t->is_live ? FCGI_OK : FCGI_NO_CONNECTION;
}

int fcgi_top(int argc, char **argv) {
  top t;
  fcgi_rest rest;
  int status;
  memset(&t, 0, sizeof t);
  if (!fcgi_options_read(&syntax, &t.o, argc, argv, &rest, &status))
    return status;
  if (rest.argc != 1)
    return fcgi_say("top: say whom to ask: unix:/PATH, or pipe: on Windows. `fcgi top --help` "
                    "tells more."),
           FCGI_USAGE;
  if (t.o.interval_ms == 0 || t.o.interval_ms >= FCL_NONE)
    t.o.interval_ms = 1000;
  t.name = rest.argv[0];
  t.addresses = fcgi_addresses(t.name);
  if (t.addresses == NULL)
    return FCGI_USAGE;
  t.is_live = !t.o.once && terminal_is_one();
  terminal_begin();
  status = run(&t);
  fcl_stats_free(t.now);
  fcl_stats_free(t.was);
  fcgi_addresses_free(t.addresses);
  return status;
}
