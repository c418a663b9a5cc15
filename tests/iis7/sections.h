/* sections.h: the configuration of the test's server, as COM objects. */
#ifndef IIS7_SECTIONS_H
#define IIS7_SECTIONS_H
#include "abi/config.h"
#include "server.h"

IAppHostAdminManager *sections_manager(void);
void sections_set(const server_application *applications);
int sections_live(void); /* objects that nobody has released */
#endif
