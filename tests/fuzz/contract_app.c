/* contract_app.c: the application: keeps account of what it was sent, record by record, and of what
   it has answered to whom, and claims that no request was told to be whole that is not. */
#include "contract.h"
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct line {
  int fd; /* -1: free */
  const endpoint *at;
  fcl_decoder in, out;
  exchange *exchanges; /* newest first */
  char *cut_off;
  size_t cut_off_len;
  unsigned cut; /* bytes that are sent next; 0: all */
  int is_deaf, is_shut;
} line;

int app_is_vague;
size_t app_bytes;
static line lines[LINES_MAX];

static exchange *find(line *l, unsigned id) {
  exchange *x = l->exchanges;
  while (x && x->id != id)
    x = x->next;
  return x;
}

static void append(char **to, size_t *len, const char *bytes, size_t n) {
  *to = realloc(*to, *len + n + 1);
  memcpy(*to + *len, bytes, n);
  *len += n;
}

/* ---- What was sent to it ---- */

static unsigned living(const line *l) {
  const exchange *x;
  unsigned n = 0;
  for (x = l->exchanges; x; x = x->next)
    n += !x->is_ended;
  return n;
}

/* §3.3: an id is taken again only when its request is over. */
static void begins(line *l) {
  const fcl_record *r = &l->in.record;
  exchange *old = find(l, r->id), *x = calloc(1, sizeof *x);
  claim(r->id > 0 && r->length == 8 && (old == NULL || old->is_ended || app_is_vague));
  if (l->out.record.version && !fcl_decoder_between(&l->out))
    app_is_vague = 1; /* what it is sending will be taken for this one's */
  if (old && !old->is_ended)
    old->is_ended = 1;
  x->id = r->id;
  x->content_length = -1;
  x->next = l->exchanges;
  l->exchanges = x;
  claim(app_is_vague || w.per_connection == 0 || living(l) <= w.per_connection);
}

static long long number(fcl_slice s) {
  long long n = 0;
  size_t i;
  for (i = 0; i < s.len; i++)
    n = n * 10 + (s.base[i] - '0');
  return n;
}

/* The client has closed it, and what is read was for nobody any more. */
static int is_stale(const line *l) {
  struct pollfd p = {l->fd, 0, 0};
  return poll(&p, 1, 0) == 1 && p.revents & POLLHUP;
}

static void params_ended(const line *l, exchange *x) {
  const char *at = x->params, *end = x->params + x->params_len;
  fcl_slice name, value;
  while (at < end) {
    claim(fcl_get_pair(&at, end, &name, &value));
    if (name.len == 1 && name.base[0] == 'N')
      x->ask = &asks[number(value)];
    if (name.len == 14 && memcmp(name.base, "CONTENT_LENGTH", 14) == 0)
      x->content_length = number(value);
  }
  claim(x->ask != NULL && x->ask->is_started);
  x->phase = IN_STDIN;
  claim(x->role == (unsigned) x->ask->role ||
        (x->role == FCL_AUTHORIZER && x->ask->has_authorizer));
  x->is_step = x->role == FCL_AUTHORIZER && x->ask->has_authorizer;
  if (is_stale(l))
    return;
  if (x->is_step) {
    claim(x->ask->exchange == NULL || app_is_vague);
    x->ask->step = x;
    return;
  }
  /* Of what has been answered, nothing is sent again. */
  claim((x->ask->received == 0 && x->ask->heads == 0) || app_is_vague);
  x->ask->exchange = x;
}

static uint64_t wanted(const exchange *x) {
  return x->is_step || x->ask->body == 0 ? 0 : (uint64_t) x->ask->finished_with;
}

/* Sentence 7: the end of STDIN comes when the caller has finished what it announced, or never. */
static void stdin_ended(exchange *x) {
  claim(x->is_step || x->ask->body == 0 || x->ask->finished_with >= 0);
  claim(x->stdin_len == wanted(x));
  claim(x->content_length < 0 || (uint64_t) x->content_length == x->stdin_len);
  x->phase = x->role == FCL_FILTER ? IN_DATA : COMPLETE;
}

