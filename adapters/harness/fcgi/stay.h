/* stay.h: applications that outlive the command. */
#ifndef FCGI_STAY_H
#define FCGI_STAY_H
#include "fcgi.h"

/* Unless somebody serves at `address`: starts so many processes of the program, which all accept
   there, and leaves them.  Returns 1; 0 after saying why not. */
int fcgi_stay(const fcgi_target *target, const char *address, unsigned processes);
/* stay_posix.c, stay_win32.c: one process, that nobody watches over.  0, or errno. */
int stay_start(const fcgi_target *target, int listener, long *started);

#endif
