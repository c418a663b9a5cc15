/* test_php.c: pages, uploads and downloads through php-cgi processes that the library starts, byte
 * by byte. */
#include "real/driver.h"
#include <stdio.h>
#include <string.h>

#define LONG_BODY (driver_is_long() ? 100u << 20 : 8u << 20)

/* Reads the body itself, so that PHP neither keeps nor limits it. */
static const char *const streaming[] = {PHP_CGI, "-d", "enable_post_data_reading=0", NULL};

static fcl_pool *php(void) {
  fcl_pool_options o = driver_php();
  o.argv = streaming;
  return driver_pool(&o);
}

/* ---- Pages ---- */

static const char page[] =
    "<?php header('Status: 404 Nothing here'); header('X-Hash: one');\n"
    "echo $_SERVER['REQUEST_METHOD'], ' ', $_GET['name'], ' ', $_SERVER['SCRIPT_NAME'];";

START_TEST(a_page_comes_with_its_status_fields_and_body) {
  call *c = call_get(php(), driver_file("page.php", page), "name=J%C3%BCrgen");
  call_is_ok(c);
  ck_assert_int_eq(c->status, 404);
  ck_assert_str_eq(c->x_hash, "one");
  ck_assert_str_eq(c->text, "GET J\xc3\xbcrgen /script");
  ck_assert_int_gt(c->result.pid, 0);
  ck_assert_uint_eq(c->result.tries, 1);
}
END_TEST

START_TEST(one_process_serves_page_after_page) {
  many m = {0};
  m.pool = php();
  m.plan.script = driver_file("n.php", "<?php echo $_GET['n'];");
  m.total = 50;
  m.at_once = 1;
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_eq(process_count_named("php-cgi"), 1);
}
END_TEST

START_TEST(as_many_processes_are_started_as_requests_run_at_once) {
  many m = {0};
  m.pool = php();
  m.plan.script = driver_file("n.php", "<?php usleep(20000); echo $_GET['n'];");
  m.total = 60;
  m.at_once = 12; /* three times max_processes */
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_eq(process_count_named("php-cgi"), 4);
}
END_TEST

/* ---- Uploads ---- */

static const char summing[] =
    "<?php $f = fopen('php://input', 'r'); $h = hash_init('fnv1a64'); $n = 0;\n"
    "while (($s = fread($f, 65536)) !== false && $s !== '') { hash_update($h, $s); $n += "
    "strlen($s);\n"
    "  if (isset($_GET['slowly'])) usleep(2000); }\n"
    "echo $n, ' ', hash_final($h), ' ', $_SERVER['CONTENT_LENGTH'] ?? 'none';";

static void check_sum(call *c) {
  char expected[128];
  call_is_ok(c);
  snprintf(expected, sizeof expected, "%llu %s %llu", (unsigned long long) c->plan.upload,
           call_hex(c->lent_hash), (unsigned long long) c->plan.upload);
  ck_assert_str_eq(c->text, expected);
  ck_assert_uint_eq(c->result.sent, c->plan.upload);
}

/* Sizes around those of records, and of the parts that are lent. */
static const uint64_t sizes[] = {1, 65528, 65529, 65535, 65536, 131072, 1u << 20, 1234567};

START_TEST(an_upload_arrives_whole) {
  call_plan plan = {0};
  plan.script = driver_file("sum.php", summing);
  plan.upload = sizes[_i];
  check_sum(call_start(php(), &plan));
}
END_TEST

START_TEST(an_upload_in_single_bytes_arrives_whole) {
  call_plan plan = {0};
  plan.script = driver_file("sum.php", summing);
  plan.upload = 5000;
  plan.part = 1;
  check_sum(call_start(php(), &plan));
}
END_TEST

START_TEST(a_long_upload_arrives_whole) {
  call_plan plan = {0};
  plan.script = driver_file("sum.php", summing);
  plan.upload = LONG_BODY;
  plan.part = 1u << 20;
  check_sum(call_start(php(), &plan));
}
END_TEST

