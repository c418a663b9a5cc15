/* json.c: JSON by cJSON. */
#include "json.h"
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

int fcgi_read_json(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  return fcgi_read_flag(syntax, what, to, value);
}

/* ---- Text ---- */

/* The length of the UTF-8 sequence (RFC 3629) at `p`; 0: it is none. */
static size_t sequence(const unsigned char *p, size_t left) {
  size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4, i;
  if (p[0] > 0xf4 || n > left || n == 0)
    return 0;
  if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
      (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
    return 0;
  for (i = 1; i < n; i++)
    if ((p[i] & 0xc0) != 0x80)
      return 0;
  return n;
}

static int is_text(fcl_slice s) {
  const unsigned char *p = (const unsigned char *) s.base, *end = p + s.len;
  size_t n;
  for (; p < end; p += n)
    if ((n = *p ? sequence(p, (size_t) (end - p)) : 0) == 0)
      return 0;
  return 1;
}

/* NUL-terminated, and UTF-8 for certain. */
static char *to_text(fcl_slice s) {
  const unsigned char *p = (const unsigned char *) s.base, *end = p + s.len;
  int is_utf8 = is_text(s);
  char *out = malloc(2 * s.len + 1), *at = out;
  for (; out && p < end && *p; p++)
    if (is_utf8 || *p < 0x80) {
      *at++ = (char) *p;
    } else {
      *at++ = (char) (0xc0 | *p >> 6);
      *at++ = (char) (0x80 | (*p & 0x3f));
    }
  if (out)
    *at = 0;
  return out;
}

static char *to_base64(fcl_slice s) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *p = (const unsigned char *) s.base;
  char *out = malloc((s.len + 2) / 3 * 4 + 1), *at = out;
  size_t i;
  for (i = 0; out && i < s.len; i += 3) {
    size_t left = s.len - i;
    unsigned bits = (unsigned) p[i] << 16 | (left > 1 ? (unsigned) p[i + 1] << 8 : 0) |
                    (left > 2 ? p[i + 2] : 0);
    *at++ = digits[bits >> 18];
    *at++ = digits[bits >> 12 & 63];
    *at++ = left > 1 ? digits[bits >> 6 & 63] : '=';
    *at++ = left > 2 ? digits[bits & 63] : '=';
  }
  if (out)
    *at = 0;
  return out;
}

/* ---- Building ---- */

static cJSON *real(fcgi_json *json) {
  return (cJSON *) (void *) json;
}

fcgi_json *fcgi_json_object(void) {
  return (fcgi_json *) (void *) cJSON_CreateObject();
}

fcgi_json *fcgi_json_array(void) {
  return (fcgi_json *) (void *) cJSON_CreateArray();
}

static void add(fcgi_json *to, const char *name, cJSON *item) {
  int is_added =
      to && item &&
      (name ? cJSON_AddItemToObject(real(to), name, item) : cJSON_AddItemToArray(real(to), item));
  if (!is_added)
    cJSON_Delete(item);
}

void fcgi_json_add(fcgi_json *to, const char *name, fcgi_json *part) {
  add(to, name, real(part));
}

void fcgi_json_number(fcgi_json *to, const char *name, double value) {
  add(to, name, cJSON_CreateNumber(value));
}

void fcgi_json_bool(fcgi_json *to, const char *name, int value) {
  add(to, name, cJSON_CreateBool(value));
}

void fcgi_json_null(fcgi_json *to, const char *name) {
  add(to, name, cJSON_CreateNull());
}

static void add_string(fcgi_json *to, const char *name, char *string) {
  add(to, name, string ? cJSON_CreateString(string) : NULL);
  free(string);
}

void fcgi_json_text(fcgi_json *to, const char *name, fcl_slice value) {
  add_string(to, name, to_text(value));
}

void fcgi_json_bytes(fcgi_json *to, const char *name, fcl_slice value) {
  char longer[64];
  if (is_text(value)) {
    add_string(to, name, to_text(value));
    return;
  }
  snprintf(longer, sizeof longer, "%s_base64", name);
  add_string(to, longer, to_base64(value));
}

int fcgi_json_print(fcgi_json *json, FILE *out) {
  char *line = cJSON_PrintUnformatted(real(json));
  int is_out = line && fprintf(out, "%s\n", line) >= 0 && fflush(out) == 0;
  cJSON_free(line);
  cJSON_Delete(real(json));
  return is_out;
}
