/* roles.h: one request in a role of its own. */
#ifndef TEST_ROLES_H
#define TEST_ROLES_H
#include "client/wire.h"
#include <stdlib.h>

extern world w;
extern exchange x;
void go(void);

TCase *roles_case(const char *name);
#endif
