/* address_reading.h: an address that is read, or refused with a sentence.  For the tests of
 * addresses. */
#ifndef ADDRESS_READING_H
#define ADDRESS_READING_H
#include "support/suite.h"
#include "transport/address.h"
#include <string.h>

static fcl__address a;
static fcl_error e;

static inline void read_it(const char *text) {
  memset(&a, 0xee, sizeof a);
  ck_assert_msg(fcl__address_parse(&a, text, &e) == FCL_OK, "%s", e.text);
}

/* The sentence shows the address, and says which forms there are or what is wrong. */
static inline void refuse(const char *text, const char *words) {
  memset(&e, 0, sizeof e);
  ck_assert_msg(fcl__address_parse(&a, text, &e) == FCL_E_CONFIG, "%s was taken", text);
  ck_assert_msg(strstr(e.text, words) != NULL, "\"%s\" is not in: %s", words, e.text);
  ck_assert_int_eq(fcl__address_parse(&a, text, NULL), FCL_E_CONFIG);
}
#endif
