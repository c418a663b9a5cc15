/* test_contract.c: the ten sentences at the top of fcgiclient.h, each clause a test. */
#include "client/contract.h"
#include "support/suite.h"

int main(void) {
  TCase *cases[] = {contract_calls(), contract_lends_in(), contract_lends_out(), contract_end(),
                    contract_whole(), contract_body(),     contract_lives(),     contract_clocks()};
  int count = sizeof cases / sizeof *cases;
  return test_suite_run("contract", cases, count - (test_loop_step() > 1)); /* clocks take long */
}
