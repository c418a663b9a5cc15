/* record.c: `fcgi record`: stands between a real server and a real application, and writes what
 * they say. */
#define _GNU_SOURCE
#include "fcgi.h"
#include <fcgiclient/harness.h>
#include "session.h"
#include "signals.h"
#include "system.h"
#include "../files.h"
#include "../relay.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (15u << 20) /* a connection adds up to 16 MiB; a transcript has up to 32 */

typedef struct record_options {
  const char *listen, *output, *raw;
  int redact, no_redact;
} record_options;

typedef struct open_session {
  struct open_session *next;
  unsigned number;
  session *session;
  FILE *raw[2];
} open_session;

typedef struct recorder {
  record_options o;
  fcl_program *program; /* NULL: an address */
  const char *target;
  fcl__relay relay;
  open_session *sessions;
  FILE *out;
  size_t written;
  int has_failed;
} recorder;

static const fcgi_option options[] = {
    {"listen", 'l', "ADDRESS",
     "where the server connects: unix:/PATH, unix:@NAME, tcp:HOST:PORT (0: a free port), on\n"
     "Windows pipe:\\\\.\\pipe\\NAME",
     fcgi_read_text, offsetof(record_options, listen)},
    {"output", 'o', "FILE", "the transcript; - is stdout", fcgi_read_text,
     offsetof(record_options, output)},
    {"redact", 0, NULL,
     "leave out Cookie, Authorization and Set-Cookie (as it is without this option)",
     fcgi_read_flag, offsetof(record_options, redact)},
    {"no-redact", 0, NULL, "write them too", fcgi_read_flag, offsetof(record_options, no_redact)},
    {"raw", 0, "FOLDER",
     "also the bytes as they came, as FOLDER/N.server and FOLDER/N.app, for `fcgi dump`",
     fcgi_read_text, offsetof(record_options, raw)},
    {NULL, 0, NULL, NULL, NULL, 0}};

static const fcgi_syntax syntax = {"record", "--listen ADDRESS -o FILE [OPTION]... TARGET [ARG]...",
                                   "Stands between a web server, which connects to ADDRESS, and "
                                   "the application TARGET; forwards all bytes\n"
                                   "unchanged, and writes a transcript (fcgi-transcript(5)) that "
                                   "`fcgi play` plays.  Ends on SIGINT or SIGTERM.",
                                   options, NULL};

/* ---- What the relay tells ---- */

static FILE *open_raw(recorder *r, unsigned number, const char *side) {
  char *path = NULL;
  FILE *f = NULL;
  if (asprintf(&path, "%s/%u.%s", r->o.raw, number, side) >= 0)
    f = fcl__file_open(path, "wb");
  if (f == NULL)
    fcgi_say("%s: %s", path ? path : r->o.raw, strerror(errno)), r->has_failed = 1;
  free(path);
  return f;
}

static void opened(void *user, unsigned number) {
  recorder *r = user;
  open_session *s = calloc(1, sizeof *s);
  if (s == NULL)
    return;
  s->number = number;
  s->session = session_new(number, !r->o.no_redact);
  s->next = r->sessions;
  r->sessions = s;
  if (r->o.raw) {
    s->raw[FCL_SIDE_SERVER] = open_raw(r, number, "server");
    s->raw[FCL_SIDE_APP] = open_raw(r, number, "app");
  }
}

static open_session **find(recorder *r, unsigned number) {
  open_session **at = &r->sessions;
  while (*at && (*at)->number != number)
    at = &(*at)->next;
  return at;
}

static void bytes(void *user, unsigned number, fcl_side side, const char *data, size_t len) {
  open_session *s = *find(user, number);
  if (s && s->session)
    session_add(s->session, side, data, len);
  if (s && s->raw[side])
    fwrite(data, 1, len, s->raw[side]);
}

