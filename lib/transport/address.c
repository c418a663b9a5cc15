/* address.c: reads the addresses of fcl_pool_options. */
#include "transport/address.h"
#include <stdlib.h>
#include <string.h>

static fcl_code parse_local(fcl__address *a, const char *text, fcl_error *e) {
  if (fcl__local_check(text, e))
    return FCL_E_CONFIG;
  a->kind = FCL__ADDRESS_LOCAL;
  strcpy(a->path, strchr(text, ':') + 1);
  return FCL_OK;
}

/* Splits host and port; the host of an IPv6 address stands in brackets. */
static int split_host(fcl__address *a, const char *text) {
  const char *end, *colon;
  size_t len;
  if (text[0] == '[') {
    end = strchr(++text, ']');
    colon = end && end[1] == ':' ? end + 1 : NULL;
  } else {
    end = colon = strrchr(text, ':');
  }
  if (colon == NULL || end == text)
    return 0;
  len = (size_t) (end - text);
  if (len >= sizeof a->host || strlen(colon + 1) >= sizeof a->port)
    return 0;
  memcpy(a->host, text, len);
  a->host[len] = 0;
  strcpy(a->port, colon + 1);
  return 1;
}

static long port_number(const char *port) {
  char *end;
  long n = strtol(port, &end, 10);
  return *port >= '0' && *port <= '9' && *end == 0 && n >= 1 && n <= 65535 ? n : 0;
}

/* Brackets mean IPv6, and IPv6 means brackets: else nobody could tell where its port begins. */
static int find_kind(fcl__address *a, int in_brackets, int port) {
  a->kind = FCL__ADDRESS_IP;
  if (in_brackets)
    return uv_ip6_addr(a->host, port, (struct sockaddr_in6 *) &a->ip) == 0;
  if (uv_ip4_addr(a->host, port, (struct sockaddr_in *) &a->ip) == 0)
    return 1;
  a->kind = FCL__ADDRESS_NAME;
  return strpbrk(a->host, ":/[] ") == NULL;
}

static fcl_code parse_tcp(fcl__address *a, const char *rest, const char *text, fcl_error *e) {
  long port = split_host(a, rest) ? port_number(a->port) : 0;
  if (port == 0)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "address \"%s\" has no host with a port from 1 to 65535: %s", text,
                           fcl__local_forms);
  if (find_kind(a, rest[0] == '[', (int) port))
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_CONFIG, 0, "address \"%s\" has no host as it may be: %s", text,
                         fcl__local_forms);
}

fcl_code fcl__address_parse(fcl__address *a, const char *text, fcl_error *e) {
  memset(a, 0, sizeof *a);
  if (strncmp(text, "unix:", 5) == 0 || strncmp(text, "pipe:", 5) == 0)
    return parse_local(a, text, e);
  if (strncmp(text, "tcp:", 4) == 0)
    return parse_tcp(a, text + 4, text, e);
  return fcl__error_setx(e, FCL_E_CONFIG, 0, "address \"%s\" is of no known kind: %s", text,
                         fcl__local_forms);
}
