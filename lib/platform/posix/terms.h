/* terms.h: what the host says in an order beside program, arguments and environment: as whom, with
   which limits; and its policy.  guardian_terms.h and guardian_policy.h have the words. */
#ifndef FCL__TERMS_H
#define FCL__TERMS_H
#include "platform/posix/order.h"
#include "platform/process.h"

#define FCL__TERMS_MAX 10 /* of an order to start */

/* Terms as an order takes them. */
typedef struct fcl__terms {
  const char *at[FCL__TERMS_MAX];
  uint32_t count;
  size_t used;
  char text[FCL__TERMS_MAX * 48];
  char *user; /* of any length */
} fcl__terms;

/* `identity`, `limits` may be NULL.  Free it either way. */
fcl_code fcl__terms_make(fcl__terms *t, const fcl_identity *identity, const fcl__limits *limits,
                         const fcl__memory *memory, fcl_error *e);
void fcl__terms_free(fcl__terms *t, const fcl__memory *memory);

/* The order POLICY as terms: one block of memory, an array that *count strings follow. */
fcl_code fcl__terms_of_policy(const char *const **out, uint32_t *count, const fcl_policy *policy,
                              const char *cgroup, const fcl__memory *memory, fcl_error *e);
#endif
