/* hash.h: a number for bytes that nobody can foresee who does not know the secret. */
#ifndef FCL__HASH_H
#define FCL__HASH_H
#include <stddef.h>
#include <stdint.h>

/* SipHash-1-3: whoever chooses the bytes cannot choose what falls together. */
uint64_t fcl__hash(const uint64_t secret[2], const void *data, size_t len);
#endif
