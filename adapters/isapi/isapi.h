/* isapi.h: the binary interface between a web server and an ISAPI extension, declared once.  On
   Windows it is the system's httpext.h; elsewhere (mod_isapi of Apache httpd) the part that is used
   here, under the same names. */
#ifndef ISAPI_H
#define ISAPI_H
#include <stddef.h>
#include <stdint.h>
#ifdef _WIN32
#include <windows.h>
#include <httpext.h>
#else
#define WINAPI
#define TRUE  1
#define FALSE 0

typedef int BOOL;
typedef char CHAR, *LPSTR;
typedef unsigned char BYTE, *LPBYTE;
typedef uint32_t DWORD, *LPDWORD; /* 32 bits everywhere */
typedef void VOID, *PVOID, *LPVOID, *HCONN;

enum { HSE_STATUS_SUCCESS = 1, HSE_STATUS_PENDING = 3, HSE_STATUS_ERROR = 4 };
enum { HSE_IO_SYNC = 1, HSE_IO_ASYNC = 2, HSE_IO_SEND_HEADERS = 8, HSE_IO_FINAL_SEND = 16 };
enum { HSE_IO_TRY_SKIP_CUSTOM_ERRORS = 64, HSE_VECTOR_ELEMENT_TYPE_MEMORY_BUFFER = 0 };
enum { HSE_TERM_ADVISORY_UNLOAD = 1, HSE_TERM_MUST_UNLOAD = 2 };
enum { HSE_LOG_BUFFER_LEN = 80, HSE_MAX_EXT_DLL_NAME_LEN = 256 };
/* What ServerSupportFunction is asked for. */
enum { HSE_REQ_DONE_WITH_SESSION = 4, HSE_REQ_IO_COMPLETION = 1005, HSE_REQ_CANCEL_IO = 1049 };
enum { HSE_REQ_ASYNC_READ_CLIENT = 1010, HSE_REQ_ABORTIVE_CLOSE = 1014 };
enum { HSE_REQ_SEND_RESPONSE_HEADER_EX = 1016, HSE_REQ_VECTOR_SEND = 1037 };
enum { HSE_REQ_GET_IMPERSONATION_TOKEN = 1011, HSE_REQ_REPORT_UNHEALTHY = 1032 };

typedef struct HSE_VERSION_INFO {
  DWORD dwExtensionVersion;
  CHAR lpszExtensionDesc[HSE_MAX_EXT_DLL_NAME_LEN];
} HSE_VERSION_INFO;

typedef struct EXTENSION_CONTROL_BLOCK {
  DWORD cbSize, dwVersion;
  HCONN ConnID;
  DWORD dwHttpStatusCode;
  CHAR lpszLogData[HSE_LOG_BUFFER_LEN];
  LPSTR lpszMethod, lpszQueryString, lpszPathInfo, lpszPathTranslated;
  DWORD cbTotalBytes, cbAvailable;
  LPBYTE lpbData;
  LPSTR lpszContentType;
  BOOL(WINAPI *GetServerVariable)(HCONN, LPSTR name, LPVOID buffer, LPDWORD size);
  BOOL(WINAPI *WriteClient)(HCONN, LPVOID buffer, LPDWORD size, DWORD mode);
  BOOL(WINAPI *ReadClient)(HCONN, LPVOID buffer, LPDWORD size);
  BOOL(WINAPI *ServerSupportFunction)(HCONN, DWORD what, LPVOID, LPDWORD, LPDWORD);
} EXTENSION_CONTROL_BLOCK;

typedef struct HSE_SEND_HEADER_EX_INFO {
  const CHAR *pszStatus, *pszHeader;
  DWORD cchStatus, cchHeader;
  BOOL fKeepConn;
} HSE_SEND_HEADER_EX_INFO;

typedef struct HSE_VECTOR_ELEMENT {
  DWORD ElementType;
  PVOID pvContext;
  uint64_t cbOffset, cbSize;
} HSE_VECTOR_ELEMENT;

typedef struct HSE_RESPONSE_VECTOR {
  DWORD dwFlags;
  LPSTR pszStatus, pszHeaders;
  DWORD nElementCount;
  HSE_VECTOR_ELEMENT *lpElementArray;
} HSE_RESPONSE_VECTOR;

typedef VOID(WINAPI *PFN_HSE_IO_COMPLETION)(EXTENSION_CONTROL_BLOCK *, PVOID context, DWORD size,
                                            DWORD error);

#define ISAPI_EXPORT __attribute__((visibility("default")))
ISAPI_EXPORT BOOL WINAPI GetExtensionVersion(HSE_VERSION_INFO *);
ISAPI_EXPORT DWORD WINAPI HttpExtensionProc(EXTENSION_CONTROL_BLOCK *);
ISAPI_EXPORT BOOL WINAPI TerminateExtension(DWORD);
#endif

#define ISAPI_LENGTH_UNKNOWN 0xffffffffu /* cbTotalBytes: read until 0 bytes come */

/* All offsets are asserted in tests/isapi/layout.c; these tell whether it is this file. */
_Static_assert(sizeof(EXTENSION_CONTROL_BLOCK) == (sizeof(void *) == 8 ? 192 : 144), "ABI");
_Static_assert(sizeof(HSE_SEND_HEADER_EX_INFO) == (sizeof(void *) == 8 ? 32 : 20), "ABI");
#endif
