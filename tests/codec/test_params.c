/* test_params.c: the image that parameters become; set, got, replaced, removed. */
#include "codec/params_world.h"

/* ---- The image ---- */

/* KF-007: in memory that was not 0. */
START_TEST(the_image_is_what_goes_out) {
  static const char expected[] = "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"
                                 "\1\4\0\1\0\x14\0\0"
                                 "\x0b\2SERVER_PORT80\2\1AB1"
                                 "\1\4\0\1\0\0\0\0"
                                 "\1\5\0\1\0\0\0\0";
  set("SERVER_PORT", "80");
  set("AB", "1");
  end_image(1);
  ck_assert_uint_eq(image.len, sizeof expected - 1);
  ck_assert_mem_eq(image.base, expected, image.len);
}
END_TEST

START_TEST(a_request_with_a_body_has_no_stdin_in_its_image) {
  set("A", "1");
  end_image(0);
  ck_assert_str_eq(read_image(1, 0, 0), "A=1;|");
}
END_TEST

START_TEST(without_parameters_there_is_one_empty_record) {
  end_image(1);
  ck_assert_mem_eq(image.base,
                   "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"
                   "\1\4\0\1\0\0\0\0"
                   "\1\5\0\1\0\0\0\0",
                   32);
  ck_assert_uint_eq(image.len, 32);
}
END_TEST

START_TEST(the_role_stands_in_begin_request) {
  ck_assert_int_eq(fcl_params_end(&p, FCL_AUTHORIZER, 1, &image, &failure), FCL_OK);
  ck_assert_mem_eq(image.base + 8, "\0\2\0\0\0\0\0\0", 8);
}
END_TEST

START_TEST(id_and_flags_can_be_patched_again_and_again) {
  fcl_params_limit(&p, 1000000, 65535);
  set_sized("A", 40000);
  set_sized("B", 40000);
  set("C", "1");
  end_image(1);
  fcl_params_address(&p, 0xfffe, FCL_KEEP_CONN);
  read_image(0xfffe, FCL_KEEP_CONN, 1);
  fcl_params_address(&p, 3, 0);
  read_image(3, 0, 1);
}
END_TEST

START_TEST(addressing_does_not_move_the_image) {
  set("A", "1");
  end_image(1);
  fcl_params_address(&p, 258, 1);
  ck_assert_ptr_eq(image.base, (const char *) p.bytes);
  ck_assert_mem_eq(image.base, "\1\1\1\2\0\x08\0\0\0\1\1", 11);
}
END_TEST

START_TEST(addressing_without_an_image_does_nothing) {
  fcl_params_address(&p, 7, 1);
  set("A", "1");
  fcl_params_address(&p, 7, 1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

START_TEST(ending_twice_gives_the_same_image) {
  set("A", "1");
  end_image(1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=1;|");
}
END_TEST

/* ---- Setting, getting, replacing ---- */

START_TEST(an_empty_value_is_sent) { /* KF-018, KF-019 */
  set("EMPTY", "");
  set("NULL", NULL);
  fcl_params_set(&p, text("SLICE"), slice(NULL, 0));
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "EMPTY=;NULL=;SLICE=;|");
}
END_TEST

START_TEST(what_was_set_can_be_got) {
  set("REQUEST_METHOD", "GET");
  set("QUERY_STRING", "");
  assert_value("REQUEST_METHOD", "GET");
  assert_value("QUERY_STRING", "");
  assert_absent("REQUEST_METHO");
  assert_absent("REQUEST_METHODS");
  assert_absent("request_method"); /* byte by byte */
  assert_absent("");
}
END_TEST

START_TEST(nothing_can_be_got_from_an_empty_builder) {
  size_t at = 0;
  fcl_slice name, value;
  assert_absent("A");
  ck_assert_int_eq(fcl_params_next(&p, &at, &name, &value), 0);
}
END_TEST

START_TEST(a_name_set_again_is_replaced) {
  static const char *const names[] = {"A", "B", "C"};
  static const char *const images[] = {"B=2;C=3;A=longer than before;|",
                                       "A=1;C=3;B=longer than before;|",
                                       "A=1;B=2;C=longer than before;|"};
  set("A", "1");
  set("B", "2");
  set("C", "3");
  set(names[_i], "longer than before");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), images[_i]);
  ck_assert_uint_eq(p.count, 3);
}
END_TEST

START_TEST(a_pair_that_is_removed_is_not_sent) {
  static const char *const names[] = {"A", "B", "C"};
  static const char *const images[] = {"B=2;C=3;|", "A=1;C=3;|", "A=1;B=2;|"};
  set("A", "1");
  set("B", "2");
  set("C", "3");
  ck_assert_int_eq(fcl_params_remove(&p, text(names[_i])), 1);
  ck_assert_int_eq(fcl_params_remove(&p, text(names[_i])), 0);
  assert_absent(names[_i]);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), images[_i]);
}
END_TEST

