/* orders.c: what can be asked on the control address, and done: stats, recycle, resume, stop,
 * drain, undrain. */
#include "client/control.h"
#include "base/error.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct verb {
  const char *name, *argument, *done; /* behind the number of those that it was about */
  void (*act)(fcl__order *o, fcl_pool *p);
} verb;

/* ---- What is done, to one pool ---- */

static int is_named(const fcl__order *o, const fcl_pool *p) {
  return strcmp(p->options.name, o->argument) == 0;
}

static void recycle(fcl__order *o, fcl_pool *p) {
  if (!is_named(o, p))
    return;
  fcl_pool_recycle(p);
  o->done++;
}

static void resume(fcl__order *o, fcl_pool *p) {
  if (!is_named(o, p))
    return;
  fcl_pool_resume(p);
  o->done++;
}

/* "4711", or "4711 now". */
static void stop(fcl__order *o, fcl_pool *p) {
  char *end;
  long pid = strtol(o->argument, &end, 10);
  int at_once = strcmp(end, " now") == 0;
  unsigned i;
  if (pid <= 0 || (*end && !at_once))
    return;
  for (i = 0; i < p->pool.member_count; i++)
    if (p->pool.members[i].pid == pid && p->pool.members[i].state != FCL__ABSENT) {
      o->done++;
      fcl__member_stop(&p->pool.members[i], at_once, fcl__client_now(p->client));
      return;
    }
}

static void drain(fcl__order *o, fcl_pool *p) {
  o->done += p->address_count && fcl_pool_drain(p, o->argument, NULL) == FCL_OK;
}

static void undrain(fcl__order *o, fcl_pool *p) {
  o->done += p->address_count && fcl_pool_undrain(p, o->argument, NULL) == FCL_OK;
}

static const verb verbs[] = {
    {"stats", NULL, NULL, NULL},
    {"recycle", "POOL",
     "pool%s of this name: new processes take new requests, the old ones finish.\n", recycle},
    {"resume", "POOL", "pool%s of this name: processes are started again.\n", resume},
    {"stop", "PID", "process%s: asked to leave.\n", stop},
    {"drain", "ADDRESS", "pool%s: nothing more is sent to this address.\n", drain},
    {"undrain", "ADDRESS", "pool%s: this address is used again.\n", undrain},
    {NULL, NULL, NULL, NULL},
};

static const verb *find(const fcl__order *o) {
  const verb *v;
  for (v = verbs; v->name; v++)
    if (strcmp(v->name, o->verb) == 0)
      return v;
  return NULL;
}

/* ---- The way of an order ---- */

int fcl__order_read(fcl__order *o) {
  char *blank = strchr(o->line, ' ');
  const verb *v;
  size_t len = strlen(o->line);
  if (len > 0 && o->line[len - 1] == '\r') /* typed into a terminal program */
    o->line[len - 1] = 0;
  o->verb = o->line;
  o->argument = blank ? blank + 1 : o->line + strlen(o->line);
  if (blank)
    *blank = 0;
  v = find(o);
  if (v == NULL)
    fcl__error_setx(&o->error, FCL_E_INVAL, 0,
                    "\"%s\" is not known here; stats, recycle POOL, resume POOL, stop PID [now], "
                    "drain ADDRESS and undrain ADDRESS are",
                    o->verb);
  else if ((v->argument != NULL) != (*o->argument != 0))
    fcl__error_setx(&o->error, FCL_E_INVAL, 0, "%s takes %s", v->name,
                    v->argument ? v->argument : "nothing");
  return o->error.code == FCL_OK;
}

void fcl__order_do(fcl__ask *ask, fcl_client *c) {
  fcl__order *o = FCL__OF(ask, fcl__order, ask);
  const verb *v = find(o);
  fcl__list *at, *after;
  if (v->act == NULL) {
    if (o->stats == NULL || !fcl__collect(c, o->stats))
      fcl__error_setx(&o->error, FCL_E_NOMEM, 0, "no memory for a snapshot");
    return;
  }
  FCL__LIST_EACH (at, after, &c->pools)
    v->act(o, FCL__OF(at, fcl_pool, link));
}

static void say_done(const fcl__order *o, const verb *v, char *room, size_t size) {
  size_t len = (size_t) snprintf(room, size, "%u ", o->done), noun = strcspn(v->done, "%");
  snprintf(room + len, size - len, "%.*s%s%s", (int) noun, v->done, o->done == 1 ? "" : "s",
           v->done + noun + 2);
}

static const char *say(const fcl__order *o, char *room, size_t size) {
  const verb *v = find(o);
  if (o->error.code)
    snprintf(room, size, "%s.\n", o->error.text);
  else if (o->done == 0 && strcmp(v->name, "stop") == 0)
    snprintf(room, size, "no pool has a process %s.\n", o->argument);
  else if (o->done == 0 && strcmp(v->argument, "POOL") == 0)
    snprintf(room, size, "there is no pool named \"%s\".\n", o->argument);
  else if (o->done == 0)
    snprintf(room, size, "no pool has the address \"%s\".\n", o->argument);
  else
    say_done(o, v, room, size);
  return room;
}

const char *fcl__order_answer(fcl__order *o, char *room, size_t size, size_t *len, int *is_ok) {
  const verb *v = find(o);
  const char *text = NULL;
  if (v && v->act == NULL && o->error.code == FCL_OK) {
    text = fcl_stats_text(o->stats, FCL_STATS_LINES, len);
    if (text == NULL)
      fcl__error_setx(&o->error, FCL_E_NOMEM, 0, "no memory for a snapshot");
  }
  *is_ok = text != NULL || (o->error.code == FCL_OK && o->done > 0);
  if (text)
    return text;
  text = say(o, room, size);
  *len = strlen(text);
  return text;
}
