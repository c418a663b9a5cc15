/* byte_host.h: a guardian alone with a host that speaks in bytes, as it likes: for tests of orders,
   good and bad. */
#ifndef TEST_BYTE_HOST_H
#define TEST_BYTE_HOST_H
#include "platform/posix/order.h"
#include <check.h>
#include <sys/types.h>

#define BYTE_HOST_PATIENCE_MS 20000

extern int to; /* the guardian; -1: closed */
extern pid_t pid;

void byte_host_begin(void); /* fixtures: a guardian, before its first order */
void byte_host_end(void);   /* it leaves whenever its socket ends */

void send_bytes(const void *bytes, size_t len);
size_t build(uint8_t *out, const fcl__order *o);
void send_order(const fcl__order *o);
void send_with_fds(const fcl__order *o, int a, int b);
fcl__order hello(void);
fcl__order start_true(uint32_t id); /* /bin/true, in / */

int receive(fcl__report *r); /* one report; 0: the guardian has left */
void expect(fcl__report_kind kind, uint32_t id);
void expect_the_end(void);
void greet(void); /* hello, and its answer */
#endif
