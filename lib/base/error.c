/* error.c: codes to names, phrases and HTTP statuses; sentences, with control characters escaped.
 */
#include "base/error.h"
#include "base/system.h"
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name, *phrase;
  int http;
} codes[] = {{"OK", "no error", 200},
#define XX(name, http, phrase) {#name, phrase, http},
             FCL_ERROR_MAP(XX)
#undef XX
};

static int known(fcl_code code) {
  return (unsigned) code < (unsigned) FCL_CODE_MAX;
}

const char *fcl_code_name(fcl_code code) {
  return known(code) ? codes[code].name : "?";
}

const char *fcl_code_phrase(fcl_code code) {
  return known(code) ? codes[code].phrase : "?";
}

int fcl_code_http(fcl_code code) {
  return known(code) ? codes[code].http : 500;
}

/* Facts are few: 500 for everything that an application does, 503.4 for a full queue; what a client
   sent wrong keeps the status that names it. */
fcl_iis fcl_code_iis(fcl_code code) {
  fcl_iis iis = {500, 0, 0};
  switch (code) {
  case FCL_OK:
    iis.status = 200;
    break;
  case FCL_E_QUEUE_FULL:
    iis.status = 503;
    iis.substatus = 4;
    break;
  case FCL_E_OVERLOADED:
  case FCL_E_CLOSING:
  case FCL_E_BODY:
  case FCL_E_LENGTH_REQUIRED:
    iis.status = fcl_code_http(code);
    break;
  case FCL_E_PARAMS:
    iis.status = 400;
    break;
  case FCL_E_BODY_TOO_LARGE:
    iis.status = 413;
    iis.substatus = 1;
    break;
  case FCL_E_TIMEOUT_START:
  case FCL_E_TIMEOUT_CONNECT:
  case FCL_E_TIMEOUT_QUEUE:
  case FCL_E_TIMEOUT_FIRST:
  case FCL_E_TIMEOUT_ACTIVITY:
  case FCL_E_TIMEOUT_REQUEST:
    iis.hresult = 0x80070102;
    break;
  default:
    break;
  }
  return iis;
}

/* The length of the UTF-8 sequence at `s`, or 0 when there is no valid one. */
static size_t utf8_len(const unsigned char *s, size_t left) {
  size_t n = s[0] < 0x80   ? 1
             : s[0] < 0xc2 ? 0
             : s[0] < 0xe0 ? 2
             : s[0] < 0xf0 ? 3
             : s[0] < 0xf5 ? 4
                           : 0;
  size_t i;
  if (n > left)
    return 0;
  for (i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0) /* C1 controls drive terminals too */
    return 0;
  if (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)))
    return 0;
  if (n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)))
    return 0;
  return n;
}

static size_t escape_one(char out[5], unsigned char c) {
  const char *names = "n\nr\rt\t", *at;
  for (at = names; *at; at += 2)
    if ((unsigned char) at[1] == c)
      return (size_t) snprintf(out, 5, "\\%c", at[0]);
  return (size_t) snprintf(out, 5, "\\x%02x", c);
}

size_t fcl__escape(char *out, size_t cap, const char *text, size_t len) {
  const unsigned char *s = (const unsigned char *) text;
  size_t at = 0, i = 0;
  if (cap == 0)
    return 0;
  while (i < len) {
    char one[5];
    size_t n = utf8_len(s + i, len - i), wide = n;
    const char *from = text + i;
    if (n == 0 || s[i] < 0x20 || s[i] == 0x7f) {
      wide = escape_one(one, s[i]);
      from = one;
      n = 1;
    }
    if (at + wide >= cap)
      break;
    memcpy(out + at, from, wide);
    at += wide;
    i += n;
  }
  out[at] = 0;
  return at;
}

/* Formats first, writes then: the arguments may be e->text itself. */
static void put(fcl_error *e, size_t at, const char *fmt, va_list args) {
  char raw[sizeof e->text];
  int n = vsnprintf(raw, sizeof raw, fmt, args);
  size_t len = n < 0 ? 0 : (size_t) n < sizeof raw ? (size_t) n : sizeof raw - 1;
  fcl__escape(e->text + at, sizeof e->text - at, raw, len);
}

void fcl__error_append(fcl_error *e, const char *fmt, ...) {
  va_list args;
  if (e == NULL)
    return;
  va_start(args, fmt);
  put(e, strlen(e->text), fmt, args);
  va_end(args);
}

fcl_code fcl__error_setx(fcl_error *e, fcl_code code, int sys, const char *fmt, ...) {
  va_list args;
  if (e == NULL)
    return code;
  va_start(args, fmt);
  put(e, 0, fmt, args);
  va_end(args);
  e->code = code;
  e->sys = sys;
  return code;
}

fcl_code fcl__error_set(fcl_error *e, fcl_code code, int sys, const char *fmt, ...) {
  char words[512];
  va_list args;
  if (e == NULL)
    return code;
  va_start(args, fmt);
  put(e, 0, fmt, args);
  va_end(args);
  e->code = code;
  e->sys = sys;
  fcl__error_append(e, ": %s", fcl__system_words(sys, words, sizeof words));
  return code;
}
