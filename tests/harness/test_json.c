/* test_json.c: bytes of an answer in JSON: text where they are UTF-8, else base64. */
#include "support/suite.h"
#include "json.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void fcgi_say(const char *format, ...) {
}

int fcgi_read_flag(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  return 0;
}

static char *printed;

static const char *print(fcgi_json *json) {
  size_t len;
  FILE *out;
  free(printed);
  out = open_memstream(&printed, &len);
  ck_assert_int_eq(fcgi_json_print(json, out), 1);
  fclose(out);
  return printed;
}

static void teardown(void) {
  free(printed);
  printed = NULL;
}

static fcl_slice slice(const char *s, size_t len) {
  fcl_slice t;
  t.base = s;
  t.len = len;
  return t;
}
#define LITERAL(s) slice((s), sizeof(s) - 1)

static const struct {
  const char *bytes;
  size_t len;
  const char *json;
} vectors[] = {
#define VECTOR(bytes, json)                                                                        \
  { bytes, sizeof(bytes) - 1, json "\n" }
    VECTOR("", "{\"x\":\"\"}"),
    VECTOR("a\"b\n", "{\"x\":\"a\\\"b\\n\"}"),
    VECTOR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
           "{\"x\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}"),
    VECTOR("\0", "{\"x_base64\":\"AA==\"}"), /* a NUL is no text for C */
    /* RFC 4648 section 10, made no text by the byte in front */
    VECTOR("\xff", "{\"x_base64\":\"/w==\"}"),
    VECTOR("\xff\xfe", "{\"x_base64\":\"//4=\"}"),
    VECTOR("\xff\xfe\xfd", "{\"x_base64\":\"//79\"}"),
    /* RFC 3629 section 3: overlong, surrogates, beyond U+10FFFF, cut */
    VECTOR("\xc0\xaf", "{\"x_base64\":\"wK8=\"}"),
    VECTOR("\xe0\x80\xaf", "{\"x_base64\":\"4ICv\"}"),
    VECTOR("\xed\xa0\x80", "{\"x_base64\":\"7aCA\"}"),
    VECTOR("\xf4\x90\x80\x80", "{\"x_base64\":\"9JCAgA==\"}"),
    VECTOR("\xe2\x82", "{\"x_base64\":\"4oI=\"}"),
    VECTOR("\xe2\x82zz", "{\"x_base64\":\"4oJ6eg==\"}"),
};

START_TEST(bytes_are_text_or_base64) {
  fcgi_json *o = fcgi_json_object();
  fcgi_json_bytes(o, "x", slice(vectors[_i].bytes, vectors[_i].len));
  ck_assert_str_eq(print(o), vectors[_i].json);
}
END_TEST

START_TEST(text_of_another_encoding_is_taken_as_iso_8859_1) {
  fcgi_json *o = fcgi_json_array();
  fcgi_json_text(o, NULL, LITERAL("gr\xfc\xdf"));
  ck_assert_str_eq(print(o), "[\"gr\xc3\xbc\xc3\x9f\"]\n");
}
END_TEST

START_TEST(parts_and_numbers_stand_in_order) {
  fcgi_json *o = fcgi_json_object(), *list = fcgi_json_array();
  fcgi_json_number(list, NULL, 1);
  fcgi_json_bool(list, NULL, 1);
  fcgi_json_null(list, NULL);
  fcgi_json_add(o, "list", list);
  fcgi_json_number(o, "large", 123456789012.0);
  ck_assert_str_eq(print(o), "{\"list\":[1,true,null],\"large\":123456789012}\n");
}
END_TEST

START_TEST(nothing_is_added_where_there_was_no_memory) {
  fcgi_json_add(NULL, "x", fcgi_json_object());
  fcgi_json_text(NULL, "x", LITERAL("text"));
  ck_assert_int_eq(fcgi_json_print(NULL, stdout), 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("json");
  tcase_add_checked_fixture(t, NULL, teardown);
  tcase_add_loop_test(t, bytes_are_text_or_base64, 0, (int) (sizeof vectors / sizeof *vectors));
  tcase_add_test(t, text_of_another_encoding_is_taken_as_iso_8859_1);
  tcase_add_test(t, parts_and_numbers_stand_in_order);
  tcase_add_test(t, nothing_is_added_where_there_was_no_memory);
  return test_suite_run("json", &t, 1);
}
