/* test_iis.c: what IIS has and Apache has not: heads and bodies in one piece, pages that stay ours,
   a word about full queues, and unloading that may be refused. */
#include "site.h"
#include <uv.h>

static void ini(const char *settings) {
  char text[900];
  snprintf(text, sizeof text, "[Types]\ntest=App\n[App]\nExePath=" APP "\n%s", settings);
  site_write("fcgiext.ini", text);
}

/* ---- Heads ---- */

START_TEST(a_head_goes_out_with_its_body_where_its_length_is_known) { /* loop: kinds */
  x.kind = (server_kind) _i;
  site_get("size=100000&length=1");
  ck_assert_uint_ne(x.flags & HSE_IO_SEND_HEADERS, 0);
  ck_assert_uint_eq(x.heads, 1);
  site_expect_pattern(&x, 100000);
}
END_TEST

START_TEST(a_head_without_a_length_goes_out_alone) {
  site_get("size=10");
  ck_assert_uint_eq(x.flags, 0);
  site_expect_pattern(&x, 10);
}
END_TEST

START_TEST(a_head_without_a_body_goes_out_at_the_end) { /* loop: kinds */
  x.kind = (server_kind) _i;
  site_get("size=0&length=1");
  ck_assert_str_eq(x.status, "200 OK");
  ck_assert_uint_ne(x.flags & HSE_IO_FINAL_SEND, 0);
  ck_assert_uint_eq(x.out_len, 0);
}
END_TEST

START_TEST(before_IIS_6_heads_go_out_alone) {
  x.version = 0x50001;
  site_get("size=10&length=1");
  ck_assert_uint_eq(x.flags, 0);
  site_expect_pattern(&x, 10);
}
END_TEST

START_TEST(the_body_of_an_error_stays_the_applications) { /* loop: its length is known, or not */
  site_get(_i ? "size=10&status=500%20Sorry&length=1" : "size=10&status=500%20Sorry");
  ck_assert_str_eq(x.status, "500 Sorry");
  ck_assert_uint_ne(x.flags & HSE_IO_TRY_SKIP_CUSTOM_ERRORS, 0);
  site_expect_pattern(&x, 10);
}
END_TEST

START_TEST(a_page_of_our_own_stays_ours) {
  site_get("exit=3&before=1");
  ck_assert_str_eq(x.status, "502 Bad Gateway");
  ck_assert_uint_ne(x.flags & HSE_IO_TRY_SKIP_CUSTOM_ERRORS, 0);
}
END_TEST

START_TEST(an_application_that_fails_before_its_body_is_a_page) { /* loop: kinds */
  x.kind = (server_kind) _i;
  site_get("size=1&exit=3&length=1");
  ck_assert_str_eq(x.status, "502 Bad Gateway");
  ck_assert_uint_eq(x.heads, 1);
  ck_assert_int_eq(x.is_cut, 0);
}
END_TEST

/* ---- What IIS calls it ---- */

START_TEST(an_application_that_fails_too_often_is_500) {
  int i;
  ini("RapidFailsPerMinute=2\n");
  for (i = 0; i < 3; i++) {
    x.out_len = x.heads = 0;
    site_get("exit=3&before=1");
  }
  ck_assert_str_eq(x.status, "500 Internal Server Error");
}
END_TEST

/* ---- A full queue, and an end ---- */

/* A request that stays until the extension ends. */
typedef struct guest {
  exchange x;
  uv_thread_t thread;
} guest;

#define AT_ONCE "SignalBeforeTerminateSeconds=0\n" /* processes end, whatever they do */

static void stay(void *of) {
  server_run(of);
}

static void begin_guest(guest *g, const char *query) {
  g->x = x;
  g->x.out = NULL;
  g->x.out_len = g->x.heads = 0;
  g->x.query = query;
  uv_thread_create(&g->thread, stay, &g->x);
}

static BOOL terminate_module(DWORD how) {
  BOOL(WINAPI * terminate)(DWORD) = (BOOL(WINAPI *)(DWORD)) server_symbol("TerminateExtension");
  return terminate(how);
}

enum { GUESTS = 3 };
static guest guests[GUESTS];

#define ONE_AND_ONE AT_ONCE "MaxInstances=1\nQueueLength=1\n"

/* Two requests hang, one in the application's hand and one in the queue; the third is one too many.
   Which of them is does not matter: when it is refused, the others are in. */
