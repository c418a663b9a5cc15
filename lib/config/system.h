/* system.h: what configurations ask of the system: a file by its name, the environment, and how
   names of variables compare there. */
#ifndef FCL__CONFIG_SYSTEM_H
#define FCL__CONFIG_SYSTEM_H
#include "config/config.h"
#include "config/words.h"
#include <stdio.h>

/* For reading, not inherited by programs that another thread starts; NULL: fcl__config_failed says
   why. */
FILE *fcl__config_open(const char *path);
/* The number (fcl_error.sys) for which the last call here, or of <stdio.h>, has failed. */
int fcl__config_failed(void);
/* The environment of this process in UTF-8, which lives as long as the configuration at least;
   never NULL: without memory it is empty, and the reader takes note. */
const char *const *fcl__config_our_environment(fcl__config_reader *r);
/* Arguments are taken apart as programs of this system do it. */
extern const fcl__word fcl__config_word;
/* The same variable? */
int fcl__config_same_variable(fcl_slice a, fcl_slice b);
#endif
