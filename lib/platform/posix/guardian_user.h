/* guardian_user.h: becoming the user that an order names, and giving up every right beyond. */
#ifndef FCL__GUARDIAN_USER_H
#define FCL__GUARDIAN_USER_H
#include "platform/posix/guardian_terms.h"

int user_is_own(const terms *t); /* 1: we are that user already, in every respect */
/* In a new process: 0, or -1 and errno. */
int user_become(const terms *t);
int user_limit(const terms *t);
#endif
