/* long_path_win32.h: paths that are longer than Windows takes them by default: 259 characters. */
#ifndef FCL__LONG_PATH_H
#define FCL__LONG_PATH_H
#include <stddef.h>
#include <wchar.h>

/* What an absolute path of a file may need in addition. */
#define FCL__LONG_PATH_MORE 8

/* Writes a long absolute path, on a drive or a share, in the way by which Windows takes up to
   32,767 characters of it: \\?\C:\folder\file.  Any other stays as it is, and one for which `cap`
   units are too few. */
void fcl__long_path(wchar_t *path, size_t cap);
#endif
