/* log.h: the access log on stdout, and sentences on stderr. */
#ifndef HTTPD_LOG_H
#define HTTPD_LOG_H
#include "connection.h"

/* One line about a request that has ended: METHOD TARGET STATUS BYTES MILLISECONDS. */
void log_request(exchange *x);
void log_flush(worker *w);
/* One sentence on stderr. */
void log_sentence(const char *level, const char *sentence);
#endif
