/* spool.h: a file without a name, which nobody else can open, for bytes that do not fit in memory.
   Calls wait for the disk, as far as the system's cache makes them. */
#ifndef FCL__SPOOL_H
#define FCL__SPOOL_H
#include <stddef.h>
#include <stdint.h>

/* Where it is made: `given`, else the system's place for large temporary files. */
const char *fcl__spool_directory(const char *given);
/* A descriptor, or a negative status (status.h). */
int fcl__spool_open(const char *directory);
/* Writes or reads all of it at that offset; 0, or a negative status: UV_EIO when the file is
   shorter. What a failed write has left behind is to be written again. */
int fcl__spool_write(int fd, const char *data, size_t len, uint64_t at);
int fcl__spool_read(int fd, char *data, size_t len, uint64_t at);
/* Gives its space back; the file stays open, and is empty. */
void fcl__spool_empty(int fd);
void fcl__spool_close(int fd);
#endif
