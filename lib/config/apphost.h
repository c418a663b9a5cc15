/* apphost.h: applicationHost.config and web.config of IIS 7 and later, into a configuration. */
#ifndef FCL__APPHOST_H
#define FCL__APPHOST_H
#include "config/config.h"

/* Notes applications, handlers and sites; the rest of the file is none of ours. */
void fcl__config_read_apphost(fcl__config_reader *r, fcl_slice text);
/* When the whole file is read and the applications are finished: handlers find their applications,
   locations their sites, and extensions are listed. */
void fcl__config_finish_handlers(fcl__config_reader *r);
#endif