static void write_out(recorder *r, const fcl__text *text) {
  if (fwrite(text->base ? text->base : "", 1, text->len, r->out) == text->len &&
      fflush(r->out) == 0 && !text->has_failed)
    return;
  if (!r->has_failed)
    fcgi_say("%s: %s", r->o.output, text->has_failed ? "out of memory" : strerror(errno));
  r->has_failed = 1;
}

static void ended(void *user, unsigned number, fcl_side first, int is_reset) {
  recorder *r = user;
  open_session **at = find(r, number), *s = *at;
  fcl__text text = {NULL, 0, 0, 0};
  int side;
  if (s == NULL)
    return;
  *at = s->next;
  if (s->session && r->written < FILE_MAX)
    session_end(s->session, first, is_reset, &text);
  else
    fcl__text_say(&text, "# connection %u was left out: the transcript is long enough\n", number);
  if (s->session)
    session_free(s->session);
  r->written += text.len;
  write_out(r, &text);
  fcl__text_free(&text);
  for (side = 0; side < 2; side++)
    if (s->raw[side])
      fclose(s->raw[side]);
  free(s);
}

static void failed(void *user, const char *sentence) {
  fcgi_say("a server's connection was closed: %s", sentence);
}

/* ---- The command ---- */

static int complain(const char *why) {
  fprintf(stderr, "fcgi record: %s. `fcgi record --help` tells more.\n", why);
  return 0;
}

static int check_options(const record_options *o) {
  if (o->listen == NULL)
    return complain("--listen ADDRESS is missing: where the server connects");
  if (o->output == NULL)
    return complain("-o FILE is missing: what to write");
  if (o->redact && o->no_redact)
    return complain("--redact and --no-redact: only one can be meant");
  return 1;
}

static int open_files(recorder *r) {
  r->out = strcmp(r->o.output, "-") == 0 ? stdout : fcl__file_open(r->o.output, "wb");
  if (r->out == NULL)
    return fcgi_say("%s: %s", r->o.output, strerror(errno)), 0;
  if (r->o.raw && system_make_folder(r->o.raw) && errno != EEXIST)
    return fcgi_say("%s: %s", r->o.raw, strerror(errno)), 0;
  fprintf(r->out, "fcgi 1\n# A recording; each connection is a case.\n");
  return fflush(r->out) == 0;
}

static void record(recorder *r, int wake) {
  r->relay.target = r->target;
  r->relay.tap = (fcl__relay_tap){opened, bytes, ended, failed, r};
  fprintf(stderr, "fcgi record: listening on %s\n", r->relay.place.address);
  while (fcl__relay_turn(&r->relay, wake, -1) && !r->has_failed)
    ;
  fcl__relay_end(&r->relay);
}

int fcgi_record(int argc, char **argv) {
  recorder r;
  fcgi_rest rest;
  fcgi_target target;
  fcl_error e;
  int status, wake;
  memset(&r, 0, sizeof r);
  r.relay.place.fd = -1;
  if (!fcgi_options_read(&syntax, &r.o, argc, argv, &rest, &status))
    return status;
  if (!check_options(&r.o) || !fcgi_target_read(&target, &syntax, &rest, &status))
    return FCGI_USAGE;
  status = FCGI_USAGE;
  wake = fcgi_wake_on_signals();
  if (wake >= 0 && fcl__place_open(&r.relay.place, r.o.listen, 0, &e)) {
    fcgi_say("%s", e.text);
    status = FCGI_NO_CONNECTION;
  } else if (wake >= 0 && open_files(&r) && fcgi_target_start(&target, &r.program, &r.target)) {
    record(&r, wake);
    fcl_program_end(r.program);
    status = r.has_failed ? FCGI_USAGE : FCGI_OK;
  }
  if (r.out && r.out != stdout && fclose(r.out) && status == FCGI_OK) {
    fcgi_say("%s: %s", r.o.output, strerror(errno));
    status = FCGI_USAGE;
  }
  fcl__place_close(&r.relay.place);
  fcgi_target_free(&target);
  return status;
}
