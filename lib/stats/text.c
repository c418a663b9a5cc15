/* text.c: a text that grows; running out of memory sticks. */
#include "stats/stats.h"
#include <stdio.h>
#include <string.h>

static int reserve(fcl__out *out, size_t more) {
  size_t cap = out->cap ? out->cap : 4096;
  char *base;
  while (cap - out->len <= more)
    cap *= 2;
  if (cap == out->cap)
    return 1;
  base = fcl__realloc(out->memory, out->base, cap);
  if (base == NULL)
    return 0;
  out->base = base;
  out->cap = cap;
  return 1;
}

void fcl__out_add(fcl__out *out, const char *bytes, size_t len) {
  if (out->has_failed || !reserve(out, len)) {
    out->has_failed = 1;
    return;
  }
  memcpy(out->base + out->len, bytes, len);
  out->len += len;
  out->base[out->len] = 0;
}

void fcl__out_text(fcl__out *out, const char *text) {
  fcl__out_add(out, text, strlen(text));
}

void fcl__out_number(fcl__out *out, uint64_t n) {
  char digits[24];
  fcl__out_add(out, digits,
               (size_t) snprintf(digits, sizeof digits, "%llu", (unsigned long long) n));
}

void fcl__out_seconds(fcl__out *out, uint64_t n, unsigned per) {
  char digits[48];
  int places = per == 1000 ? 3 : per == 1000000 ? 6 : 0, len;
  if (places == 0) {
    fcl__out_number(out, n);
    return;
  }
  len = snprintf(digits, sizeof digits, "%llu.%0*llu", (unsigned long long) (n / per), places,
                 (unsigned long long) (n % per));
  while (digits[len - 1] == '0')
    len--;
  len -= digits[len - 1] == '.';
  fcl__out_add(out, digits, (size_t) len);
}

void fcl__out_quoted(fcl__out *out, const char *text) {
  fcl__out_add(out, "\"", 1);
  while (*text) {
    size_t plain = strcspn(text, "\"\\");
    fcl__out_add(out, text, plain);
    text += plain;
    if (*text == 0)
      break;
    fcl__out_add(out, "\\", 1);
    fcl__out_add(out, text++, 1);
  }
  fcl__out_add(out, "\"", 1);
}
