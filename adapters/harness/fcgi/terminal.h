/* terminal.h: what fcgi top needs of a terminal, beyond its escape sequences. */
#ifndef FCGI_TERMINAL_H
#define FCGI_TERMINAL_H

int terminal_is_one(void); /* 1: stdin and stdout are */
void terminal_begin(
    void);                /* from here on signals end waits, and keys come one by one where it is */
void terminal_keys(void); /* ... one by one */
void terminal_leave(void);
void terminal_size(unsigned *width, unsigned *height);
/* Waits so long for a key, a new size or the end; *key is 0 where there is none.  0: no more keys
   will come. */
int terminal_wait(int reads_keys, int ms, char *key);
int terminal_is_over(void);     /* somebody asked us to end */
int terminal_has_resized(void); /* since the last time */
#endif
