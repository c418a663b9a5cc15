/* run_show.c: what `fcgi run` shows of an answer: head, times, JSON. */
#include "run.h"
#include <fcgiclient/cgi.h>
#include <stdlib.h>
#include <string.h>

static fcl_slice text(const char *s) {
  fcl_slice t;
  t.base = s;
  t.len = strlen(s);
  return t;
}

/* ---- The head, as a CGI program writes it (RFC 3875 section 6) ---- */

static void put(run *r, fcl_slice s) {
  fcgi_output_put(&r->out, s.base, s.len);
}

void run_show_head(run *r, const fcl_head *head) {
  fcl_slice reason = head->reason.len ? head->reason : fcl_cgi_reason(head->status);
  char number[32];
  size_t i;
  snprintf(number, sizeof number, "Status: %d%s", head->status, reason.len ? " " : "");
  put(r, text(number));
  put(r, reason);
  put(r, text("\r\n"));
  for (i = 0; i < head->count; i++) {
    put(r, head->headers[i].name);
    put(r, text(": "));
    put(r, head->headers[i].value);
    put(r, text("\r\n"));
  }
  put(r, text("\r\n"));
}

void run_show_failure(run *r, fcl_code code) {
  int status = fcl_code_http(code);
  fcl_slice reason = fcl_cgi_reason(status);
  char answer[256];
  snprintf(answer, sizeof answer,
           "Status: %d %.*s\r\nContent-Type: text/plain\r\n\r\n%d %.*s: %s\n", status,
           (int) reason.len, reason.base, status, (int) reason.len, reason.base,
           fcl_code_phrase(code));
  put(r, text(answer));
}

/* ---- Times ---- */

static const char *const phase_names[] = {"queue", "connect", "first", "total"};

static void get_phases(const fcl_result *result, uint32_t *us) {
  us[RUN_QUEUE] = result->queue_us;
  us[RUN_CONNECT] = result->connect_us;
  us[RUN_FIRST] = result->first_us;
  us[RUN_TOTAL] = result->total_us;
}

void run_show_time(run *r, const fcl_result *result) {
  uint32_t us[RUN_PHASES];
  int i;
  get_phases(result, us);
  if (r->shows_time && !r->is_json)
    fprintf(stderr, "%u: queue %u us, connect %u us, first %u us, total %u us\n", r->number,
            us[RUN_QUEUE], us[RUN_CONNECT], us[RUN_FIRST], us[RUN_TOTAL]);
  for (i = 0; i < RUN_PHASES; i++)
    fcgi_histogram_add(&r->phases[i], us[i]);
}

void run_show_summary(run *r) {
  int i;
  fprintf(stderr, "%-8s %10s %10s %10s %10s %10s  (microseconds)\n", "", "least", "median", "mean",
          "95 %", "most");
  for (i = 0; i < RUN_PHASES; i++) {
    const fcgi_histogram *h = &r->phases[i];
    fprintf(stderr, "%-8s %10u %10u %10.0f %10u %10u\n", phase_names[i], h->least,
            fcgi_histogram_percentile(h, 50), fcgi_histogram_mean(h),
            fcgi_histogram_percentile(h, 95), h->most);
  }
}

/* ---- JSON ---- */

void run_keep(run_text *to, const char *bytes, size_t len) {
  size_t room = to->room ? to->room : 4096;
  char *grown;
  if (len > RUN_KEPT_MAX - to->len) {
    to->is_cut = 1;
    len = RUN_KEPT_MAX - to->len;
  }
  while (room < to->len + len)
    room *= 2;
  grown = room == to->room ? to->bytes : realloc(to->bytes, room);
  if (grown == NULL) {
    to->is_cut = 1;
    return;
  }
  to->bytes = grown;
  to->room = room;
  if (len > 0)
    memcpy(to->bytes + to->len, bytes, len);
  to->len += len;
}

void run_keep_head(run *r, const fcl_head *head) {
  size_t i;
  fcl_slice reason = head->reason.len ? head->reason : fcl_cgi_reason(head->status);
  run_keep(&r->reason, reason.base, reason.len);
  r->headers = fcgi_json_array();
  for (i = 0; i < head->count; i++) {
    fcgi_json *field = fcgi_json_array();
    fcgi_json_text(field, NULL, head->headers[i].name);
    fcgi_json_text(field, NULL, head->headers[i].value);
    fcgi_json_add(r->headers, NULL, field);
  }
}

static fcl_slice kept(const run_text *t) {
  fcl_slice s;
  s.base = t->bytes;
  s.len = t->len;
  return s;
}

static fcgi_json *error_of(const fcl_error *e) {
  fcgi_json *o = fcgi_json_object();
  fcgi_json_text(o, "code", text(fcl_code_name(e->code)));
  fcgi_json_number(o, "sys", e->sys);
  fcgi_json_text(o, "text", text(e->text));
  return o;
}

static fcgi_json *times_of(const fcl_result *result) {
  fcgi_json *o = fcgi_json_object();
  uint32_t us[RUN_PHASES];
  char name[32];
  int i;
  get_phases(result, us);
  for (i = 0; i < RUN_PHASES; i++) {
    snprintf(name, sizeof name, "%s_us", phase_names[i]);
    fcgi_json_number(o, name, us[i]);
  }
  return o;
}

static void add_answer(run *r, fcgi_json *o) {
  if (r->http == 0) {
    fcgi_json_null(o, "status");
    if (r->is_raw)
      fcgi_json_bytes(o, "body", kept(&r->body));
    return;
  }
  fcgi_json_number(o, "status", r->http);
  fcgi_json_text(o, "reason", kept(&r->reason));
  fcgi_json_add(o, "headers", r->headers);
  r->headers = NULL;
  fcgi_json_bytes(o, "body", kept(&r->body));
  if (r->body.is_cut)
    fcgi_json_bool(o, "body_is_cut", 1);
}

void run_show_json(run *r, const fcl_result *result, int status) {
  fcgi_json *o = fcgi_json_object();
  add_answer(r, o);
  fcgi_json_bytes(o, "stderr", kept(&r->err));
  if (result->error.code)
    fcgi_json_add(o, "error", error_of(&result->error));
  else
    fcgi_json_null(o, "error");
  fcgi_json_number(o, "app_status", result->app_status);
  fcgi_json_number(o, "exit_status", status);
  fcgi_json_bool(o, "unclean", result->unclean);
  fcgi_json_number(o, "sent", (double) result->sent);
  fcgi_json_number(o, "received", (double) result->received);
  fcgi_json_number(o, "tries", result->tries);
  fcgi_json_number(o, "pid", (double) result->pid);
  fcgi_json_add(o, "times", times_of(result));
  if (!fcgi_json_print(o, stdout))
    fcgi_say("the JSON could not be written: no memory, or stdout is closed");
}

void run_forget(run *r) {
  run_text *texts[] = {&r->reason, &r->body, &r->err};
  size_t i;
  for (i = 0; i < 3; i++) {
    free(texts[i]->bytes);
    memset(texts[i], 0, sizeof *texts[i]);
  }
  fcgi_json_add(NULL, NULL, r->headers);
  r->headers = NULL;
  r->http = 0;
}
