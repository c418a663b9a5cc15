/* users_win32.h: users who can be told apart, and where their tokens are. */
#ifndef ADAPTERS_USERS_H
#define ADAPTERS_USERS_H
#include <windows.h>

/* An impersonation token of our own user without this group; close it. */
HANDLE users_one_without(DWORD alias);
unsigned users_denied_groups(HANDLE token);
/* How many threads of this process but this one have a user's token. */
unsigned users_on_other_threads(void);
#endif
