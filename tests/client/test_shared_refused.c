/* test_shared_refused.c: applications that refuse to share (CANT_MPX_CONN) or to serve more
 * (OVERLOADED), and settings that cannot be. */
#include "client/shared.h"

/* ---- Refused ---- */

/* As libfcgi does: what comes second on a connection is refused. */
static void refuse_second(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 2);
  send_end(s, 2, FCL_CANT_MPX_CONN);
  fcl_script_flush(s);
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  fcl_script_flush(s);
  fcl_script_use(s, 1);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  fcl_script_read_eof(s); /* nobody shares it any more */
}

START_TEST(who_cannot_share_gets_one_request_on_a_connection) {
  start(refuse_second, 0);
  get_all(2);
  wait_all(2);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_uint_eq(xs[1].result.tries, 2);
  ck_assert_msg(strstr(w.sentence, "CANT_MPX_CONN") != NULL, "%s", w.sentence);
}
END_TEST

static void refuse_body(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 1);
  fcl_script_read_begin(s);
  fcl_script_read_body(s, 1000);
  send_end(s, 2, FCL_CANT_MPX_CONN);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
}

START_TEST(one_whose_body_has_gone_is_told_so) {
  start(refuse_body, 0);
  exchange_get(&xs[0], &w);
  upload_start(&u, &w, 1000, 1000);
  exchange_wait(&xs[0]);
  upload_wait(&u);
  ck_assert_done(&xs[0]);
  ck_assert_error(&u.x, FCL_E_OVERLOADED, "when part of its body had gone");
  ck_assert_int_eq(u.x.result.protocol_status, FCL_CANT_MPX_CONN);
}
END_TEST

static void refuse_third(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_requests(s, 3);
  send_end(s, 3, FCL_IS_OVERLOADED);
  fcl_script_flush(s);
  answer_id(s, 1, HELLO);
  fcl_script_flush(s);
  read_requests(s, 1);
  fcl_script_answer(s, HELLO);
  answer_id(s, 2, HELLO);
  fcl_script_flush(s);
}

START_TEST(who_is_overloaded_gets_as_many_as_it_bore) {
  w.options.max_connections = 1;
  start(refuse_third, 0);
  get_all(3);
  wait_all(3);
  ck_assert_done(&xs[0]);
  ck_assert_done(&xs[1]);
  ck_assert_done(&xs[2]);
  ck_assert_msg(strstr(w.sentence, "2 at a time") != NULL, "%s", w.sentence);
}
END_TEST

/* ---- Settings ---- */

START_TEST(settings_that_cannot_be_are_refused) {
  fcl_pool_options o = {0};
  const char *addresses[] = {system_nowhere, NULL};
  fcl_pool *p;
  fcl_error e;
  start(NULL, 0);
  o.addresses = addresses;
  o.per_connection = 65536;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert(strstr(e.text, "65535") != NULL);
  o.per_connection = 2;
  o.new_connection_each = 1;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
  ck_assert(strstr(e.text, "new_connection_each") != NULL);
  o.per_connection = FCL_AUTO;
  ck_assert_int_eq(fcl_pool_new(&p, w.client, &o, &e), FCL_E_CONFIG);
}
END_TEST

static TCase *refusals(void) {
  TCase *t = shared_case("refusals and settings");
  tcase_add_test(t, who_cannot_share_gets_one_request_on_a_connection);
  tcase_add_test(t, one_whose_body_has_gone_is_told_so);
  tcase_add_test(t, who_is_overloaded_gets_as_many_as_it_bore);
  tcase_add_test(t, settings_that_cannot_be_are_refused);
  return t;
}

int main(void) {
  TCase *t = refusals();
  return test_suite_run("shared_refused", &t, 1);
}