START_TEST(a_script_that_reads_slowly_gets_every_byte) {
  call_plan plan = {0};
  plan.script = driver_file("sum.php", summing);
  plan.query = "slowly=1";
  plan.upload = 8u << 20;
  plan.part = 1u << 20;
  check_sum(call_start(php(), &plan));
}
END_TEST

START_TEST(an_upload_into_PHP_s_own_reading_arrives_whole) {
  call_plan plan = {0};
  fcl_pool_options o = driver_php(); /* post_max_size is 8 MB: no more here */
  plan.script = driver_file("sum.php", summing);
  plan.upload = 3u << 20;
  check_sum(call_start(driver_pool(&o), &plan));
}
END_TEST

START_TEST(a_script_that_never_reads_its_body_is_served_all_the_same) {
  call_plan plan = {0};
  fcl_pool *pool = php();
  call *c;
  plan.script = driver_file("deaf.php", "<?php echo 'done';");
  plan.upload = 8u << 20;
  plan.part = 1u << 20;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_str_eq(c->text, "done");
  call_is_ok(call_get(pool, plan.script, ""));
}
END_TEST

/* ---- Downloads ---- */

static const char sending[] =
    "<?php $block = ''; for ($i = 0; $i < 65521; $i++) $block .= chr($i * 7 + ($i >> 8) & 255);\n"
    "$size = (int) $_GET['size']; $h = hash_init('fnv1a64');\n"
    "for ($n = $size; $n > 0; $n -= 65521) hash_update($h, substr($block, 0, min($n, 65521)));\n"
    "header('X-Hash: ' . hash_final($h)); if (isset($_GET['length'])) header('Content-Length: ' . "
    "$size);\n"
    "for ($n = $size; $n > 0; $n -= 65521) { echo substr($block, 0, min($n, 65521));\n"
    "  if (isset($_GET['slowly'])) { flush(); usleep(2000); } }";

static void check_download(call *c, uint64_t size) {
  call_is_ok(c);
  ck_assert_uint_eq(c->len, size);
  ck_assert_str_eq(call_hex(c->hash), c->x_hash);
}

static call *start_download(fcl_pool *pool, uint64_t size, const char *how, call_plan *plan) {
  static char query[64];
  snprintf(query, sizeof query, "size=%llu%s", (unsigned long long) size, how);
  plan->script = driver_file("send.php", sending);
  plan->query = query;
  return call_start(pool, plan);
}

START_TEST(a_download_comes_whole) {
  call_plan plan = {0};
  fcl_pool *pool = php();
  check_download(start_download(pool, sizes[_i], "", &plan), sizes[_i]);
  check_download(start_download(pool, sizes[_i], "&length=1", &plan), sizes[_i]);
}
END_TEST

START_TEST(a_long_download_comes_whole) {
  call_plan plan = {0};
  check_download(start_download(php(), LONG_BODY, "", &plan), LONG_BODY);
}
END_TEST

START_TEST(a_download_that_is_written_slowly_comes_whole) {
  call_plan plan = {0};
  check_download(start_download(php(), 4u << 20, "&slowly=1", &plan), 4u << 20);
}
END_TEST

static void go_on(void *arg) {
  call *c = arg;
  fcl_request_resume(c->request);
}

static fcl_flow hold_a_while(call *c, const char *data, size_t len) {
  driver_later(2, go_on, c);
  return FCL_HOLD;
}

START_TEST(a_caller_that_holds_every_span_gets_every_byte) {
  call_plan plan = {0};
  plan.on_body = hold_a_while;
  check_download(start_download(php(), 8u << 20, "", &plan), 8u << 20);
}
END_TEST

static const char echoing[] = "<?php $f = fopen('php://input', 'r');\n"
                              "while (($s = fread($f, 65536)) !== false && $s !== '') echo $s;";

