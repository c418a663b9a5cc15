/* security.h: who may open a pipe of ours. */
#ifndef FCL__WIN32_SECURITY_H
#define FCL__WIN32_SECURITY_H

/* A security descriptor that lets our own user and the system open it and, if it is not NULL, who
   has `token`: whoever belongs to its logon, or, where it has none, its user.  NULL: GetLastError
   tells.  fcl__security_free it. */
void *fcl__security_make(void *token);
void fcl__security_free(void *descriptor);
#endif
