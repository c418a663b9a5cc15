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

/* Most servers end without calling this.  Whether one says that it may or that it must unload is no
   help either: Apache has the two numbers the other way round. */
BOOL WINAPI TerminateExtension(DWORD how) {
  task_close();
  service_end();
  return TRUE;
}
