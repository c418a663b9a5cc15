/* affinity.c: the key by which a client's requests go to the same address: a cookie, a header
 * field, or where it comes from. */
#include "affinity.h"
#include "text.h"

/* NAME=VALUE; NAME=VALUE (RFC 6265 §5.4) */
static fcl_slice cookie(fcl_slice field, fcl_slice name) {
  const char *at = field.base, *end = field.base + field.len, *stop;
  for (; at < end; at = stop + 1) {
    fcl_slice pair;
    stop = memchr(at, ';', (size_t) (end - at));
    if (stop == NULL)
      stop = end;
    pair = trim(slice(at, (size_t) (stop - at)));
    if (pair.len > name.len && pair.base[name.len] == '=' && same(slice(pair.base, name.len), name))
      return slice(pair.base + name.len + 1, pair.len - name.len - 1);
    if (stop == end)
      break;
  }
  return slice(NULL, 0);
}

fcl_slice affinity_key(exchange *x) {
  const options *o = x->c->worker->options;
  fcl_slice field = {NULL, 0};
  switch (o->affinity) {
  case AFFINITY_NONE:
    break;
  case AFFINITY_ADDRESS:
    connection_addresses(x->c);
    return text(x->c->remote_addr);
  case AFFINITY_HEADER:
    exchange_field(x, o->affinity_name, &field);
    break;
  case AFFINITY_COOKIE:
    if (exchange_field(x, "cookie", &field))
      return cookie(field, text(o->affinity_name));
    break;
  }
  return field;
}
