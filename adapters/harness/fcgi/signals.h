/* signals.h: an end that a user asks for, as something to poll. */
#ifndef FCGI_SIGNALS_H
#define FCGI_SIGNALS_H

/* From now on SIGINT, SIGTERM and SIGHUP make this descriptor readable instead of ending the
   process; SIGPIPE is ignored.  -1, after saying why: they do not. */
int fcgi_wake_on_signals(void);
/* 1 once one of them came. */
int fcgi_is_woken(void);
#endif
