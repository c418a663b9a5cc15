/* test_params_refused.c: what is no parameter; and where the memory is taken, kept and missed. */
#include "codec/params_world.h"

/* ---- What is no parameter ---- */

START_TEST(a_name_is_needed) {
  set(_i ? "" : NULL, "x");
  assert_refused(FCL_E_INVAL, "a parameter without a name was set");
}
END_TEST

static int is_behind_another; /* the first parameter goes another way than the others */

static int pair_is_refused(fcl_slice name, fcl_slice value) {
  fcl_params_reset(&p);
  if (is_behind_another)
    set("ANOTHER", "one");
  fcl_params_set(&p, name, value);
  return fcl_params_end(&p, 1, 1, &image, &failure) == FCL_E_INVAL;
}

static int name_is_refused(const char *name, size_t len) {
  return pair_is_refused(slice(name, len), text("v"));
}

/* KF-098: every byte, at every place in names of 1 to 18 bytes. */
START_TEST(a_name_without_controls_and_equals_sign_is_accepted) {
  char name[18];
  size_t len, at;
  int byte;
  is_behind_another = _i;
  for (byte = 0; byte < 256; byte++)
    for (len = 1; len <= sizeof name; len++)
      for (at = 0; at < len; at++) {
        const int bad = byte < 0x20 || byte == 0x7f || byte == '=';
        memset(name, at & 1 ? 0x80 : 'A', sizeof name);
        name[at] = (char) byte;
        if (name_is_refused(name, len) != bad)
          ck_abort_msg("byte %d at %zu of %zu", byte, at, len);
      }
  ck_assert(!name_is_refused("HTTP_X", 6));
}
END_TEST

START_TEST(a_bad_name_is_shown_escaped) {
  set("A\nB", "x");
  assert_refused(FCL_E_INVAL, "the parameter name \"A\\nB\" holds '=' or a control character");
}
END_TEST

START_TEST(a_long_name_is_shown_cut) {
  big[1000] = '=';
  fcl_params_set(&p, slice(big, 1001), text("x"));
  assert_refused(FCL_E_INVAL, "the parameter name "
                              "\"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\" "
                              "holds '=' or a control character");
}
END_TEST

/* At every place in values of up to 40 bytes; a value without one is as it was set. */
START_TEST(a_NUL_is_found_wherever_it_is) {
  char value[40];
  size_t len, at;
  is_behind_another = _i;
  memset(value, 1, sizeof value);
  for (len = 0; len <= sizeof value; len++) {
    fcl_slice got;
    ck_assert(!pair_is_refused(text("PATH_INFO"), slice(value, len)));
    ck_assert(fcl_params_get(&p, text("PATH_INFO"), &got));
    ck_assert_uint_eq(got.len, len);
    ck_assert(len == 0 || memcmp(got.base, value, len) == 0);
    for (at = 0; at < len; at++) {
      value[at] = 0;
      if (!pair_is_refused(text("PATH_INFO"), slice(value, len)))
        ck_abort_msg("at %zu of %zu", at, len);
      value[at] = 1;
    }
  }
}
END_TEST

START_TEST(a_NUL_in_a_value_is_refused) {
  if (_i)
    set("ANOTHER", "one");
  fcl_params_set(&p, text("PATH_INFO"), slice("a\0b", 3));
  assert_refused(FCL_E_INVAL, "the value of parameter PATH_INFO holds a NUL");
}
END_TEST

START_TEST(the_first_error_sticks) {
  set("GOOD", "1");
  set("BAD=", "1");
  set("", "1");
  set("LATE", "1");
  set_sized("LARGE", 70000);
  assert_refused(FCL_E_INVAL, "the parameter name \"BAD=\" holds '=' or a control character");
  assert_refused(FCL_E_INVAL, "the parameter name \"BAD=\" holds '=' or a control character");
  assert_absent("LATE");
}
END_TEST

START_TEST(the_sentence_may_be_left_out) {
  set("", "1");
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, NULL), FCL_E_INVAL);
}
END_TEST

/* ---- Memory ---- */

START_TEST(reset_keeps_the_memory) {
  fcl_params_set(&p, text("A"), slice(big, 20000));
  end_image(1);
  memory.calls = 0;
  fcl_params_reset(&p);
  assert_absent("A");
  fcl_params_set(&p, text("B"), slice(big, 20000));
  end_image(1);
  ck_assert_uint_eq(memory.calls, 0);
  ck_assert_uint_eq(p.count, 1);
}
END_TEST

START_TEST(reset_does_not_keep_a_buffer_above_64_KiB) {
  fcl_params_limit(&p, 400000, 0);
  set_sized("A", 60000);
  set_sized("B", 60000);
  ck_assert_uint_gt(memory.bytes, 65536);
  fcl_params_reset(&p);
  ck_assert_uint_eq(memory.live, 0);
  set("C", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "C=1;|");
}
END_TEST

