/* layout.c: compiles if the interface has the layout that servers have, for as many bits as the
   compiler is told to compile for (abi.sh).  The numbers are those of the Windows SDK. */
#include "isapi.h"

#define IS(number, on_64_bits, on_32_bits)                                                         \
  _Static_assert((number) == (sizeof(void *) == 8 ? (on_64_bits) : (on_32_bits)), #number)
#define AT(field, on_64_bits, on_32_bits)                                                          \
  IS(offsetof(EXTENSION_CONTROL_BLOCK, field), on_64_bits, on_32_bits)
#define HEAD(field, on_64_bits, on_32_bits)                                                        \
  IS(offsetof(HSE_SEND_HEADER_EX_INFO, field), on_64_bits, on_32_bits)

AT(cbSize, 0, 0);
AT(dwVersion, 4, 4);
AT(ConnID, 8, 8);
AT(dwHttpStatusCode, 16, 12);
AT(lpszLogData, 20, 16);
AT(lpszMethod, 104, 96);
AT(lpszQueryString, 112, 100);
AT(lpszPathInfo, 120, 104);
AT(lpszPathTranslated, 128, 108);
AT(cbTotalBytes, 136, 112);
AT(cbAvailable, 140, 116);
AT(lpbData, 144, 120);
AT(lpszContentType, 152, 124);
AT(GetServerVariable, 160, 128);
AT(WriteClient, 168, 132);
AT(ReadClient, 176, 136);
AT(ServerSupportFunction, 184, 140);
IS(sizeof(EXTENSION_CONTROL_BLOCK), 192, 144);
IS(offsetof(HSE_VERSION_INFO, lpszExtensionDesc), 4, 4);
IS(sizeof(HSE_VERSION_INFO), 260, 260);
HEAD(pszStatus, 0, 0);
HEAD(pszHeader, 8, 4);
HEAD(cchStatus, 16, 8);
HEAD(cchHeader, 20, 12);
HEAD(fKeepConn, 24, 16);
IS(sizeof(HSE_SEND_HEADER_EX_INFO), 32, 20);
IS(offsetof(HSE_VECTOR_ELEMENT, pvContext), 8, 4);
IS(offsetof(HSE_VECTOR_ELEMENT, cbOffset), 16, 8);
IS(offsetof(HSE_VECTOR_ELEMENT, cbSize), 24, 16);
IS(sizeof(HSE_VECTOR_ELEMENT), 32, 24);
IS(offsetof(HSE_RESPONSE_VECTOR, pszStatus), 8, 4);
IS(offsetof(HSE_RESPONSE_VECTOR, pszHeaders), 16, 8);
IS(offsetof(HSE_RESPONSE_VECTOR, nElementCount), 24, 12);
IS(offsetof(HSE_RESPONSE_VECTOR, lpElementArray), 32, 16);
IS(sizeof(HSE_RESPONSE_VECTOR), 40, 20);
IS(sizeof(DWORD), 4, 4);
IS(sizeof(BOOL), 4, 4);
