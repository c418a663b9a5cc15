/* seam.h: where tests reach into a start.  Wine takes away the standard handles by which a program
   knows FastCGI; its tests give them back.  Nothing of the library's sets it. */
#ifndef FCL__WIN32_SEAM_H
#define FCL__WIN32_SEAM_H
#include <windows.h>

typedef struct fcl__start_seam {
  DWORD flags; /* more for CreateProcess */
  /* On the thread of the start, behind ResumeThread: `process` may run already, and nobody uses it
     before this returns. */
  void (*resumed)(const PROCESS_INFORMATION *process);
} fcl__start_seam;

extern const fcl__start_seam *fcl__start_seam_used; /* NULL */
#endif