START_TEST(reset_forgets_the_error_and_keeps_the_limits) {
  fcl_params_limit(&p, 10, 10);
  set("A", "123456789");
  fcl_params_reset(&p);
  set("A", "1");
  end_image(1);
  fcl_params_reset(&p);
  set("A", "123456789");
  ck_assert_int_eq(fcl_params_end(&p, 1, 1, &image, &failure), FCL_E_PARAMS);
}
END_TEST

START_TEST(a_small_request_takes_one_allocation) {
  char name[32];
  int i;
  for (i = 0; i < 16; i++) { /* 954 bytes, and 40 around them */
    snprintf(name, sizeof name, "HTTP_X%d", i);
    set(name, "a value of some length, as header fields have it");
  }
  end_image(1);
  ck_assert_uint_eq(memory.calls, 1);
}
END_TEST

START_TEST(the_image_may_fill_the_buffer_to_its_last_byte) { /* 4096: begin, header, pair, tail */
  fcl_params_set(&p, text("A"), slice(big, 4096 - 16 - 8 - 6 - 16 + (size_t) _i));
  end_image(1);
  ck_assert_uint_eq(image.len, 4096 + (size_t) _i);
  ck_assert_uint_eq(memory.bytes, _i ? 8192 : 4096);
  read_image(1, 0, 1);
}
END_TEST

START_TEST(the_c_librarys_allocator_is_the_default) {
  fcl_params own;
  fcl_params_init(&own, NULL, NULL);
  fcl_params_set(&own, text("A"), slice(big, 60000));
  ck_assert_int_eq(fcl_params_end(&own, FCL_RESPONDER, 0, &image, &failure), FCL_OK);
  ck_assert_uint_eq(image.len, 16 + 8 + 60006 + 8);
  fcl_params_free(&own);
}
END_TEST

START_TEST(freeing_leaves_a_builder_that_works) {
  set("A", "1");
  fcl_params_free(&p);
  ck_assert_uint_eq(memory.live, 0);
  set("B", "1");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "B=1;|");
}
END_TEST

static fcl_code build(void) {
  set("A", "1");
  set_sized("B", 30000);
  set_sized("C", 60000);
  set_sized("B", 300);
  set("A", "2");
  return fcl_params_end(&p, FCL_RESPONDER, 1, &image, &failure);
}

/* KF-152: the 1st, 2nd, ... allocation fails, until none is left to fail. */
START_TEST(memory_may_run_out_at_any_allocation) {
  size_t nth, failures = 0;
  fcl_params_limit(&p, 400000, 0);
  for (nth = 1;; nth++) {
    fcl_params_free(&p);
    test_allocator_fail(&memory, nth, _i);
    if (build() == FCL_OK)
      break;
    failures++;
    ck_assert_int_eq(failure.code, FCL_E_NOMEM);
    ck_assert_ptr_nonnull(strstr(failure.text, "there was no memory for "));
    ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 1, &image, &failure), FCL_E_NOMEM);
  }
  ck_assert_uint_eq(failures, 3); /* 4096; 32768; 131072 bytes */
  read_image(1, 0, 1);
}
END_TEST

START_TEST(
    memory_may_run_out_at_the_end) { /* where nothing was set, the end needs the first allocation */
  test_allocator_fail(&memory, 1, 0);
  assert_refused(FCL_E_NOMEM, "there was no memory for 32 bytes of parameters");
}
END_TEST

int main(void) {
  TCase *t = params_world_case("params refused");
  tcase_add_loop_test(t, a_name_is_needed, 0, 2);
  tcase_add_loop_test(t, a_name_without_controls_and_equals_sign_is_accepted, 0, 2);
  tcase_add_test(t, a_bad_name_is_shown_escaped);
  tcase_add_test(t, a_long_name_is_shown_cut);
  tcase_add_loop_test(t, a_NUL_in_a_value_is_refused, 0, 2);
  tcase_add_loop_test(t, a_NUL_is_found_wherever_it_is, 0, 2);
  tcase_add_test(t, the_first_error_sticks);
  tcase_add_test(t, the_sentence_may_be_left_out);
  tcase_add_test(t, reset_keeps_the_memory);
  tcase_add_test(t, reset_does_not_keep_a_buffer_above_64_KiB);
  tcase_add_test(t, reset_forgets_the_error_and_keeps_the_limits);
  tcase_add_test(t, a_small_request_takes_one_allocation);
  tcase_add_loop_test(t, the_image_may_fill_the_buffer_to_its_last_byte, 0, 2);
  tcase_add_test(t, the_c_librarys_allocator_is_the_default);
  tcase_add_test(t, freeing_leaves_a_builder_that_works);
  tcase_add_loop_test(t, memory_may_run_out_at_any_allocation, 0, 2);
  tcase_add_test(t, memory_may_run_out_at_the_end);
  return test_suite_run("params_refused", &t, 1);
}
