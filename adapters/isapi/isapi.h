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
enum { HSE_IO_SYNC = 1, HSE_IO_ASYNC = 2 };
enum { HSE_LOG_BUFFER_LEN = 80, HSE_MAX_EXT_DLL_NAME_LEN = 256 };
/* What ServerSupportFunction is asked for. */
enum { HSE_REQ_DONE_WITH_SESSION = 4, HSE_REQ_IO_COMPLETION = 1005, HSE_REQ_CANCEL_IO = 1049 };
enum { HSE_REQ_ASYNC_READ_CLIENT = 1010, HSE_REQ_ABORTIVE_CLOSE = 1014 };
enum { HSE_REQ_SEND_RESPONSE_HEADER_EX = 1016 };

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

typedef VOID(WINAPI *PFN_HSE_IO_COMPLETION)(EXTENSION_CONTROL_BLOCK *, PVOID context, DWORD size,
                                            DWORD error);

#define ISAPI_EXPORT __attribute__((visibility("default")))
ISAPI_EXPORT BOOL WINAPI GetExtensionVersion(HSE_VERSION_INFO *);
ISAPI_EXPORT DWORD WINAPI HttpExtensionProc(EXTENSION_CONTROL_BLOCK *);
ISAPI_EXPORT BOOL WINAPI TerminateExtension(DWORD);
#endif

#define ISAPI_LENGTH_UNKNOWN 0xffffffffu /* cbTotalBytes: read until 0 bytes come */

/* 1 if a number is as it must be on 64 and on 32 bits. */
#define ISAPI_IS(number, wide, narrow) ((number) == (sizeof(void *) == 8 ? (wide) : (narrow)))
#define ISAPI_AT(field, wide, narrow)                                                              \
  ISAPI_IS(offsetof(EXTENSION_CONTROL_BLOCK, field), wide, narrow)
_Static_assert(ISAPI_AT(dwVersion, 4, 4) && ISAPI_AT(ConnID, 8, 8) &&
                   ISAPI_AT(dwHttpStatusCode, 16, 12) && ISAPI_AT(lpszLogData, 20, 16) &&
                   ISAPI_AT(lpszMethod, 104, 96) && ISAPI_AT(lpszPathTranslated, 128, 108) &&
                   ISAPI_AT(cbTotalBytes, 136, 112) && ISAPI_AT(cbAvailable, 140, 116) &&
                   ISAPI_AT(lpbData, 144, 120) && ISAPI_AT(lpszContentType, 152, 124) &&
                   ISAPI_AT(GetServerVariable, 160, 128) && ISAPI_AT(WriteClient, 168, 132) &&
                   ISAPI_AT(ReadClient, 176, 136) && ISAPI_AT(ServerSupportFunction, 184, 140) &&
                   ISAPI_IS(sizeof(EXTENSION_CONTROL_BLOCK), 192, 144),
               "the layout of EXTENSION_CONTROL_BLOCK");
_Static_assert(ISAPI_IS(sizeof(HSE_VERSION_INFO), 260, 260) &&
                   ISAPI_IS(offsetof(HSE_SEND_HEADER_EX_INFO, cchStatus), 16, 8) &&
                   ISAPI_IS(offsetof(HSE_SEND_HEADER_EX_INFO, fKeepConn), 24, 16) &&
                   ISAPI_IS(sizeof(HSE_SEND_HEADER_EX_INFO), 32, 20),
               "the layout of HSE_VERSION_INFO and HSE_SEND_HEADER_EX_INFO");
#endif
