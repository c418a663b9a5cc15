/* transcript_start.c: one side of a transcript: the application's, played on a thread of its own,
   or the server's. */
#include "files.h"
#include "place.h"
#include "script.h"
#include "player.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fcl_transcript {
  fcl__transcript *cases;
  fcl__place place;
  int wake[2];
  fcl__thread thread;
  fcl_error error;
};

/* ---- Playing ---- */

static void close_place(void *place) {
  fcl__place_close(place);
}

static void note(fcl_transcript *t, const fcl__play *p) {
  const char *said = p->said.base ? p->said.base : "out of memory";
  t->error.code = FCL_E_PROTOCOL;
  while (*said == ' ')
    said++;
  snprintf(t->error.text, sizeof t->error.text, "%.200s, %s", t->cases->file, said);
  while (strlen(t->error.text) > 0 && t->error.text[strlen(t->error.text) - 1] == '\n')
    t->error.text[strlen(t->error.text) - 1] = 0;
}

/* 1: it was as it says.  *is_over: the test has ended it. */
static int play_one(fcl_transcript *t, const fcl__case *c, int is_first, int *is_over) {
  fcl__play p;
  int is_met;
  memset(&p, 0, sizeof p);
  p.c = c;
  p.side = FCL_SIDE_APP;
  p.listener = t->place.fd;
  p.refuse = close_place;
  p.user = &t->place;
  p.is_patient = 1;
  p.wake = t->wake[0];
  p.limit_ms = 10000;
  is_met = fcl__play_case(&p);
  *is_over = p.is_ending;
  if (!is_met && c->is_again && !is_first && p.is_ending && p.count == 0)
    is_met = 1; /* nobody came another time */
  if (!is_met)
    note(t, &p);
  fcl__play_end(&p);
  return is_met;
}

static void run(void *arg) {
  fcl_transcript *t = arg;
  size_t n;
  int is_met = 1, is_over = 0;
  for (n = 0; n < t->cases->count && is_met; n++) {
    int is_first = 1;
    do
      is_met = play_one(t, &t->cases->cases[n], is_first, &is_over);
    while (is_first = 0, is_met && !is_over && t->cases->cases[n].is_again);
  }
  fcl__place_close(&t->place); /* a server that comes again is not left waiting */
}

/* ---- Reading ---- */

static char *read_file(const char *file, size_t *len, fcl_error *e) {
  FILE *f = fcl__file_open(file, "rb");
  fcl__text text = {NULL, 0, 0, 0};
  char data[65536];
  size_t n;
  fcl__text_add(&text, "", 0);
  while (f && text.len <= FCL__TEXT_MAX && (n = fread(data, 1, sizeof data, f)) > 0)
    fcl__text_add(&text, data, n);
  *len = text.len;
  if (f && !ferror(f) && !text.has_failed) {
    fclose(f);
    return text.base;
  }
  fcl__script_error(e, FCL_E_CONFIG, "%.300s: %s", file, strerror(errno));
  if (f)
    fclose(f);
  fcl__text_free(&text);
  return NULL;
}

static int read_cases(fcl_transcript *t, const char *text_or_file, fcl_error *e) {
  size_t len = strlen(text_or_file);
  char *text = NULL;
  int code;
  if (strncmp(text_or_file, "fcgi 1", 6) == 0) {
    code = fcl__transcript_read(&t->cases, "the transcript", text_or_file, len, e);
  } else {
    text = read_file(text_or_file, &len, e);
    if (text == NULL)
      return FCL_E_CONFIG;
    code = fcl__transcript_read(&t->cases, text_or_file, text, len, e);
    free(text);
  }
  if (code == FCL_OK)
    t->cases->file = text ? "the transcript's file" : "the transcript";
  return code;
}

/* ---- Beginning and end ---- */

static void transcript_free(fcl_transcript *t) {
  fcl__place_close(&t->place);
  fcl__transcript_free(t->cases);
  fcl__net_close(t->wake[0]);
  fcl__net_close(t->wake[1]);
  free(t);
}

int fcl_transcript_start(fcl_transcript **transcript, const char *text_or_file, const char *address,
                         fcl_error *error) {
  fcl_transcript *t = calloc(1, sizeof *t);
  int code;
  *transcript = NULL;
  if (t == NULL)
    return fcl__script_error(error, FCL_E_NOMEM, "no memory for a transcript");
  t->wake[0] = t->wake[1] = -1;
  t->place.fd = -1;
  code = read_cases(t, text_or_file, error);
  if (code == FCL_OK)
    code = fcl__place_open(&t->place, address, 0, error);
  if (code == FCL_OK && t->cases->cases[0].steps[0].kind == FCL__STEP_REFUSE)
    fcl__place_close(&t->place); /* now, not when the thread comes to it */
  if (code == FCL_OK && fcl__net_pair(t->wake))
    code = fcl__script_error(error, FCL_E_CONFIG, "no pair to wake a transcript by: %s",
                             fcl__net_why(errno));
  if (code == FCL_OK && fcl__thread_start(&t->thread, run, t))
    code = fcl__script_error(error, FCL_E_NOMEM, "no thread for a transcript");
  if (code != FCL_OK)
    transcript_free(t);
  else
    *transcript = t;
  return code;
}

const char *fcl_transcript_address(const fcl_transcript *t) {
  return t->place.address;
}

int fcl_transcript_end(fcl_transcript *t, fcl_error *error) {
  int code;
  if (t == NULL)
    return FCL_OK;
  fcl__net_wake(t->wake);
  fcl__thread_join(&t->thread);
  code = t->error.code;
  if (error)
    *error = t->error;
  transcript_free(t);
  return code;
}

/* ---- The server's side ---- */

static int play_server(fcl_transcript *t, const fcl__case *c, const char *address) {
  fcl__play p;
  int is_met;
  memset(&p, 0, sizeof p);
  p.c = c;
  p.side = FCL_SIDE_SERVER;
  p.listener = p.wake = -1;
  p.target = address;
  p.limit_ms = 10000;
  is_met = fcl__play_case(&p);
  if (!is_met)
    note(t, &p);
  fcl__play_end(&p);
  return is_met;
}

int fcl_transcript_play(const char *text_or_file, const char *address, fcl_error *error) {
  fcl_transcript t;
  size_t n;
  int code;
  memset(&t, 0, sizeof t);
  code = read_cases(&t, text_or_file, error);
  for (n = 0; code == FCL_OK && n < t.cases->count; n++)
    if (!play_server(&t, &t.cases->cases[n], address))
      code = t.error.code;
  if (error && t.error.code)
    *error = t.error;
  fcl__transcript_free(t.cases);
  return code;
}
