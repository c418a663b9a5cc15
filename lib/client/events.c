/* events.c: what an administrator may want to read: told as it comes, but no more in a second than
 * anybody can read. */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>
#include <string.h>

enum { DEFAULT = 1000, SECOND_MS = 1000 };

static void tell_host(fcl_client *c, const fcl_event *event) {
  c->options.on_event(event, c->options.user);
}

static void tell_dropped(fcl_client *c) {
  char sentence[200];
  fcl_event event = {FCL_LEVEL_WARNING, "", 0, NULL, sentence, FCL_OK, NULL};
  if (c->events.dropped == 0)
    return;
  snprintf(sentence, sizeof sentence,
           "%u events were too many to be told within a second (max_events); see who says so much.",
           c->events.dropped);
  c->events.dropped = 0;
  tell_host(c, &event);
}

static void on_second(fcl__clock *clock, uint64_t now) {
  (void) now;
  tell_dropped(FCL__OF(clock, fcl_client, events.clock));
}

int fcl__events_init(fcl_client *c) {
  if (c->options.max_events == 0)
    c->options.max_events = DEFAULT;
  c->events.clock.expired = on_second;
  c->events.second = fcl__duration_take(&c->timeouts, SECOND_MS);
  return c->events.second != NULL;
}

void fcl__events_end(fcl_client *c) {
  fcl__clock_clear(&c->events.clock);
  if (c->options.on_event)
    tell_dropped(c);
}

static int is_too_many(fcl_client *c) {
  uint64_t now = fcl__client_now(c);
  if (c->options.max_events == FCL_NEVER)
    return 0;
  if (now - c->events.began >= SECOND_MS) {
    c->events.began = now;
    c->events.told = 0;
  }
  return ++c->events.told > c->options.max_events;
}

static void drop(fcl_client *c) {
  c->events.dropped_in_all++;
  if (c->events.dropped++ == 0 && !c->is_ending)
    fcl__clock_set(&c->events.clock, c->events.second, fcl__client_now(c));
}

static void tell_within_bounds(fcl_client *c, const fcl_event *event) {
  if (c->options.on_event == NULL)
    return;
  if (is_too_many(c) && event->level != FCL_LEVEL_ERROR)
    drop(c);
  else
    tell_host(c, event);
}

void fcl__client_event(fcl_client *c, const char *pool, fcl_level level, long pid, const char *tag,
                       fcl_code code, const char *sentence) {
  fcl_event event = {level, pool, pid, NULL, sentence, code, NULL};
  if (tag && tag[0])
    event.tag = tag;
  tell_within_bounds(c, &event);
}

void fcl__client_printed(fcl_client *c, const char *pool, long pid, const char *line, size_t len) {
  fcl_event event = {FCL_LEVEL_INFO, pool, pid, NULL, NULL, FCL_OK, NULL};
  fcl_error e;
  fcl__error_setx(&e, FCL_OK, 0, "%s: process %ld printed: ", pool, pid);
  event.printed = e.text + strlen(e.text);
  fcl__error_append(&e, "%.*s", (int) len, line);
  event.sentence = e.text;
  tell_within_bounds(c, &event);
}
