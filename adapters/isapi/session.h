/* session.h: one request, from HttpExtensionProc to its end. */
#ifndef SESSION_H
#define SESSION_H
#include "isapi.h"

/* Returns what HttpExtensionProc is to return. */
DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb);
#endif
