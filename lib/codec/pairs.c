/* pairs.c: name-value pairs, with lengths of one byte up to 127 and of four bytes above (§3.4). */
#include <fcgiclient/codec.h>
#include <string.h>

static size_t length_size(size_t len) {
  return len < 128 ? 1 : 4;
}

static uint8_t *put_length(uint8_t *out, size_t len) {
  if (len < 128) {
    *out++ = (uint8_t) len;
    return out;
  }
  *out++ = (uint8_t) (len >> 24 | 0x80);
  *out++ = (uint8_t) (len >> 16);
  *out++ = (uint8_t) (len >> 8);
  *out++ = (uint8_t) len;
  return out;
}

static uint8_t *put_text(uint8_t *out, fcl_slice text) {
  if (text.len > 0) /* base may be NULL */
    memcpy(out, text.base, text.len);
  return out + text.len;
}

size_t fcl_pair_size(size_t name_len, size_t value_len) {
  return length_size(name_len) + length_size(value_len) + name_len + value_len;
}

uint8_t *fcl_put_pair(uint8_t *out, fcl_slice name, fcl_slice value) {
  out = put_length(out, name.len);
  out = put_length(out, value.len);
  out = put_text(out, name);
  return put_text(out, value);
}

/* The length at `in`, whose form the first byte tells; returns the byte behind it, or NULL when it
 * is cut. */
static const uint8_t *get_length(const uint8_t *in, const uint8_t *end, size_t *len) {
  if (in == end)
    return NULL;
  *len = in[0];
  if (in[0] < 128)
    return in + 1;
  if (end - in < 4)
    return NULL;
  *len = (size_t) (in[0] & 0x7f) << 24 | (size_t) in[1] << 16 | (size_t) in[2] << 8 | in[3];
  return in + 4;
}

int fcl_get_pair(const char **p, const char *end, fcl_slice *name, fcl_slice *value) {
  const uint8_t *in = (const uint8_t *) *p, *stop = (const uint8_t *) end;
  size_t name_len = 0, value_len = 0;
  in = get_length(in, stop, &name_len);
  in = in ? get_length(in, stop, &value_len) : NULL;
  if (in == NULL || name_len > (size_t) (stop - in) ||
      value_len >
          (size_t) (stop - in) - name_len) /* no sum: it could wrap where size_t has 32 bits */
    return 0;
  name->base = (const char *) in;
  name->len = name_len;
  value->base = name->base + name_len;
  value->len = value_len;
  *p = value->base + value_len;
  return 1;
}
