/* token.h: the token in an identity. */
#ifndef FCL__TOKEN_H
#define FCL__TOKEN_H
#include <fcgiclient/fcgiclient.h>

/* Its HANDLE, an impersonation token, for as long as the identity is held. */
void *fcl__identity_token(const fcl_identity *identity);
#endif
