/* test_head_meaning.c: what Status, Location and Content-Length mean, and fields that are looked
 * up. */
#include "codec/head_world.h"

/* ---- Status ---- */

static const told_case statuses[] = {/* KF-070 */
                                     {"Status: 404\n\n", "404 "},
                                     {"Status: 404 \n\n", "404 "},
                                     {"Status: 404 Not Found\n\n", "404 Not Found"},
                                     {"Status: 404\tX\n\n", "404 X"},
                                     {"Status: 404  Not  Found \r\n\r\n", "404 Not  Found"},
                                     {"Status:200\n\n", "200 "},
                                     {"Status: 999\n\n", "999 "},
                                     {"Status:\nStatus: 204 No Content\n\n", "204 No Content"},
                                     {"Status: 204 No Content\nStatus: \n\n", "204 No Content"},
                                     {"Status:\nContent-Type: t/x\n\n", "200 |Content-Type=t/x"}};

START_TEST(a_status_may_have_a_reason_or_not) {
  parse(statuses[_i].text);
  ck_assert_str_eq(told(), statuses[_i].told);
}
END_TEST

static const told_case bad_statuses[] = {/* KF-086 */
                                         {"40", "does not begin with three digits and a blank"},
                                         {"4040", "does not begin with three digits and a blank"},
                                         {"404X", "does not begin with three digits and a blank"},
                                         {"OK", "does not begin with three digits and a blank"},
                                         {"-20", "does not begin with three digits and a blank"},
                                         {"+200 OK",
                                          "does not begin with three digits and a blank"},
                                         {"2 00", "does not begin with three digits and a blank"},
                                         {"HTTP/1.1 200 OK",
                                          "does not begin with three digits and a blank"},
                                         {"000", NULL},
                                         {"100 Continue", NULL},
                                         {"101 Switching Protocols", NULL},
                                         {"199", NULL}};

START_TEST(a_status_is_three_digits_from_200) {
  const told_case *c = &bad_statuses[_i];
  char text[100], sentence[200];
  snprintf(text, sizeof text, "X-A: 1\nStatus: %s\n\n", c->text);
  if (c->told)
    snprintf(sentence, sizeof sentence,
             "line 2 of the response head has a Status that %s: \"Status: %s\"", c->told, c->text);
  else
    snprintf(sentence, sizeof sentence,
             "line 2 of the response head has a Status below 200, which is no final response: "
             "\"Status: %s\"",
             c->text);
  assert_refused(text, sentence);
}
END_TEST

/* RFC 3875 section 6.2 wants one of Content-Type, Location and Status.  PHP:
 * header("Content-Type:") leaves none of them, and other servers take that for 200. */
static const told_case plain_heads[] = {
    {"X-Powered-By: PHP/8.2\r\nContent-Type:\r\n\r\n", "200 |X-Powered-By=PHP/8.2|Content-Type="},
    {"X-A: 1\nSet-Cookie: a=1\n\n", "200 |X-A=1|Set-Cookie=a=1"},
    {"Content-Type:\nStatus: \nLocation:\n\n", "200 |Content-Type="},
    {"Connection: close\n\n", "200 "}};

START_TEST(a_head_without_Status_and_Location_is_200) {
  parse(plain_heads[_i].text);
  ck_assert_str_eq(told(), plain_heads[_i].told);
}
END_TEST

/* ---- Location ---- */

static const told_case locations[] =
    {/* KF-072, KF-077: told, never followed */
     {"Location: /other?x=1\n\n", "302 |Location=/other?x=1|local"},
     {"Location: /\n\n", "302 |Location=/|local"},
     {"Location: /other\nX-A: 1\nx-b: 2\nConnection: close\n\n",
      "302 |Location=/other|X-A=1|x-b=2|local"},
     {"X-A: 1\nLocation: /other\n\n", "302 |X-A=1|Location=/other|local"},
     {"Location: /other\nStatus:\n\n", "302 |Location=/other|local"},
     {"Location: /other\nContent-Type: t/x\n\n", "302 |Location=/other|Content-Type=t/x"},
     {"Content-Type: t/x\nLocation: /other\n\n", "302 |Content-Type=t/x|Location=/other"},
     {"Location: /other\nContent-Type:\n\n", "302 |Location=/other|Content-Type="},
     {"Location: /other\nContent-Length: 0\n\n", "302 |Location=/other|Content-Length=0"},
     {"Location: /other\nSet-Cookie: a=1\n\n", "302 |Location=/other|Set-Cookie=a=1"},
     {"Location: /other\nStatus: 303 See\n\n", "303 See|Location=/other"},
     {"Status: 200\nLocation: /other\n\n", "200 |Location=/other"},
     {"Location: http://a/b\n\n", "302 |Location=http://a/b"},
     {"Location: http://a/b\nX-A: 1\n\n", "302 |Location=http://a/b|X-A=1"},
     {"Location: //a/b\n\n", "302 |Location=//a/b"},
     {"Location: other.php\n\n", "302 |Location=other.php"},
     {"Status: 301 Moved\nLocation: http://a/b\nContent-Type: t/x\n\n",
      "301 Moved|Location=http://a/b|Content-Type=t/x"},
     {"Location: http://a/b\nContent-Type: t/x\nStatus: 307\n\n",
      "307 |Location=http://a/b|Content-Type=t/x"},
     {"Status: 201 Created\nLocation: http://a/b\n\n", "201 Created|Location=http://a/b"},
     {"Location:\nContent-Type: t/x\n\n", "200 |Content-Type=t/x"}, /* empty: not sent */
     {"Location: \nLocation: /a\n\n", "302 |Location=/a|local"}};

