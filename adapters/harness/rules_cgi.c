/* rules_cgi.c: the parameters that a web server must set (RFC 3875 section 4.1).  They are judged,
   but no fault of the connection: an application can go on without. */
#include "inspector.h"
#include <string.h>

static fcl_slice get(const fcl_seen *r, const char *name) {
  fcl_slice value = {NULL, 0};
  fcl_seen_param(r, name, &value);
  return value;
}

static int is_number(fcl_slice s) {
  size_t n;
  for (n = 0; n < s.len; n++)
    if (s.base[n] < '0' || s.base[n] > '9')
      return 0;
  return s.len > 0;
}

static int is(fcl_slice s, const char *text) {
  return s.len == strlen(text) && memcmp(s.base, text, s.len) == 0;
}

static void is_set(fcl_inspector *i, fcl__inspected *s, const fcl_seen *r, fcl__rule rule,
                   const char *name, int may_be_empty) {
  fcl_slice value = get(r, name);
  fcl__judge(i, s, rule, value.base && (may_be_empty || value.len), "%s is %s", name,
             value.base ? "empty" : "not set");
}

void fcl__rules_cgi(fcl_inspector *i, fcl__inspected *s, const fcl_seen *r) {
  fcl_slice interface = get(r, "GATEWAY_INTERFACE"), info = get(r, "PATH_INFO"),
            port = get(r, "SERVER_PORT");
  fcl__judge(i, s, FCL__RULE_GATEWAY, is(interface, "CGI/1.1"), "GATEWAY_INTERFACE is \"%.*s\"",
             (int) interface.len, interface.base ? interface.base : "");
  if (info.base)
    fcl__judge(i, s, FCL__RULE_PATH_INFO, info.len == 0 || info.base[0] == '/',
               "PATH_INFO is \"%.*s\"", (int) info.len, info.base);
  fcl__judge(i, s, FCL__RULE_SERVER_PORT, is_number(port), "SERVER_PORT is \"%.*s\"",
             (int) port.len, port.base ? port.base : "");
  fcl__judge(i, s, FCL__RULE_PROXY, get(r, "HTTP_PROXY").base == NULL, "HTTP_PROXY is set");
  is_set(i, s, r, FCL__RULE_QUERY, "QUERY_STRING", 1);
  is_set(i, s, r, FCL__RULE_REMOTE, "REMOTE_ADDR", 0);
  is_set(i, s, r, FCL__RULE_METHOD, "REQUEST_METHOD", 0);
  if (r->role != FCL_AUTHORIZER)
    is_set(i, s, r, FCL__RULE_SCRIPT, "SCRIPT_NAME", 1);
  is_set(i, s, r, FCL__RULE_SERVER_NAME, "SERVER_NAME", 0);
  is_set(i, s, r, FCL__RULE_SERVER_PROTOCOL, "SERVER_PROTOCOL", 0);
  is_set(i, s, r, FCL__RULE_SERVER_SOFTWARE, "SERVER_SOFTWARE", 0);
}
