/* fuzz_records.c: fcl_decode says the same of a stream however it is cut, and lends nothing outside
 * its input. */
#include "fuzz.h"

/* What came, without the cuts: a digest of events and content. */
typedef struct story {
  uint64_t digest, events;
  int bad;
} story;

static void note(story *s, const void *bytes, size_t len) {
  const uint8_t *p = bytes;
  while (len--)
    s->digest = (s->digest ^ *p++) * 1099511628211u;
}

static void tell(story *s, fcl_decoder *d, const char *p, const char *end) {
  const char *start = p;
  fcl_slice span;
  for (;;) {
    fcl_decode_event event = fcl_decode(d, &p, end, &span);
    claim(p >= start && p <= end);
    if (event == FCL_EV_MORE || event == FCL_EV_BAD_VERSION) {
      s->bad = event == FCL_EV_BAD_VERSION;
      return;
    }
    if (event == FCL_EV_CONTENT) {
      claim(span.len > 0 && inside(span, start, (size_t) (end - start)));
      note(s, span.base, span.len);
    } else {
      note(s, &event, sizeof event);
      note(s, &d->record.length, sizeof d->record.length);
      s->events++;
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t cut = size ? data[0] % size : 0;
  char *block = copy(data, size);
  char *first = copy(data, cut), *second = copy(data + cut, size - cut);
  fcl_decoder whole = {0}, parts = {0};
  story a = {0}, b = {0};
  tell(&a, &whole, block, block + size);
  tell(&b, &parts, first, first + cut);
  tell(&b, &parts, second, second + size - cut);
  claim(a.digest == b.digest && a.events == b.events && a.bad == b.bad);
  claim(fcl_decoder_between(&whole) == fcl_decoder_between(&parts));
  free(block), free(first), free(second);
  return 0;
}
