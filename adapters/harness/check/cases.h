/* cases.h: the cases, a file for each group.  Cases are only appended, so that their numbers stay.
 */
#ifndef CHECK_CASES_H
#define CHECK_CASES_H
#include "suite.h"

extern const check_case cases_records[], cases_streams[], cases_roles[], cases_connections[],
    cases_values[], cases_multiplexing[], cases_aborts[], cases_limits[], cases_responses[],
    cases_robustness[];

#endif
