/* contract.h: the parts of test_contract, one for each sentence or two of the contract in
 * fcgiclient.h. */
#ifndef TEST_CONTRACT_H
#define TEST_CONTRACT_H
#include "client/world.h"
#include "support/loops.h"

TCase *contract_calls(void);     /* 1, 2, 8: when and where callbacks run, and wakes */
TCase *contract_lends_in(void);  /* 3: what the library lends */
TCase *contract_lends_out(void); /* 3: what the caller lends */
TCase *contract_end(void);       /* 4, 5: on_done, cancel, errors that stick */
TCase *contract_whole(void);     /* 6: whole, short, long */
TCase *contract_body(void);      /* 7: no application mistakes half an upload for a whole one */
TCase *contract_clocks(void);    /* 9: whose move it is */
TCase *contract_lives(void);     /* 10: who keeps whom */

/* The test runs with _i as each kind of loop: FCL_LOOP_THREAD, _UV, _MANUAL. */
#define add_in_each_loop(t, test) tcase_add_loop_test((t), test, 0, 3)
#endif
