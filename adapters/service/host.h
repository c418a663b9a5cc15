/* host.h: what differs between the systems that a server runs on; a file for each implements it. */
#ifndef HOST_H
#define HOST_H
#include <fcgiclient/config.h>

/* FCL_CGI_WINDOWS and FCL_CGI_FOLD_CASE, as file names need it here. */
extern const unsigned host_path_flags;
/* FCL_CONFIG_*: what servers do here of what a configuration asks for, beside pools. */
extern const unsigned host_applies;
/* 1 if two bytes of paths mean the same: case and the kind of slash, where they do not matter. */
int host_same_in_paths(char a, char b);

long host_process(void);
/* The path that this module was loaded from.  Returns 0 when it does not fit. */
int host_module(char *path, size_t size);
/* From now on unloading this module leaves its code in place, where threads of ours run. */
void host_stay(void);
/* 1 if the call into the server that has just failed did so because its buffer was too small. */
int host_buffer_was_small(void);
/* A line for the server's error log; on Windows the event log, or the file FCGICLIENT_LOG. */
void host_log(fcl_level level, const char *sentence);
/* What a server says about a client's connection.  local_port may be the one that the client has
   named (Host), so it only decides between several. */
typedef struct host_connection {
  const char *remote_addr, *local_addr;
  unsigned remote_port, local_port;
} host_connection;
/* Resets a TCP connection of this process, behind the server's back, so that the client does not
   take its end for the response's.  Returns 0 when it was not found. */
int host_reset(const host_connection *);
#endif
