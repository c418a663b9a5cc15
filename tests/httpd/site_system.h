/* site_system.h: what site_root.c and site_posix.c or site_win32.c have of each other. */
#ifndef SITE_SYSTEM_H
#define SITE_SYSTEM_H
#include "site.h"

void site_make_root(site *s);
void site_make_directory(const char *path);
#endif
