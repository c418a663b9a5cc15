/* system.h: what the command needs of the system: files, where it is, how it begins and ends. Names
   are UTF-8; what cannot be says why in errno. */
#ifndef FCGI_SYSTEM_H
#define FCGI_SYSTEM_H
#include <stddef.h>
#include <stdint.h>

/* ---- Life ---- */

enum { SYSTEM_PIPE_BROKE = 13 }; /* SIGPIPE, where there is one */

void system_begin(void);              /* what is opened becomes neither stdin, stdout nor stderr */
void system_ignore_pipes(void);       /* a broken one is an error, and no signal */
void system_die_of(int signal);       /* as whoever has called us expects of it */
int system_may_write(int fd, int ms); /* 0: not within so long; -1: for ever */

/* ---- Descriptors of files ---- */

int system_open(const char *name); /* to read; closed by exec, as all here */
int system_own_file(void);         /* without a name */
int system_stdin(void);            /* another descriptor for it */
void system_close(int fd);
/* 1: a file, and these are its size and when it was changed; 0: something else; -1. */
int system_facts(int fd, int64_t *size, int64_t *modified);
int system_is_begun(int fd); /* 1: something was read of it */
ptrdiff_t system_read(int fd, void *bytes, size_t len, int64_t at); /* at -1: where it stands */
ptrdiff_t system_write(int fd, const void *bytes, size_t len);

/* ---- Names ---- */

int system_is_file(const char *name);
int system_is_there(const char *name);
int system_may_run(const char *name);
int system_make_folder(const char *name); /* 0, or -1 */
void system_remove(const char *name);     /* a file, or an empty folder */
int system_is_absolute(const char *name);
/* The current folder, without a '/' at its end, and a name: with '/' between folders.  free() them;
   NULL. */
char *system_here(void);
char *system_slashes(const char *name);
/* Absolute, found where programs are when the name has no folder.  free() it; NULL: there is none.
 */
char *system_find_program(const char *name);
/* The configuration of this machine's IIS; 0: there is none here. */
int system_server_file(char *out, size_t cap);
/* A new folder for temporary files; 0: there is none, and `out` says which was tried. */
int system_own_folder(char *out, size_t cap);
/* An address that only we and who knows the folder may come to; 0: there is no such thing here. */
int system_own_address(const char *folder, char *out, size_t cap);
#endif
