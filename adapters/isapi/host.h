/* host.h: what differs between the systems that the server runs on; one file implements it for
   each. */
#ifndef HOST_H
#define HOST_H
#include <stddef.h>

/* FCL_CGI_WINDOWS and FCL_CGI_FOLD_CASE, as file names need it here. */
extern const unsigned host_path_flags;

long host_process(void);
/* The path that this module was loaded from.  Returns 0 when it does not fit. */
int host_module(char *path, size_t size);
/* 1 if the call into the server that has just failed did so because its buffer was too small. */
int host_buffer_was_small(void);
/* 1 if two bytes of paths mean the same: case and the kind of slash, where they do not matter. */
int host_same_in_paths(char a, char b);
/* A line for the server's error log. */
void host_log(const char *sentence);
/* Resets the client's connection, behind the server's back.  Returns 0 when it was not found. */
int host_reset(const char *remote_addr, unsigned remote_port, unsigned local_port);
#endif
