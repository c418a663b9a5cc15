/* stay.h: applications that outlive the command. */
#ifndef FCGI_STAY_H
#define FCGI_STAY_H
#include "fcgi.h"

/* Unless somebody serves at `address`: starts so many processes of the program, which all accept
   there, and leaves them.  Returns 1; 0 after saying why not. */
int fcgi_stay(const fcgi_target *target, const char *address, unsigned processes);

#endif