START_TEST(a_location_is_a_redirect_of_the_server_or_of_the_client) {
  parse(locations[_i].text);
  ck_assert_str_eq(told(), locations[_i].told);
}
END_TEST

/* ---- Content-Length ---- */

START_TEST(a_content_length_is_told) { /* KF-093: 64 bits */
  static const struct {
    const char *text;
    int64_t length;
  } lengths[] = {{"0", 0},
                 {"00042 ", 42},
                 {"4294967296", 4294967296},
                 {"9223372036854775807", INT64_MAX},
                 {"000000000000000000000000007", 7}};
  char text[100];
  snprintf(text, sizeof text, "Content-Type: a/b\r\nContent-Length: %s\r\n\r\n", lengths[_i].text);
  parse(text);
  ck_assert_int_eq(head.content_length, lengths[_i].length);
}
END_TEST

static const told_case bad_lengths[] =
    {/* KF-074 */
     {"+5", "has a Content-Length that is not all digits"},
     {"5,5", "has a Content-Length that is not all digits"},
     {"5, 5", "has a Content-Length that is not all digits"},
     {"0x5", "has a Content-Length that is not all digits"},
     {"5 5", "has a Content-Length that is not all digits"},
     {"-1", "has a Content-Length that is not all digits"},
     {"5;", "has a Content-Length that is not all digits"},
     {"\xd9\xa5", "has a Content-Length that is not all digits"},
     {"9223372036854775808", "has a Content-Length above 2^63 - 1"},
     {"18446744073709551617", "has a Content-Length above 2^63 - 1"},
     {"99999999999999999999", "has a Content-Length above 2^63 - 1"},
     {"", "has an empty Content-Length"}};

START_TEST(a_content_length_is_digits_up_to_63_bits) {
  const told_case *c = &bad_lengths[_i];
  char text[100], sentence[200];
  snprintf(text, sizeof text, "Content-Length:%s\nContent-Type: a/b\n\n", c->text);
  snprintf(sentence, sizeof sentence, "line 1 of the response head %s: \"Content-Length:%s\"",
           c->told, c->text);
  assert_refused(text, sentence);
}
END_TEST

/* ---- fcl_head_get ---- */

START_TEST(a_field_is_found_by_its_name_in_any_case) {
  fcl_slice value;
  parse("Content-Type: a/b\nX-A: 1\nX-A: 2\nX-AB: 3\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "content-TYPE", &value), 1);
  ck_assert_mem_eq(value.base, "a/b", 3);
  ck_assert_int_eq(fcl_head_get(&head, "x-ab", &value), 1);
  ck_assert_mem_eq(value.base, "3", 1);
}
END_TEST

START_TEST(the_first_of_several_fields_is_found) {
  fcl_slice value;
  parse("Content-Type: a/b\nX-A: 1\nX-A: 2\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "X-A", &value), 1);
  ck_assert_mem_eq(value.base, "1", 1);
}
END_TEST

START_TEST(a_field_that_is_not_there_is_not_found) {
  fcl_slice value = {"untouched", 9};
  parse("Content-Type: a/b\nX-A: 1\n\n");
  ck_assert_int_eq(fcl_head_get(&head, "X-", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "X-A-", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "", &value), 0);
  ck_assert_int_eq(fcl_head_get(&head, "X-@", &value), 0); /* not a letter's other case */
  ck_assert_uint_eq(value.len, 9);
}
END_TEST

int main(void) {
  TCase *t = head_world_case("head meaning");
  tcase_add_loop_test(t, a_status_may_have_a_reason_or_not, 0, COUNT(statuses));
  tcase_add_loop_test(t, a_head_without_Status_and_Location_is_200, 0, COUNT(plain_heads));
  tcase_add_loop_test(t, a_status_is_three_digits_from_200, 0, COUNT(bad_statuses));
  tcase_add_loop_test(t, a_location_is_a_redirect_of_the_server_or_of_the_client, 0,
                      COUNT(locations));
  tcase_add_loop_test(t, a_content_length_is_told, 0, 5);
  tcase_add_loop_test(t, a_content_length_is_digits_up_to_63_bits, 0, COUNT(bad_lengths));
  tcase_add_test(t, a_field_is_found_by_its_name_in_any_case);
  tcase_add_test(t, the_first_of_several_fields_is_found);
  tcase_add_test(t, a_field_that_is_not_there_is_not_found);
  return test_suite_run("head_meaning", &t, 1);
}