START_TEST(both_ways_at_once_while_the_caller_holds) {
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("echo.php", echoing);
  plan.upload = 8u << 20;
  plan.part = 300000;
  plan.on_body = hold_a_while;
  c = call_start(php(), &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, plan.upload);
  ck_assert_str_eq(call_hex(c->hash), call_hex(c->lent_hash));
}
END_TEST

/* ---- What scripts and processes say beside their answer ---- */

START_TEST(what_a_script_logs_becomes_an_event_with_pool_pid_and_tag) {
  call_plan plan = {0};
  const seen *s;
  call *c;
  plan.script = driver_file("log.php", "<?php error_log('the disk is full'); echo 'page';");
  plan.tag = "r42";
  c = call_start(php(), &plan);
  call_is_ok(c);
  s = driver_event("the disk is full");
  ck_assert_ptr_nonnull(s);
  ck_assert_str_eq(s->pool, "php");
  ck_assert_str_eq(s->tag, "r42");
  ck_assert_int_eq(s->pid, c->result.pid);
  ck_assert_int_eq(s->level, FCL_LEVEL_WARNING);
}
END_TEST

START_TEST(what_a_script_logs_goes_to_on_stderr_where_there_is_one) {
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("log.php", "<?php error_log('the disk is full'); echo 'page';");
  plan.has_stderr = 1;
  c = call_start(php(), &plan);
  call_is_ok(c);
  ck_assert_ptr_nonnull(strstr(c->err, "the disk is full"));
  ck_assert_ptr_null(driver_event("the disk is full"));
  ck_assert_str_eq(c->text, "page");
}
END_TEST

static const char printing[] =
    "<?php $f = fopen('php://' . $_GET['to'], 'w'); fwrite($f, \"one\\ntwo\\33[1m\\n\");";

START_TEST(what_a_process_prints_becomes_an_event_for_each_line) {
  static const char *const to[] = {"to=stdout", "to=stderr"};
  const seen *s;
  call *c = call_get(php(), driver_file("print.php", printing), to[_i]);
  call_is_ok(c);
  wait_until(driver_event("printed: two") != NULL);
  s = driver_event("printed: one");
  ck_assert_ptr_nonnull(s);
  ck_assert_str_eq(s->pool, "php");
  ck_assert_int_eq(s->pid, c->result.pid);
  ck_assert_int_eq(s->is_printed, 1);
  ck_assert_ptr_null(strchr(driver_event("printed: two")->text, 27));
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("pages"), driver_case("bodies"), driver_case("words")};
  tcase_add_test(cases[0], a_page_comes_with_its_status_fields_and_body);
  tcase_add_test(cases[0], one_process_serves_page_after_page);
  tcase_add_test(cases[0], as_many_processes_are_started_as_requests_run_at_once);
  tcase_add_loop_test(cases[1], an_upload_arrives_whole, 0, 8);
  tcase_add_test(cases[1], an_upload_in_single_bytes_arrives_whole);
  tcase_add_test(cases[1], a_long_upload_arrives_whole);
  tcase_add_test(cases[1], a_script_that_reads_slowly_gets_every_byte);
  tcase_add_test(cases[1], an_upload_into_PHP_s_own_reading_arrives_whole);
  tcase_add_test(cases[1], a_script_that_never_reads_its_body_is_served_all_the_same);
  tcase_add_loop_test(cases[1], a_download_comes_whole, 0, 8);
  tcase_add_test(cases[1], a_long_download_comes_whole);
  tcase_add_test(cases[1], a_download_that_is_written_slowly_comes_whole);
  tcase_add_test(cases[1], a_caller_that_holds_every_span_gets_every_byte);
  tcase_add_test(cases[1], both_ways_at_once_while_the_caller_holds);
  tcase_add_test(cases[2], what_a_script_logs_becomes_an_event_with_pool_pid_and_tag);
  tcase_add_test(cases[2], what_a_script_logs_goes_to_on_stderr_where_there_is_one);
  tcase_add_loop_test(cases[2], what_a_process_prints_becomes_an_event_for_each_line, 0, 2);
  return driver_main("php", cases, 3, 1);
}
