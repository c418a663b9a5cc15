/* system.h: what the tests of the client room need of each system: a host's own loop, addresses of
 * nobody. */
#ifndef TEST_CLIENT_SYSTEM_H
#define TEST_CLIENT_SYSTEM_H
#include <fcgiclient/fcgiclient.h>
#include <stdint.h>

/* An address of this machine at which there is nobody, and what its sentence says of that. */
extern const char system_nowhere[], system_nowhere_words[];
/* Another, whose sentence says that it refused. */
extern const char system_refusing[];
/* Where scripts listen for connections that hold little between their ends; NULL: a Unix socket. */
extern const char *const system_narrow;
/* What sentences say of a full disk, and of a file in a folder that there is none of. */
extern const char system_full_words[], system_no_folder_words[];
/* A program that is always there. */
extern const char system_program[];
/* All tests of a program run in one process. */
extern const int system_shares_process;
/* What a host does first: a broken connection is no signal.  Behind it all is open that libuv and
   the system open once in a process, so that descriptors can be counted. */
void system_prepare(void);
/* From here on it is one again, where there are such signals. */
void system_mind_broken_connections(void);

/* From here on no file of this process grows beyond that; only where there are such limits. */
extern const int system_has_file_limits;
void system_limit_files(unsigned bytes);

/* Each so often a client that is polled by hand is looked at, for want of a descriptor; 0: it has
   one. */
extern const unsigned system_look_ms;

/* ---- A client that a host polls by hand ---- */

typedef struct by_hand {
  intptr_t all, event;
} by_hand;

void by_hand_open(by_hand *h);
void by_hand_close(by_hand *h);
void by_hand_watch(by_hand *h, fcl_client *client);
/* Ends a wait; any thread. */
void by_hand_wake(by_hand *h);
/* Until the client has something to do, or is woken, or so long. */
void by_hand_wait(by_hand *h, unsigned ms);
#endif
