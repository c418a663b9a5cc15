/* test_contract.c: the ten sentences at the top of fcgiclient.h, each clause a test. */
#include "client/contract.h"
#include "support/suite.h"

int main(void) {
  TCase *cases[] = {contract_calls(), contract_lends_in(), contract_lends_out(), contract_end(),
                    contract_whole(), contract_body(),     contract_clocks(),    contract_lives()};
  return test_suite_run("contract", cases, sizeof cases / sizeof *cases);
}
