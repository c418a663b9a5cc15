/* endpoint.h: what an application listens on, one per process: an instance of a named pipe, or a
   port of 127.0.0.1. */
#ifndef FCL__WIN32_ENDPOINT_H
#define FCL__WIN32_ENDPOINT_H
#include "base/error.h"
#include "platform/identity.h"
#include "platform/win32/own_pipe.h"
#include <winsock2.h>
#include <windows.h>

#define FCL__BACKLOG 16

typedef struct fcl__endpoint {
  fcl__own_pipe pipe;
  SOCKET socket; /* listens, and stays ours beside the program's; INVALID_SOCKET: it is a pipe */
  u_short port;  /* of 127.0.0.1, in the network's order */
  DWORD quality; /* what the program may do as us when we connect: SECURITY_IMPERSONATION, ... */
} fcl__endpoint;

/* `user`: as whom the program runs; NULL: as us. */
fcl_code fcl__endpoint_open(fcl__endpoint *p, const fcl_identity *user, fcl_error *e);
fcl_code fcl__endpoint_open_tcp(fcl__endpoint *p, fcl_error *e);
/* What the program gets as its standard input: inheritable, close it behind the start.  NULL:
 * GetLastError. */
HANDLE fcl__endpoint_inherit(const fcl__endpoint *p);
/* The program has it: a copy of a pipe's end would hide that the program is gone. */
void fcl__endpoint_given(fcl__endpoint *p);
int fcl__endpoint_connect(const fcl__endpoint *p); /* as fcl__process_connect */
int fcl__endpoint_is_tcp(const fcl__endpoint *p);
int fcl__endpoint_is_awaited(const fcl__endpoint *p);
int fcl__endpoint_unaccepted(fcl__endpoint *p);
/* Connects and closes that: who waits for a connection looks up.  1: it did. */
int fcl__endpoint_knock(const fcl__endpoint *p);
void fcl__endpoint_close(fcl__endpoint *p);
#endif
