/* fuzz_trace.c: trace messages for IIS are found the same however STDERR is cut, texts keep every
   byte that is in no message, and no message is longer than is kept. */
#include "cgi/trace.h"
#include "fuzz.h"

typedef struct heard {
  char *text;
  size_t len, messages, message_bytes;
} heard;

static void hear(heard *h, const fcl__trace *t, fcl__trace_event event, fcl_slice span) {
  if (event == FCL__TRACE_TEXT) {
    claim(span.len > 0);
    memcpy(h->text + h->len, span.base, span.len);
    h->len += span.len;
    return;
  }
  claim(t->level <= 2 && span.len <= FCL__TRACE_MAX);
  h->messages++;
  h->message_bytes += span.len;
}

static void feed(heard *h, fcl__trace *t, const char *data, size_t size) {
  char *block = copy((const uint8_t *) data, size);
  const char *p = block;
  fcl__trace_event event;
  fcl_slice span;
  while ((event = fcl__trace_next(t, &p, block + size, &span)) != FCL__TRACE_MORE)
    hear(h, t, event, span);
  claim(p == block + size);
  free(block);
}

/* Cut after each `step` bytes; 0: whole. */
static void run(heard *h, const char *data, size_t size, size_t step) {
  fcl__trace t;
  fcl__trace_event event;
  fcl_slice span;
  size_t at, n;
  memset(&t, 0, sizeof t);
  memset(h, 0, sizeof *h);
  h->text = malloc(size + 1);
  for (at = 0; at < size; at += n) {
    n = step && step < size - at ? step : size - at;
    feed(h, &t, data + at, n);
  }
  while ((event = fcl__trace_end(&t, &span)) != FCL__TRACE_MORE)
    hear(h, &t, event, span);
  claim(h->len <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t step = size ? data[0] % 40u : 0;
  heard whole, cut;
  run(&whole, (const char *) data, size, 0);
  run(&cut, (const char *) data, size, step);
  claim(whole.len == cut.len && memcmp(whole.text, cut.text, whole.len) == 0);
  claim(whole.messages == cut.messages && whole.message_bytes == cut.message_bytes);
  free(whole.text);
  free(cut.text);
  return 0;
}
