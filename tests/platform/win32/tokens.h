/* tokens.h: users that can be told from us, and what is on a thread, for tests on Windows. */
#ifndef TEST_WIN32_TOKENS_H
#define TEST_WIN32_TOKENS_H
#include <check.h>
#include <windows.h>

HANDLE tokens_own(void); /* with every right; close it, as all of these */
/* Ourselves, but a group that we are in only denies: Users, or (is_logon) our logon. */
HANDLE tokens_restricted(int is_logon);
/* Ourselves, to impersonate at that level. */
HANDLE tokens_of_level(SECURITY_IMPERSONATION_LEVEL level);
HANDLE tokens_of_thread(void); /* NULL: it has none */
void tokens_put(HANDLE token); /* on this thread; NULL: takes it away */
int thread_is_bare(void);
unsigned tokens_denied(HANDLE token); /* how many of its groups only deny */
LUID tokens_id(HANDLE token);         /* another for each token that was ever made */
#endif
