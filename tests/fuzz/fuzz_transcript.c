/* fuzz_transcript.c: any text is a transcript or is refused with a place and a sentence; and what a
   transcript has a side send fits the line that says so. */
#include "fuzz.h"
#include "player.h"

/* What can be sent as said, with nothing false in it, is what the same line expects. */
static int is_honest(const fcl__wire *w) {
  unsigned odd = 1u << FCL__ATTR_LENGTH | 1u << FCL__ATTR_VERSION;
  return w->kind == FCL__WIRE_RECORD && !(w->given & odd) && w->bytes.gap_count == 0 &&
         !w->is_more && !w->is_open &&
         (w->shape != FCL__SHAPE_RECORD || w->type > FCL_END_REQUEST) && w->type != FCL_STDERR;
}

static int has_twins(const fcl__wire *w) {
  size_t n, m;
  for (n = 0; n < w->pair_count; n++)
    for (m = 0; m < n; m++)
      if (w->pairs[n].name.len == w->pairs[m].name.len &&
          memcmp(w->pairs[n].name.base, w->pairs[m].name.base, w->pairs[n].name.len) == 0)
        return 1;
  return 0;
}

static void send_and_match(const fcl__wire *w) {
  fcl__text out = {NULL, 0, 0, 0}, said = {NULL, 0, 0, 0};
  fcl__names names = {NULL, 0};
  fcl__arrived in;
  unsigned current = 0;
  const char *why;
  memset(&in, 0, sizeof in);
  if (fcl__encode(w, &names, &current, &out, &why) && out.len < 1u << 20) {
    claim(fcl__arrived_add(&in, out.base, out.len));
    in.is_ended = 1; /* ends streams that the application need not close */
    fcl__arrived_say(&in, &said);
    if (is_honest(w) && !has_twins(w))
      claim(fcl__match(w, &in, &names, &current) == FCL__MET);
    else
      fcl__match(w, &in, &names, &current);
  }
  fcl__text_free(&out);
  fcl__text_free(&said);
  fcl__arrived_free(&in);
  fcl__names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fcl__transcript *t;
  fcl_error e;
  char *text = copy(data, size);
  size_t n, i;
  claim((fcl__transcript_read(&t, "x", text, size, &e) == FCL_OK) == (t != NULL));
  claim(t || (e.code != FCL_OK && e.text[0]));
  free(text);
  for (n = 0; t && n < t->count; n++)
    for (i = 0; i < t->cases[n].count; i++)
      if (t->cases[n].steps[i].any_count > 0)
        send_and_match(&t->cases[n].steps[i].any[0]);
  fcl__transcript_free(t);
  return 0;
}
