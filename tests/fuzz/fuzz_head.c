/* fuzz_head.c: the end of a head is found alike however it came, and a head that is taken lies
   inside its input and has nothing in it that could split the server's own response. */
#include "fuzz.h"

static void clean(fcl_slice s) {
  size_t i;
  for (i = 0; i < s.len; i++)
    claim(((uint8_t) s.base[i] >= 0x20 || s.base[i] == '\t') && s.base[i] != 0x7f);
}

/* What is told apart from the fields agrees with them. */
static void agree(const fcl_head *head) {
  fcl_slice value;
  claim(head->content_length < 0 || fcl_head_get(head, "content-length", &value));
  claim(!head->local_redirect || (fcl_head_get(head, "location", &value) && value.base[0] == '/'));
  claim(!fcl_head_get(head, "status", &value));
  claim(!fcl_head_get(head, "transfer-encoding", &value));
}

static void parse(const char *block, size_t len) {
  static fcl_header room[FCL_HEADERS_MAX];
  fcl_head head;
  fcl_error e = {0};
  size_t i;
  if (fcl_head_parse(block, len, room, FCL_HEADERS_MAX, &head, &e) != FCL_OK) {
    claim(e.code == FCL_E_HEAD && e.text[0] != 0);
    return;
  }
  claim(head.status >= 200 && head.status <= 999 && head.count <= FCL_HEADERS_MAX);
  claim(head.content_length >= -1 && inside(head.reason, block, len));
  clean(head.reason);
  agree(&head);
  for (i = 0; i < head.count; i++) {
    claim(head.headers[i].name.len > 0 && inside(head.headers[i].name, block, len));
    claim(inside(head.headers[i].value, block, len));
    clean(head.headers[i].name), clean(head.headers[i].value);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *block = copy(data, size);
  fcl_head_scan whole = {0}, steps = {0};
  size_t end = fcl_head_end(&whole, block, size), seen = 0, found = 0;
  while (!found && seen < size)
    found = fcl_head_end(&steps, block, ++seen);
  claim(found == end && end <= size);
  free(block);
  block = copy(data, end ? end : size); /* what has no end must do no harm either */
  parse(block, end ? end : size);
  free(block);
  return 0;
}
