/* extension.c: the three functions that a server calls.  Nothing is started before the first
   request: the process that loads this module may fork, and threads do not survive that. */
#include "service.h"
#include "session.h"
#include <stdio.h>

BOOL WINAPI GetExtensionVersion(HSE_VERSION_INFO *version) {
  version->dwExtensionVersion = FCL_VERSION_MAJOR << 16 | FCL_VERSION_MINOR;
  snprintf(version->lpszExtensionDesc, sizeof version->lpszExtensionDesc,
           "FastCGI for ISAPI, libfcgiclient %s", fcl_version_string());
  return TRUE;
}

DWORD WINAPI HttpExtensionProc(EXTENSION_CONTROL_BLOCK *ecb) {
  return session_serve(ecb);
}

/* Most servers end without calling this.  Apache has the two numbers the other way round, and does
   not look at the answer. */
BOOL WINAPI TerminateExtension(DWORD how) {
  if (how == HSE_TERM_ADVISORY_UNLOAD && session_count() > 0)
    return FALSE;
  service_end(); /* requests that there are end with an error: tasks tell their clients */
  task_close();
  orders_forget();
  return TRUE;
}
