/* app_report.h: what servers sent, requirement by requirement, in memory that processes share. */
#ifndef FCGI_APP_REPORT_H
#define FCGI_APP_REPORT_H
#include <fcgiclient/harness.h>

enum { APP_REQUIREMENTS_MAX = 64 };

/* Of one requirement.  Counted by several processes at once, so with atomic operations only. */
typedef struct app_tally {
  unsigned times, broken;
  int is_claimed, has_first; /* one process may write `first`; it has */
  char first[320];
} app_tally;

typedef struct app_report {
  unsigned connections, requests;
  app_tally of[APP_REQUIREMENTS_MAX];
} app_report;

/* Adds what the inspector has judged since the last call for it; in the process that serves. */
void app_report_add(app_report *r, const fcl_inspector *i);
/* A connection has ended, that brought so many requests. */
void app_report_connection(app_report *r, unsigned requests);
/* Both return how many requirements were broken. */
unsigned app_report_show(const app_report *r);
unsigned app_report_show_json(const app_report *r);

#endif
