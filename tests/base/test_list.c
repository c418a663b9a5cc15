/* test_list.c: rings of nodes that live inside what they link. */
#include "base/list.h"
#include "support/suite.h"
#include <string.h>

typedef struct item {
  char name;
  fcl__list link;
} item;

static fcl__list head;
static item a, b, c;

static const char *names(void) {
  static char text[16];
  fcl__list *at, *after;
  size_t n = 0;
  FCL__LIST_EACH (at, after, &head)
    text[n++] = FCL__OF(at, item, link)->name;
  text[n] = 0;
  return text;
}

static void setup(void) {
  memset(&a, 0, sizeof a);
  memset(&b, 0, sizeof b);
  memset(&c, 0, sizeof c);
  a.name = 'a';
  b.name = 'b';
  c.name = 'c';
  fcl__list_init(&head);
}

static void append_all(void) {
  fcl__list_append(&head, &a.link);
  fcl__list_append(&head, &b.link);
  fcl__list_append(&head, &c.link);
}

START_TEST(a_new_list_is_empty) {
  ck_assert(fcl__list_empty(&head));
  ck_assert_str_eq(names(), "");
}
END_TEST

START_TEST(a_zeroed_node_is_in_no_list) {
  ck_assert_int_eq(fcl__list_linked(&a.link), 0);
}
END_TEST

START_TEST(appended_nodes_come_in_their_order) {
  append_all();
  ck_assert_str_eq(names(), "abc");
  ck_assert_int_eq(fcl__list_empty(&head), 0);
  ck_assert_int_eq(fcl__list_linked(&b.link), 1);
}
END_TEST

START_TEST(prepended_nodes_come_first) {
  fcl__list_prepend(&head, &a.link);
  fcl__list_prepend(&head, &b.link);
  fcl__list_append(&head, &c.link);
  ck_assert_str_eq(names(), "bac");
}
END_TEST

START_TEST(any_node_can_be_removed) {
  static const char *const left[] = {"bc", "ac", "ab"};
  item *items[3];
  items[0] = &a;
  items[1] = &b;
  items[2] = &c;
  append_all();
  fcl__list_remove(&items[_i]->link);
  ck_assert_str_eq(names(), left[_i]);
  ck_assert_int_eq(fcl__list_linked(&items[_i]->link), 0);
}
END_TEST

START_TEST(a_node_can_be_removed_twice) {
  append_all();
  fcl__list_remove(&b.link);
  fcl__list_remove(&b.link);
  ck_assert_str_eq(names(), "ac");
}
END_TEST

START_TEST(a_removed_node_can_be_linked_again) {
  append_all();
  fcl__list_remove(&a.link);
  fcl__list_append(&head, &a.link);
  ck_assert_str_eq(names(), "bca");
}
END_TEST

START_TEST(a_list_can_be_emptied_while_it_is_walked) {
  fcl__list *at, *after;
  int seen = 0;
  append_all();
  FCL__LIST_EACH (at, after, &head) {
    fcl__list_remove(at);
    seen++;
  }
  ck_assert_int_eq(seen, 3);
  ck_assert(fcl__list_empty(&head));
}
END_TEST

int main(void) {
  TCase *t = tcase_create("list");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, a_new_list_is_empty);
  tcase_add_test(t, a_zeroed_node_is_in_no_list);
  tcase_add_test(t, appended_nodes_come_in_their_order);
  tcase_add_test(t, prepended_nodes_come_first);
  tcase_add_loop_test(t, any_node_can_be_removed, 0, 3);
  tcase_add_test(t, a_node_can_be_removed_twice);
  tcase_add_test(t, a_removed_node_can_be_linked_again);
  tcase_add_test(t, a_list_can_be_emptied_while_it_is_walked);
  return test_suite_run("list", &t, 1);
}
