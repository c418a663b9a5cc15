/* processes.c: the process of a place: started, stopped, what it prints, and who is begun elsewhere
 * or told when it has exited. */
#include "base/error.h"
#include "client/internal.h"

static fcl_code order(fcl__place *place, fcl_error *e) {
  const fcl_pool_options *o = &place->pool->options;
  fcl__program program;
  fcl__processes *all;
  fcl_code code = fcl__client_processes(place->pool->client, &all, e);
  if (code)
    return code;
  program.path = o->program;
  program.argv = o->argv;
  program.env = o->env;
  program.directory = o->directory;
  program.stop_ms = o->stop_ms;
  program.is_tcp = o->tcp != 0;
  program.identity = o->run_as;
  program.limits = &place->pool->limits;
  place->has_exited = 0;
  place->last_words[0] = place->unready[0] = 0;
  return fcl__process_start(all, &program, place, &place->process, e);
}

fcl_code fcl__place_spawn(fcl__place *place, fcl_error *e) {
  fcl_error unnamed;
  if (order(place, &unnamed) == FCL_OK)
    return FCL_OK;
  return fcl__error_setx(e, unnamed.code, unnamed.sys, "%s: %s", place->pool->options.name,
                         unnamed.text);
}

/* PHP notices that it shall leave only when its connection is closed. */
void fcl__place_stop(fcl__place *place, int force) {
  fcl__place_drop_kept(place);
  fcl__shared_shut(place);
  fcl__learn_stop(place);
  if (place->process)
    fcl__process_stop(place->process, force);
}

static void warn_of_limits(fcl_pool *p, long pid) {
  fcl_error e;
  if (p->has_warned)
    return;
  p->has_warned = 1;
  fcl__error_setx(
      &e, FCL_OK, 0,
      "%s: memory_limit and tasks_limit are not kept: there is no control group for "
      "process %ld with what they need. Set fcl_client_options.cgroup, or Delegate=yes and "
      "DelegateSubgroup= in the systemd unit.",
      p->options.name, pid);
  fcl__client_event(p->client, p->options.name, FCL_LEVEL_WARNING, pid, NULL, FCL_OK, e.text);
}

static void started(void *owner, long pid) {
  fcl__place *place = owner;
  if (fcl__process_lacks_limits(place->process))
    warn_of_limits(place->pool, pid);
  fcl__member_started(place->member, pid, fcl__client_now(place->pool->client));
}

static void failed(void *owner, const fcl_error *e) {
  fcl__place *place = owner;
  fcl_error named;
  fcl__error_setx(&named, e->code, e->sys, "%s: %s", place->pool->options.name, e->text);
  fcl__process_free(place->process);
  place->process = NULL;
  fcl__member_failed(place->member, &named, fcl__client_now(place->pool->client));
}

static void output(void *owner, const char *line, size_t len) {
  fcl__place *place = owner;
  fcl_pool *p = place->pool;
  fcl__place_hear(place, line, len);
  fcl__client_printed(p->client, p->options.name, place->member->pid, line, len);
}

static void tell_exit(fcl__place *place) {
  fcl__exit how = place->how;
  place->has_exited = 0;
  fcl__place_forget(place);
  fcl__member_exited(place->member, &how, fcl__client_now(place->pool->client));
}

void fcl__place_settle(fcl__place *place) {
  if (place->has_exited)
    tell_exit(place);
}

static fcl_request *in_hand(fcl__list *link) {
  return FCL__OF(link, fcl_request, ticket.link);
}

/* The requests on the only connection of which nothing has ever been heard, when it is known that
   one was never accepted. */
static void begin_elsewhere(fcl__place *place) {
  fcl__list *tickets = &place->member->tickets, *at = tickets->next;
  while (at != tickets) {
    fcl_request *r = in_hand(at);
    at = at->next;
    if (r->connection == NULL || fcl__connection_has_heard(r->connection))
      continue;
    fcl__verdict_unaccepted(r);
    at = tickets->next; /* it may have changed the list */
  }
}

/* Nothing has gone out of those that wait for room at its endpoint. */
static void begin_waiting_elsewhere(fcl__place *place) {
  fcl__list *tickets = &place->member->tickets, *at = tickets->next;
  while (at != tickets) {
    fcl_request *r = in_hand(at);
    at = at->next;
    if (r->connection || r->is_awaiting || !fcl__clock_runs(&r->alarm))
      continue;
    fcl__clock_clear(&r->alarm);
    fcl__verdict_unaccepted(r);
    at = tickets->next; /* it may have changed the list */
  }
}

static unsigned count_unheard(const fcl__place *place) {
  const fcl__list *tickets = &place->member->tickets, *at;
  unsigned n = fcl__shared_unheard(place) + (place->probe != NULL) + (place->question != NULL);
  for (at = tickets->next; at != tickets; at = at->next) {
    const fcl__connection *c = FCL__OF(at, const fcl_request, ticket.link)->connection;
    n += c && c->multiplex == NULL && !fcl__connection_has_heard(c);
  }
  return n;
}

/* Last answers may still lie in the connections: then the pool is told when they have been read.
   Requests that the process never accepted still wait in the endpoint's backlog: they can be begun
   again. */
static void exited(void *owner, int status, int signal) {
  fcl__place *place = owner;
  fcl__list *at, *after;
  int was_unaccepted = fcl__process_unaccepted(place->process);
  fcl__process_free(place->process);
  place->process = NULL;
  place->how.status = status;
  place->how.signal = signal;
  place->has_exited = 1;
  fcl__place_drop_kept(place);
  FCL__LIST_EACH (at, after, &place->member->tickets)
    fcl__verdict_exited(in_hand(at));
  if (was_unaccepted && count_unheard(place) == 1)
    begin_elsewhere(place);
  begin_waiting_elsewhere(place);
  if (!place->has_exited) /* it was told meanwhile */
    return;
  if (place->reading == 0)
    tell_exit(place);
  else
    fcl__member_drain(place->member, fcl__client_now(place->pool->client));
}

const fcl__process_events fcl__place_process_events = {started, failed, output, exited};
