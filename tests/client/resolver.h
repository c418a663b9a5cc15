/* resolver.h: names have the addresses that a test says: stands in for the C library's getaddrinfo,
   in this program, libuv's calls included. */
#ifndef TEST_RESOLVER_H
#define TEST_RESOLVER_H

/* What every name stands for: "127.0.0.1 127.0.0.2 ::1"; NULL: nobody knows it. */
void resolver_say(const char *addresses);
/* Answers wait until the next resolver_say. */
void resolver_hold(void);
unsigned resolver_asked(void); /* how often */
#endif
