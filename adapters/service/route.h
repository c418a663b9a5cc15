/* route.h: from the path that a client asked for to a script and its application. */
#ifndef ROUTE_H
#define ROUTE_H
#include <fcgiclient/cgi.h>
#include <fcgiclient/config.h>

typedef struct route {
  /* What the server knows; empty: it does not. */
  fcl_slice path;          /* decoded */
  fcl_slice translated;    /* the file behind it, by the server's aliases and virtual directories */
  fcl_slice document_root; /* without a '/' at its end */
  fcl_slice prefix;        /* of the script's name: the module's own, if it was asked for by that */
  fcl_slice application;   /* IIS: "/LM/W3SVC/1/ROOT/blog" */
  unsigned site;           /* 0: not known */
  /* The server may have chosen `app` by a map of its own: then its extension is here, with its dot
     (empty: the map takes every path), and the configuration is not asked. */
  fcl_slice extension;
  /* What comes of it. */
  fcl_slice script_name, path_info, script_filename;
  const fcl_config_app *app;
  char name[FCL_CGI_PATH_MAX], safe[FCL_CGI_PATH_MAX],
      file[FCL_CGI_PATH_MAX + 1]; /* what these point to */
} route;

/* Returns 0, or the HTTP status to refuse the request with.  A script that is not there is 404. */
int route_find(route *, const fcl_config *);

/* With the rules of file names: letters' case and the kind of slash, where these do not matter. */
int route_starts(fcl_slice path, fcl_slice with);
fcl_slice route_last_segment(fcl_slice path);
#endif
