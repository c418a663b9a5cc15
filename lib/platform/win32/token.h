/* token.h: what the files of this folder know of an identity: its tokens. */
#ifndef FCL__TOKEN_H
#define FCL__TOKEN_H
#include <fcgiclient/fcgiclient.h>
#include <wchar.h>

/* HANDLEs, for as long as the identity is held: to impersonate with, and to start a process as. */
void *fcl__identity_token(const fcl_identity *identity);
void *fcl__identity_primary(const fcl_identity *identity);
/* "S-1-5-21-...": whose token that is; NULL: whom this process runs as.  fcl__sid_free it; NULL:
   not known. */
wchar_t *fcl__sid_of_token(void *token);
/* "S-1-5-5-0-12345": which logon that token belongs to, and no other of its user's.  Likewise;
   NULL: none. */
wchar_t *fcl__logon_of_token(void *token);
void fcl__sid_free(wchar_t *sid);
#endif
