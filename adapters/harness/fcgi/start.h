/* start.h: a FastCGI application started for a tool that speaks with it byte by byte: its socket is
 * descriptor 0. */
#ifndef FCGI_START_H
#define FCGI_START_H
#include "fcgi.h"
#include "../place.h"
#include <sys/types.h>

typedef struct started {
  fcl__place place;
  const char *address; /* where it is reached */
  pid_t pid;           /* 0: it is an address, nothing was started */
} started;

/* 0: said why not. */
int start_target(started *s, const fcgi_target *target);
/* Asks it to leave, and ends its process group two seconds later at the latest. */
void start_end(started *s);
#endif
