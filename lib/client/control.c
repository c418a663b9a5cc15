/* control.c: the clients of this process that share a control address: one of them listens, and
 * when it closes, the next one does. */
#include "client/control.h"
#include "base/error.h"
#include "platform/control.h"
#include "platform/status.h"
#include <stdio.h>
#include <string.h>

/* Of this process: a client whose address another one has already answers through that one. */
static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static fcl__list all;

static void init(void) {
  uv_mutex_init(&lock);
  fcl__list_init(&all);
}

static fcl__control *at(fcl__list *link) {
  return FCL__OF(link, fcl__control, link);
}

/* Who listens at this address; NULL: nobody. */
static fcl__control *listener_of(const char *address) {
  fcl__list *i;
  for (i = all.next; i != &all; i = i->next)
    if (at(i)->has_listener && strcmp(at(i)->address, address) == 0)
      return at(i);
  return NULL;
}

/* ---- Opening ---- */

/* %p is the number of this process, %% a %. */
static char *expand(fcl_client *c, const char *address) {
  char text[256];
  size_t len = 0;
  for (; *address && len < sizeof text - 24; address++)
    if (address[0] == '%' && address[1] == 'p') {
      len += (size_t) snprintf(text + len, sizeof text - len, "%ld", (long) uv_os_getpid());
      address++;
    } else {
      address += address[0] == '%' && address[1] == '%';
      text[len++] = *address;
    }
  text[len] = 0;
  return fcl__strdup(&c->memory, text);
}

static fcl_code listen_if_first(fcl__control *k, fcl_error *e) {
  fcl_code code;
  if (listener_of(k->address))
    return FCL_OK;
  code = fcl__control_listen(k->address, &k->fd, e);
  k->has_listener = code == FCL_OK;
  return code;
}

static void free_control(fcl__control *k) {
  fcl_client *c = k->client;
  fcl__free(&c->memory, k->address);
  fcl__free(&c->memory, k);
  c->control = NULL;
}

fcl_code fcl__control_open(fcl_client *c, fcl_error *e) {
  fcl__control *k;
  fcl_code code;
  if (c->options.control == NULL)
    return FCL_OK;
  uv_once(&once, init);
  k = fcl__zalloc(&c->memory, sizeof *k);
  if (k == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a control address");
  c->control = k;
  k->client = c;
  k->fd = -1;
  fcl__list_init(&k->talks);
  k->address = expand(c, c->options.control);
  uv_mutex_lock(&lock);
  code = k->address ? listen_if_first(k, e) : fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory");
  if (code == FCL_OK)
    fcl__list_append(&all, &k->link);
  uv_mutex_unlock(&lock);
  if (code)
    free_control(k);
  return code;
}

/* Its loop was not there after all. */
void fcl__control_abandon(fcl_client *c) {
  fcl__control *k = c->control;
  if (k == NULL)
    return;
  uv_mutex_lock(&lock);
  fcl__list_remove(&k->link);
  uv_mutex_unlock(&lock);
  if (k->fd >= 0)
    fcl__control_drop(k->fd, k->address);
  free_control(k);
}

void fcl__control_ready(fcl_client *c) {
  fcl__control *k = c->control;
  fcl_error ignored;
  if (k == NULL)
    return;
  uv_mutex_lock(&lock);
  k->is_ready = 1;
  listen_if_first(k, &ignored); /* who listened may have closed meanwhile */
  if (k->fd >= 0)
    fcl__client_post(c, &c->note, FCL__CLIENT_CONTROL);
  uv_mutex_unlock(&lock);
}

static void tell_deaf(fcl__control *k, int status) {
  fcl_error e;
  char words[256];
  fcl__error_setx(&e, FCL_E_INVAL, fcl__status_sys(status), "control: cannot listen at %s: %s",
                  k->address, fcl__status_words(status, words, sizeof words));
  fcl__client_event(k->client, "control", FCL_LEVEL_WARNING, 0, NULL, e.code, e.text);
}

/* On the loop: the socket becomes a handle.  It keeps no loop running. */
void fcl__control_begin(fcl_client *c) {
  fcl__control *k = c->control;
  int fd, status;
  if (k == NULL || k->is_open || k->is_closing)
    return;
  uv_mutex_lock(&lock);
  fd = k->fd;
  k->fd = -1;
  uv_mutex_unlock(&lock);
  if (fd < 0)
    return;
  uv_pipe_init(c->loop, &k->listener, 0);
  k->listener.data = k;
  k->is_open = 1;
  uv_unref((uv_handle_t *) &k->listener);
  status = fcl__control_attach(&k->listener, fd, k->address, fcl__control_accept);
  if (status != 0)
    tell_deaf(k, status);
}

/* ---- Asking all ---- */

int fcl__control_ask(fcl__control *k, fcl__order *o) {
  fcl_client *clients[64];
  size_t count = 0;
  fcl__list *i;
  fcl_code code;
  clients[count++] = k->client;
  uv_mutex_lock(&lock);
  for (i = all.next; i != &all; i = i->next)
    if (at(i) != k && at(i)->is_ready && count < 64 && strcmp(at(i)->address, k->address) == 0)
      clients[count++] = at(i)->client;
  code = fcl__ask_begin(&o->ask, clients, count);
  uv_mutex_unlock(&lock);
  return code == FCL_OK;
}

/* ---- Closing ---- */

static void on_closed(uv_handle_t *handle) {
  fcl__control *k = handle->data;
  k->is_open = 0;
  fcl__control_settle(k);
}

void fcl__control_settle(fcl__control *k) {
  fcl_client *c = k->client;
  if (!k->is_closing || k->is_open || k->talk_count > 0)
    return;
  free_control(k);
  fcl__client_maybe_end(c);
}

/* What listens, and still will; -1: there is none. */
static int take_socket(fcl__control *k) {
  int taken = k->fd;
  k->fd = -1;
  return taken < 0 && k->is_open ? fcl__control_pass(&k->listener) : taken;
}

/* Nobody who connects meanwhile is lost: the next client goes on with the same socket. */
static void hand_over(fcl__control *k, int fd) {
  fcl__list *i;
  k->has_listener = 0;
  for (i = all.next; i != &all && fd >= 0; i = i->next)
    if (at(i) != k && at(i)->is_ready && strcmp(at(i)->address, k->address) == 0) {
      at(i)->fd = fd;
      at(i)->has_listener = 1;
      fcl__client_post(at(i)->client, &at(i)->client->note, FCL__CLIENT_CONTROL);
      return;
    }
  if (fd >= 0)
    fcl__control_drop(fd, k->address);
}

void fcl__control_close(fcl_client *c) {
  fcl__control *k = c->control;
  int fd;
  if (k == NULL || k->is_closing)
    return;
  k->is_closing = 1;
  uv_mutex_lock(&lock);
  fcl__list_remove(&k->link);
  fd = k->has_listener ? take_socket(k) : -1;
  if (k->is_open)
    uv_close((uv_handle_t *) &k->listener, on_closed);
  fcl__talks_close(k);
  hand_over(k, fd);
  uv_mutex_unlock(&lock);
  fcl__control_settle(k);
}
