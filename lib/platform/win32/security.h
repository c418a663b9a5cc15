/* security.h: who may open a pipe of ours. */
#ifndef FCL__WIN32_SECURITY_H
#define FCL__WIN32_SECURITY_H

/* A security descriptor that lets our own user and, if it is not NULL, whoever `token` is of open
   it, nobody else, and nobody from another machine.  NULL: GetLastError tells.  fcl__security_free
   it. */
void *fcl__security_make(void *token);
void fcl__security_free(void *descriptor);
#endif
