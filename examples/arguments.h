/* arguments.h: what a program was called with, in UTF-8 on every system. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

/* The first call of main: its arguments, and output without changes to it: on Windows they come
   anew from the system, as UTF-8, stdout is binary, and a console takes UTF-8. */
char **arguments(int *argc, char **argv);
#endif
