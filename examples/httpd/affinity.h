/* affinity.h: which of several addresses a client's requests go to. */
#ifndef HTTPD_AFFINITY_H
#define HTTPD_AFFINITY_H
#include "connection.h"

/* The key of --affinity, in a head's own memory; empty: this request has none. */
fcl_slice affinity_key(exchange *x);
#endif