START_TEST(a_record_whose_only_pair_is_removed_goes) {
  ck_assert_int_eq(fcl_params_remove(&p, text("A")), 0);
  ck_assert_int_eq(fcl_params_remove(&p, text("")), 0);
  set("A", "1");
  ck_assert_int_eq(fcl_params_remove(&p, text("A")), 1);
  set("B", "2");
  ck_assert_int_eq(fcl_params_remove(&p, text("B")), 1);
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "");
}
END_TEST

START_TEST(the_only_pair_can_be_replaced) {
  set("A", "1");
  set("A", "");
  set("A", "3");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "A=3;|");
}
END_TEST

START_TEST(a_value_may_hold_any_byte_but_NUL) {
  char value[255];
  int i;
  for (i = 0; i < 255; i++)
    value[i] = (char) (i + 1);
  fcl_params_set(&p, text("V"), slice(value, 255));
  end_image(1);
  ck_assert_mem_eq(image.base + 24, "\1\x80\0\0\xffV\1\2\3", 9);
}
END_TEST

START_TEST(a_walk_comes_by_every_pair_once) {
  fcl_params_limit(&p, 200000, 0);
  set("A", "");
  set_sized("B", 65000);
  set("C", "123");
  set_sized("D", 600);
  set("E", "1");
  assert_walk("A=0;B=64994;C=3;D=594;E=1;");
  end_image(1);
  assert_walk("A=0;B=64994;C=3;D=594;E=1;"); /* and not into what ends the image */
}
END_TEST

/* As the memory in front of it is kept for BEGIN_REQUEST, all behind that is compared. */
START_TEST(a_copy_into_an_empty_builder_has_the_same_image) {
  fcl_params copy;
  fcl_slice other;
  fcl_params_limit(&p, 1000000, 65535);
  set("A", "1");
  set_sized("B", 60000);
  set_sized("C", 60000);
  fcl_params_init(&copy, test_allocator_realloc, &memory);
  fcl_params_limit(&copy, 1000000, 65535);
  fcl_params_copy(&copy, &p);
  end_image(1);
  ck_assert_int_eq(fcl_params_end(&copy, FCL_RESPONDER, 1, &other, &failure), FCL_OK);
  ck_assert_uint_eq(other.len, image.len);
  ck_assert_mem_eq(other.base, image.base, image.len);
  fcl_params_free(&copy);
}
END_TEST

START_TEST(a_copy_can_be_added_to_and_changed) {
  fcl_params from;
  fcl_params_init(&from, test_allocator_realloc, &memory);
  fcl_params_set_text(&from, "FIRST", "1");
  fcl_params_set_text(&from, "SECOND", "2");
  fcl_params_copy(&p, &from);
  fcl_params_free(&from);
  set("FIRST", "other");
  set("THIRD", "3");
  assert_value("SECOND", "2");
  end_image(1);
  ck_assert_str_eq(read_image(1, 0, 1), "SECOND=2;FIRST=other;THIRD=3;|");
}
END_TEST

START_TEST(a_copy_of_an_addressed_image_is_addressed_to_nobody) {
  fcl_params copy;
  fcl_slice other;
  set("A", "1");
  end_image(1);
  fcl_params_address(&p, 700, FCL_KEEP_CONN);
  fcl_params_init(&copy, test_allocator_realloc, &memory);
  fcl_params_copy(&copy, &p);
  ck_assert_int_eq(fcl_params_end(&copy, FCL_RESPONDER, 1, &other, &failure), FCL_OK);
  ck_assert_mem_eq(other.base + 16, "\1\4\0\1", 4);
  fcl_params_free(&copy);
}
END_TEST

int main(void) {
  TCase *t = params_world_case("params");
  tcase_add_test(t, the_image_is_what_goes_out);
  tcase_add_test(t, a_request_with_a_body_has_no_stdin_in_its_image);
  tcase_add_test(t, without_parameters_there_is_one_empty_record);
  tcase_add_test(t, the_role_stands_in_begin_request);
  tcase_add_test(t, id_and_flags_can_be_patched_again_and_again);
  tcase_add_test(t, addressing_does_not_move_the_image);
  tcase_add_test(t, addressing_without_an_image_does_nothing);
  tcase_add_test(t, ending_twice_gives_the_same_image);
  tcase_add_test(t, an_empty_value_is_sent);
  tcase_add_test(t, what_was_set_can_be_got);
  tcase_add_test(t, nothing_can_be_got_from_an_empty_builder);
  tcase_add_loop_test(t, a_name_set_again_is_replaced, 0, 3);
  tcase_add_loop_test(t, a_pair_that_is_removed_is_not_sent, 0, 3);
  tcase_add_test(t, a_record_whose_only_pair_is_removed_goes);
  tcase_add_test(t, the_only_pair_can_be_replaced);
  tcase_add_test(t, a_value_may_hold_any_byte_but_NUL);
  tcase_add_test(t, a_walk_comes_by_every_pair_once);
  tcase_add_test(t, a_copy_into_an_empty_builder_has_the_same_image);
  tcase_add_test(t, a_copy_can_be_added_to_and_changed);
  tcase_add_test(t, a_copy_of_an_addressed_image_is_addressed_to_nobody);
  return test_suite_run("params", &t, 1);
}