static void begin_guests(const char *settings) {
  int i;
  ini(settings);
  site_get("size=1");
  for (i = 0; i < GUESTS; i++)
    begin_guest(&guests[i], "hang=1");
  while (server_ended() < 2) /* the first of all, and the one that was refused */
    uv_sleep(1);
}

static void end_guests(void) {
  int i;
  for (i = 0; i < GUESTS; i++) {
    uv_thread_join(&guests[i].thread);
    ck_assert_str_eq(guests[i].x.fault, "");
    ck_assert_str_eq(guests[i].x.status, "503 Service Unavailable");
    server_free(&guests[i].x);
  }
}

START_TEST(a_full_queue_is_unhealthy_where_that_is_asked_for) { /* loop: it is, or it is not */
  int i, refused = 0, unhealthy = 0;
  x.kind = SERVER_LATER;
  begin_guests(_i ? ONE_AND_ONE "UnhealthyOnQueueFull=1\n" : ONE_AND_ONE);
  ck_assert_int_eq(terminate_module(HSE_TERM_MUST_UNLOAD), TRUE);
  end_guests();
  for (i = 0; i < GUESTS; i++) {
    refused += strstr(guests[i].x.log, "too many") != NULL;
    unhealthy += guests[i].x.unhealthy[0] != 0;
  }
  ck_assert_int_eq(refused, 1);
  ck_assert_int_eq(unhealthy, _i);
}
END_TEST

START_TEST(an_advisory_end_is_refused_while_there_are_requests) { /* loop: kinds */
  x.kind = (server_kind) _i;
  begin_guests(ONE_AND_ONE);
  ck_assert_int_eq(terminate_module(HSE_TERM_ADVISORY_UNLOAD), FALSE);
  ck_assert_uint_eq(server_ended(), 2);
  ck_assert_int_eq(terminate_module(HSE_TERM_MUST_UNLOAD), TRUE); /* and ends them with 503 */
  end_guests();
}
END_TEST

START_TEST(what_it_says_on_stderr_is_logged_while_it_is_silent) {
  guest *g = &guests[0];
  ini(AT_ONCE);
  x.kind = SERVER_LATER;
  site_get("size=1");
  site_log_begin();
  begin_guest(g, "hang=1&stderr=here%0a");
  while (strstr(site_log(), "here") == NULL && server_ended() < 2)
    uv_sleep(1);
  ck_assert_uint_eq(server_ended(), 1); /* that one is still at work */
  ck_assert_ptr_nonnull(strstr(site_log(), "wrote to STDERR: here"));
  ck_assert_int_eq(terminate_module(HSE_TERM_MUST_UNLOAD), TRUE);
  uv_thread_join(&g->thread);
  ck_assert_str_eq(g->x.fault, "");
  server_free(&g->x);
}
END_TEST

START_TEST(an_advisory_end_without_requests_is_granted) {
  site_get("size=1");
  ck_assert_int_eq(terminate_module(HSE_TERM_ADVISORY_UNLOAD), TRUE);
}
END_TEST

#define KINDS(test) tcase_add_loop_test(t, test, 0, SERVER_KINDS)

int main(void) {
  TCase *t = tcase_create("iis");
  tcase_add_checked_fixture(t, site_setup, site_teardown);
  KINDS(a_head_goes_out_with_its_body_where_its_length_is_known);
  tcase_add_test(t, a_head_without_a_length_goes_out_alone);
  KINDS(a_head_without_a_body_goes_out_at_the_end);
  tcase_add_test(t, before_IIS_6_heads_go_out_alone);
  tcase_add_loop_test(t, the_body_of_an_error_stays_the_applications, 0, 2);
  tcase_add_test(t, a_page_of_our_own_stays_ours);
  KINDS(an_application_that_fails_before_its_body_is_a_page);
  tcase_add_test(t, an_application_that_fails_too_often_is_500);
  tcase_add_loop_test(t, a_full_queue_is_unhealthy_where_that_is_asked_for, 0, 2);
  KINDS(an_advisory_end_is_refused_while_there_are_requests);
  tcase_add_test(t, what_it_says_on_stderr_is_logged_while_it_is_silent);
  tcase_add_test(t, an_advisory_end_without_requests_is_granted);
  return test_suite_run("isapi/iis", &t, 1);
}
