/* path.h: what a path of a file looks like. */
#ifndef FCL__PATH_H
#define FCL__PATH_H

extern const char fcl__path_begins[]; /* what an absolute one begins with, for sentences */
int fcl__path_is_absolute(const char *path);
/* Behind its folder. */
const char *fcl__path_name(const char *path);
#endif
