/* app_report.h: what servers sent, requirement by requirement, in memory that processes share. */
#ifndef FCGI_APP_REPORT_H
#define FCGI_APP_REPORT_H
#include <fcgiclient/harness.h>

typedef struct app_report app_report;

/* NULL: no memory.  Every process forked from here on adds to the same. */
app_report *app_report_new(void);
/* Adds what the inspector has judged since the last call for it; in the process that serves. */
void app_report_add(app_report *r, const fcl_inspector *i);
/* A connection has ended, that brought so many requests. */
void app_report_connection(app_report *r, unsigned requests);
/* Both return how many requirements were broken. */
unsigned app_report_show(const app_report *r);
unsigned app_report_show_json(const app_report *r);

#endif
