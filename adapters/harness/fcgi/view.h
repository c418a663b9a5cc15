/* view.h: snapshots of pools as a table for people. */
#ifndef FCGI_VIEW_H
#define FCGI_VIEW_H
#include "../player.h"
#include <fcgiclient/stats.h>

typedef struct fcgi_view {
  unsigned width;          /* of lines, in columns; 0: as long as they are */
  int has_colours;         /* for a terminal */
  double seconds;          /* between `before` and now; 0: since the client was made */
  const fcl_stats *before; /* NULL: rates and times are since the client was made */
} fcgi_view;

/* Appends the table.  Texts from applications are escaped in every snapshot. */
void fcgi_view_stats(fcl__text *out, const fcl_stats *stats, const fcgi_view *view);
#endif