static void takes_body(exchange *x, uint64_t *len, fcl_slice span) {
  size_t i;
  for (i = 0; i < span.len; i++)
    claim((uint8_t) span.base[i] == body_byte(x->ask->serial, *len + i));
  *len += span.len;
}

static void takes(exchange *x, unsigned type, fcl_slice span) {
  if (type == FCL_BEGIN_REQUEST) {
    claim(x->begin_len + span.len <= 8);
    memcpy(x->begin + x->begin_len, span.base, span.len);
    x->begin_len += (unsigned) span.len;
    x->role = (unsigned) x->begin[0] << 8 | x->begin[1];
  } else if (type == FCL_PARAMS) {
    claim(x->phase == IN_PARAMS);
    append(&x->params, &x->params_len, span.base, span.len);
  } else if (type == FCL_STDIN) {
    claim(x->phase == IN_STDIN);
    takes_body(x, &x->stdin_len, span);
  } else {
    claim(type == FCL_DATA && x->phase == IN_DATA);
    takes_body(x, &x->data_len, span);
  }
}

static void record_ended(line *l) {
  const fcl_record *r = &l->in.record;
  exchange *x = find(l, r->id);
  if (r->type == FCL_PARAMS && r->length == 0) {
    claim(x->phase == IN_PARAMS);
    params_ended(l, x);
  } else if (r->type == FCL_STDIN && r->length == 0) {
    claim(x->phase == IN_STDIN);
    stdin_ended(x);
  } else if (r->type == FCL_DATA && r->length == 0) {
    claim(x->phase == IN_DATA && x->data_len == (uint64_t) x->ask->data);
    x->phase = COMPLETE;
  }
}

static void record_begins(line *l) {
  const fcl_record *r = &l->in.record;
  claim(r->padding == 0);
  if (r->type == FCL_BEGIN_REQUEST)
    begins(l);
  else if (r->type == FCL_GET_VALUES)
    claim(r->id == 0);
  else
    claim(find(l, r->id) && (r->type != FCL_ABORT_REQUEST || r->length == 0));
}

static void hear(line *l, const char *p, const char *end) {
  fcl_slice span;
  for (;;) {
    fcl_decode_event event = fcl_decode(&l->in, &p, end, &span);
    claim(event != FCL_EV_BAD_VERSION);
    if (event == FCL_EV_MORE)
      return;
    if (event == FCL_EV_RECORD)
      record_begins(l);
    else if (event == FCL_EV_CONTENT && l->in.record.type != FCL_GET_VALUES)
      takes(find(l, l->in.record.id), l->in.record.type, span);
    else if (event == FCL_EV_END)
      record_ended(l);
  }
}

static void hear_line(line *l) {
  static char bytes[65536];
  ssize_t n = 0;
  while (l->fd >= 0 && (n = recv(l->fd, bytes, sizeof bytes, 0)) > 0) {
    app_bytes += (size_t) n;
    hear(l, bytes, bytes + n);
  }
}

void app_hear_all(void) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    if (lines[n].fd >= 0 && !lines[n].is_deaf)
      hear_line(&lines[n]);
}

void app_listen_all(void) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    lines[n].is_deaf = 0;
}

/* ---- What it has answered ---- */

static void account(line *l, const char *p, const char *end) {
  const fcl_record *r = &l->out.record;
  fcl_slice span;
  fcl_decode_event event;
  while ((event = fcl_decode(&l->out, &p, end, &span)) != FCL_EV_MORE) {
    exchange *x = find(l, r->id);
    if (event == FCL_EV_BAD_VERSION)
      return;
    if (x == NULL || x->is_ended || x->ask == NULL) {
      app_is_vague |= r->type != FCL_GET_VALUES_RESULT && r->type != FCL_UNKNOWN_TYPE;
    } else if (event == FCL_EV_CONTENT && r->type == FCL_STDOUT) {
      append(&x->out, &x->out_len, span.base, span.len);
    } else if (event == FCL_EV_CONTENT && r->type == FCL_END_REQUEST) {
      while (span.len-- > 0 && x->tail_len < 8)
        x->tail[x->tail_len++] = (uint8_t) *span.base++;
    } else if (event == FCL_EV_END && r->type == FCL_END_REQUEST) {
      x->is_ended = 1;
    }
  }
}

