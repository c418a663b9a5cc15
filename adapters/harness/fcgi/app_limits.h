/* app_limits.h: how many requests may run at once, on all connections, each of which is a process.
 */
#ifndef FCGI_APP_LIMITS_H
#define FCGI_APP_LIMITS_H

enum { APP_CONNECTIONS_MAX = 1024 };

/* In memory that processes share. */
typedef struct app_limits {
  unsigned connections, requests; /* at most; what GET_VALUES tells */
  int is_shared;                  /* several requests on a connection */
  unsigned running, of[APP_CONNECTIONS_MAX];
} app_limits;

/* A request begins on that connection.  0: there are as many as may be. */
int app_limits_take(app_limits *l, unsigned connection);
void app_limits_give(app_limits *l, unsigned connection);
/* The connection's process has ended, however. */
void app_limits_forget(app_limits *l, unsigned connection);
#endif
