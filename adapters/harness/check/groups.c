/* groups.c: the groups of cases, in their order. */
#include "cases.h"

const check_group check_groups[] = {
    {"Records", cases_records},
    {"Streams", cases_streams},
    {"Roles", cases_roles},
    {"Connections", cases_connections},
    {"Management records", cases_values},
    {"Multiplexing", cases_multiplexing},
    {"Aborts", cases_aborts},
    {"Limits", cases_limits},
    {"Responses", cases_responses},
    {"Robustness", cases_robustness},
    {NULL, NULL},
};