static void forget_line(line *l) {
  if (l->fd >= 0)
    close(l->fd);
  l->fd = -1;
  l->cut_off_len = 0;
}

static void flush(line *l) {
  size_t len = l->cut && l->cut < l->cut_off_len ? l->cut : l->cut_off_len;
  ssize_t n;
  if (l->fd < 0 || len == 0 || l->is_shut)
    return;
  if (!l->is_deaf)
    hear_line(l);
  n = send(l->fd, l->cut_off, len, MSG_NOSIGNAL);
  l->cut = 0;
  if (n <= 0)
    return;
  account(l, l->cut_off, l->cut_off + n);
  l->cut_off_len -= (size_t) n;
  memmove(l->cut_off, l->cut_off + n, l->cut_off_len);
}

void app_flush_all(void) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    flush(&lines[n]);
}

static void say(line *l, const void *bytes, size_t len) {
  if (app_bytes > CASE_BYTES)
    return;
  app_bytes += len;
  append(&l->cut_off, &l->cut_off_len, bytes, len);
}

static const char *const heads[] = {"Content-Type: text/plain\r\n\r\n",
                                    "Status: 404 Not\r\nContent-Length: 5\r\n\r\n",
                                    "Content-Type: a\nContent-Length: 3000\n\n",
                                    "Status: 204\r\n\r\n",
                                    "Status: 200\r\nVariable-A: b\r\nVariable-N: 9\r\n\r\n",
                                    "Status: 403 No\r\nContent-Type: a\r\n\r\n",
                                    "Location: /x\r\n\r\n",
                                    "no head\r\n\r\n",
                                    "Content-Type: tex",
                                    "Content-Length: 0\r\nStatus: 200\r\n\r\n",
                                    ""};
static const unsigned sizes[] = {0, 5, 3000, 4, 2999, 65535, 3001, 20000};
enum { HEADS = sizeof heads / sizeof *heads, SIZES = sizeof sizes / sizeof *sizes };

static void say_record(line *l, unsigned type, unsigned id, const void *content, size_t len,
                       unsigned padding) {
  static const char zeros[256];
  uint8_t header[8];
  fcl_put_header(header, (fcl_type) type, id, len, padding);
  say(l, header, 8);
  say(l, content, len);
  say(l, zeros, padding);
}

static const char *filler(size_t offset) {
  static char bytes[65536 + 256];
  size_t i;
  for (i = 0; bytes[1] == 0 && i < sizeof bytes; i++)
    bytes[i] = (char) (i * 7 + (i >> 8) + 'a');
  return bytes + offset;
}

/* Errors, a head, a body, an end: any of them may be missing, or another than it should be. */
static void say_answer(line *l, unsigned id, unsigned what, unsigned how) {
  static const char *const errors[] = {"oh", "IIS_TRACE_INFO:a:IIS_TRACE_END", " \n", "IIS_TRACE_"};
  const char *head = heads[what % HEADS];
  unsigned size = sizes[what / HEADS % SIZES], padding = how >> 6;
  uint8_t end[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  end[3] = how >> 5 & 1;
  end[4] = (how & 28) == 28 ? (uint8_t) (1 + (how & 3)) : 0;
  if ((how & 3) == 1)
    say_record(l, FCL_STDERR, id, errors[how >> 4 & 3], strlen(errors[how >> 4 & 3]), padding);
  if (how & 8) { /* in one record */
    char both[70000];
    size_t len = strlen(head);
    memcpy(both, head, len);
    size = size + len > 65535 ? 65535 - (unsigned) len : size;
    memcpy(both + len, filler(what), size);
    say_record(l, FCL_STDOUT, id, both, len + size, padding);
  } else {
    say_record(l, FCL_STDOUT, id, head, strlen(head), padding);
    if (size > 0)
      say_record(l, FCL_STDOUT, id, filler(what), size, padding);
  }
  if ((how & 7) != 4)
    say_record(l, FCL_END_REQUEST, id, end, 8, padding * 3);
}

/* ---- What it does ---- */

static line *free_line(void) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    if (lines[n].at == NULL)
      return &lines[n];
  return NULL;
}

