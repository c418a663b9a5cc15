/* values.c: GET_VALUES and its answer (§4.1). */
#include "suite.h"
#include <string.h>

void values_put(suite *s, const char *const *names, unsigned padding) {
  bytes pairs = {0};
  bytes_fill(&pairs, 0, 0);
  for (; *names; names++)
    bytes_text(&pairs, *names, "");
  host_record(s, FCL_GET_VALUES, 0, pairs.base, pairs.len, padding);
  bytes_free(&pairs);
}

int values_get(const host *h, const char *name, const char **value) {
  const char *p = h->values.base, *end = p + h->values.len;
  fcl_slice n, v;
  while (p && fcl_get_pair(&p, end, &n, &v))
    if (n.len == strlen(name) && memcmp(n.base, name, n.len) == 0)
      return *value = v.base, (int) v.len;
  return -1;
}

int values_ask(suite *s, const char *const *names) {
  if (!host_dial(s))
    return 0;
  values_put(s, names, 0);
  if (!host_send(s))
    return 0;
  return host_wait(s, host_has_values, 1) ||
         check_fail(s, "GET_VALUES_RESULT did not come: %s", host_state(s, 0));
}

int values_multiplexes(suite *s) {
  static const char *const name[] = {"FCGI_MPXS_CONNS", NULL};
  const char *value = "";
  if (s->multiplexes != NOT_ASKED || check_is_over(s))
    return s->multiplexes;
  s->multiplexes = NOT_TOLD;
  if (values_ask(s, name) && values_get(&s->host, name[0], &value) == 1)
    s->multiplexes = value[0] == '1';
  else
    memset(&s->result, 0, sizeof s->result);
  return s->multiplexes;
}
