/* address.h: "unix:/path", "unix:@name", "pipe:\\.\pipe\name", "tcp:host:port" as something to
   connect to. */
#ifndef FCL__ADDRESS_H
#define FCL__ADDRESS_H
#include "base/error.h"
#include "platform/local.h"
#include <uv.h>

typedef enum fcl__address_kind {
  FCL__ADDRESS_LOCAL, /* a Unix socket, or a named pipe */
  FCL__ADDRESS_IP,
  FCL__ADDRESS_NAME
} fcl__address_kind;

typedef struct fcl__address {
  fcl__address_kind kind;
  char path[FCL__LOCAL_MAX];  /* LOCAL: '@' first for an abstract name */
  char host[256], port[6];    /* NAME: names.h of the client room resolves it */
  struct sockaddr_storage ip; /* IP */
  unsigned lost_ms; /* IP, NAME: a host that acknowledges nothing for so long is gone; 0: never */
} fcl__address;

/* FCL_E_CONFIG with a sentence that says which forms there are. */
fcl_code fcl__address_parse(fcl__address *address, const char *text, fcl_error *e);
#endif
