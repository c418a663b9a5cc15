/* test_authorize.c: another pool is asked first: what it is sent, when its 200 lets a request go
   on, and how every other answer becomes the request's own. */
#include "client/gate.h"

int main(void) {
  TCase *cases[] = {authorize_passes(), authorize_refuses(), authorize_lends(), authorize_ends()};
  size_t n;
  for (n = 0; n < 4; n++) {
    tcase_set_timeout(cases[n], 120);
    tcase_add_checked_fixture(cases[n], gate_setup, gate_teardown);
  }
  return test_suite_run("authorize", cases, 4);
}
