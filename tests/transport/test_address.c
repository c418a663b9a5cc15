/* test_address.c: every form of an address that each system has, and every refusal. */
#include "transport/address_reading.h"
#include <string.h>

START_TEST(ipv4_is_read) {
  const struct sockaddr_in *ip = (const struct sockaddr_in *) &a.ip;
  read_it("tcp:127.0.0.1:9000");
  ck_assert_int_eq(a.kind, FCL__ADDRESS_IP);
  ck_assert_int_eq(ip->sin_family, AF_INET);
  ck_assert_uint_eq(ntohl(ip->sin_addr.s_addr), 0x7f000001);
  ck_assert_uint_eq(ntohs(ip->sin_port), 9000);
}
END_TEST

START_TEST(ipv6_is_read_in_brackets) {
  const struct sockaddr_in6 *ip = (const struct sockaddr_in6 *) &a.ip;
  static const unsigned char loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  read_it("tcp:[::1]:65535");
  ck_assert_int_eq(a.kind, FCL__ADDRESS_IP);
  ck_assert_int_eq(ip->sin6_family, AF_INET6);
  ck_assert_mem_eq(&ip->sin6_addr, loopback, 16);
  ck_assert_uint_eq(ntohs(ip->sin6_port), 65535);
}
END_TEST

START_TEST(a_host_name_is_kept_to_be_resolved) {
  read_it("tcp:app.example.org:1");
  ck_assert_int_eq(a.kind, FCL__ADDRESS_NAME);
  ck_assert_str_eq(a.host, "app.example.org");
  ck_assert_str_eq(a.port, "1");
}
END_TEST

START_TEST(a_host_name_has_255_bytes_at_most) {
  char text[300] = "tcp:";
  memset(text + 4, 'h', 255);
  strcpy(text + 4 + 255, ":80");
  read_it(text);
  ck_assert_uint_eq(strlen(a.host), 255);
  memset(text + 4, 'h', 256);
  strcpy(text + 4 + 256, ":80");
  refuse(text, "no host with a port");
}
END_TEST

static const struct {
  const char *text, *words;
} refusals[] = {
    {"", "of no known kind"},
    {"http://localhost", "of no known kind"},
    {"tcp:", "a port from 1 to 65535"},
    {"tcp:host", "a port from 1 to 65535"},
    {"tcp:host:", "a port from 1 to 65535"},
    {"tcp::9000", "a port from 1 to 65535"},
    {"tcp:host:0", "a port from 1 to 65535"},
    {"tcp:host:65536", "a port from 1 to 65535"},
    {"tcp:host:-1", "a port from 1 to 65535"},
    {"tcp:host:+80", "a port from 1 to 65535"},
    {"tcp:host: 80", "a port from 1 to 65535"},
    {"tcp:host:80 ", "a port from 1 to 65535"},
    {"tcp:host:0x50", "a port from 1 to 65535"},
    {"tcp:host:99999999999999999999", "a port from 1 to 65535"},
    {"tcp:host:http", "a port from 1 to 65535"},
    {"tcp:[::1]", "a port from 1 to 65535"},
    {"tcp:[::1:9000", "a port from 1 to 65535"},
    {"tcp:[::1]9000", "a port from 1 to 65535"},
    {"tcp:[]:9000", "a port from 1 to 65535"},
    {"tcp:::1:9000", "tcp:[ipv6]:port"},
    {"tcp:[host]:9000", "tcp:[ipv6]:port"},
    {"tcp:[127.0.0.1]:9000", "tcp:[ipv6]:port"},
    {"tcp:[::1]x:9000", "a port from 1 to 65535"},
    {"tcp:ho st:9000", "host"},
    {"tcp:host/path:9000", "host"},
};

START_TEST(what_is_no_address_is_refused_with_the_forms_there_are) {
  refuse(refusals[_i].text, refusals[_i].words);
  ck_assert_msg(strstr(e.text, refusals[_i].text) != NULL, "it is not shown: %s", e.text);
}
END_TEST

START_TEST(controls_in_an_address_are_escaped) {
  refuse("tcp:ho\nst", "ho\\nst");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("address");
  tcase_add_test(t, ipv4_is_read);
  tcase_add_test(t, ipv6_is_read_in_brackets);
  tcase_add_test(t, a_host_name_is_kept_to_be_resolved);
  tcase_add_test(t, a_host_name_has_255_bytes_at_most);
  tcase_add_loop_test(t, what_is_no_address_is_refused_with_the_forms_there_are, 0,
                      sizeof refusals / sizeof *refusals);
  tcase_add_test(t, controls_in_an_address_are_escaped);
  return test_suite_run("address", &t, 1);
}
