/* marks.h: finds every process that descends from a test, however it has fled: all have inherited a
 * mark in their environment. */
#ifndef TEST_MARKS_H
#define TEST_MARKS_H
#include <stddef.h>

#define MARK "FCL_MARK"

void marks_new(void);  /* a new mark for what is started from now on */
int marks_count(void); /* living processes that bear it; zombies do not count */
/* The guardian among them; 0: there is none. */
long marks_guardian(void);
void marks_list(char *text, size_t cap); /* for messages: pids and command lines */
#endif