void app_accept(endpoint *e) {
  line *l = free_line();
  int fd = l && e ? host_fd(e) : -1;
  if (fd < 0)
    return;
  memset(l, 0, sizeof *l);
  l->fd = fd;
  l->at = e;
}

void app_gone(const endpoint *e) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    if (lines[n].at == e)
      forget_line(&lines[n]);
}

static line *pick(unsigned which) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++)
    if (lines[(which + n) % LINES_MAX].at && lines[(which + n) % LINES_MAX].fd >= 0)
      return &lines[(which + n) % LINES_MAX];
  return NULL;
}

static exchange *pick_exchange(line *l, unsigned which) {
  exchange *x;
  for (x = l->exchanges; x; x = x->next)
    if (!x->is_ended && x->ask && which-- == 0)
      return x;
  return NULL;
}

static void answer_one(line *l, input *in) {
  unsigned which = take(in), what = take(in), how = take(in);
  exchange *x;
  if (!l->is_deaf)
    hear_line(l);
  x = pick_exchange(l, which & 3);
  if (x)
    say_answer(l, x->id, what, how);
  flush(l);
}

static void answer_record(line *l, input *in) {
  unsigned type = take(in) % 13, id = take(in), content = take(in), padding = take(in);
  const char *head = heads[content % HEADS];
  if (id & 128)
    say_record(l, type, id & 7, filler(0), sizes[content % SIZES], padding % 9);
  else
    say_record(l, type, id & 7, head, strlen(head), padding % 9);
  flush(l);
}

static void answer_raw(line *l, input *in) {
  size_t n = take(in) % 32, left = (size_t) (in->end - in->at);
  n = n < left ? n : left;
  say(l, in->at, n);
  in->at += n;
  flush(l);
}

static void hang_up(line *l, int is_half) {
  if (is_half)
    shutdown(l->fd, SHUT_WR), l->is_shut = 1;
  else
    forget_line(l); /* with bytes unread: a reset */
}

static endpoint *any_endpoint(unsigned which) {
  return which & 8 ? host_endpoint(which) : &endpoints[which % ENDPOINTS];
}

void app_act(input *in, unsigned what) {
  unsigned which = take(in);
  line *l = what > 1 ? pick(which) : NULL;
  if (what == 0)
    app_accept(any_endpoint(which));
  else if (what == 1)
    endpoints[which % ENDPOINTS].is_refusing ^= which >> 7;
  if (l == NULL)
    return;
  if (what == 2)
    answer_one(l, in);
  else if (what == 3)
    answer_record(l, in);
  else if (what == 4)
    answer_raw(l, in);
  else if (what == 5)
    l->cut = take(in);
  else if (what == 6)
    l->is_deaf ^= 1;
  else
    hang_up(l, which >> 7);
}

void app_serve(unsigned kind) {
  unsigned n;
  exchange *x;
  for (n = 0; n < ENDPOINTS * 3u; n++)
    app_accept(&endpoints[n % ENDPOINTS]);
  for (n = 0; n < 32; n++)
    app_accept(host_endpoint(n));
  for (n = 0; n < LINES_MAX; n++) {
    line *l = &lines[n];
    if (l->at == NULL || l->fd < 0)
      continue;
    if (!l->is_deaf)
      hear_line(l);
    for (x = l->exchanges; x; x = x->next)
      if (!x->is_ended && x->ask)
        say_answer(l, x->id, kind, 0);
    flush(l);
  }
}

/* What lies unread is read: claims may be about it. */
static void end_line(line *l) {
  hear_line(l);
  forget_line(l);
  free(l->cut_off);
  while (l->exchanges) {
    exchange *x = l->exchanges;
    l->exchanges = x->next;
    free(x->params);
    free(x->out);
    free(x);
  }
  memset(l, 0, sizeof *l);
  l->fd = -1;
}

void app_reset(void) {
  unsigned n;
  for (n = 0; n < LINES_MAX; n++) {
    if (lines[n].at)
      end_line(&lines[n]);
    lines[n].fd = -1;
  }
  app_is_vague = 0;
  app_bytes = 0;
}
