/* server_system.h: what a server of each system does in its own way. */
#ifndef ISAPI_SERVER_SYSTEM_H
#define ISAPI_SERVER_SYSTEM_H
#include "isapi.h"

typedef enum server_error { SERVER_INVALID, SERVER_NO_ROOM, SERVER_GONE } server_error;

/* Says why the call into the server fails. */
void server_fail(server_error error);
/* Windows: takes "UNICODE_" off the name and returns 1. */
int server_is_wide(const char **name);
/* The size of a value with its end, as the extension gets it; writes it where `out` is not NULL. */
DWORD server_value(const char *value, int is_wide, void *out);

/* Windows: the thread gets the user's token, keeps it, and gets rid of it.  NULL: no user. */
void server_become(void *token);
int server_is(void *token); /* 1 if the thread has this very token, or none for NULL */
BOOL server_lend_token(void *token, void *to); /* the answer of GET_IMPERSONATION_TOKEN */
#endif
