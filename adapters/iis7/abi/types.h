/* types.h: the system's names that the interface is made of.  On Windows they are the system's;
   elsewhere, where the module is only built to be tested, the few that are used here. */
#ifndef IIS_ABI_TYPES_H
#define IIS_ABI_TYPES_H
#ifdef _WIN32
#include <winsock2.h>
#include <windows.h>
#include <http.h>
#include <oleauto.h>
#else
#include <stddef.h>
#include <stdint.h>
#define WINAPI
#define TRUE      1
#define FALSE     0
#define S_OK      0
#define FAILED(x) ((x) < 0)

typedef int BOOL;
typedef unsigned char UCHAR;
typedef uint16_t USHORT, WCHAR, *BSTR;
typedef uint32_t DWORD, ULONG; /* 32 bits everywhere */
typedef int32_t LONG, HRESULT;
typedef uint64_t ULONGLONG;
typedef void *HANDLE, *PVOID;
typedef const char *PCSTR;
typedef const WCHAR *PCWSTR;
typedef struct sockaddr *PSOCKADDR;
typedef int HTTP_HEADER_ID;
typedef struct HTTP_REQUEST HTTP_REQUEST;
typedef struct HTTP_RESPONSE HTTP_RESPONSE;

typedef enum HTTP_DATA_CHUNK_TYPE { HttpDataChunkFromMemory } HTTP_DATA_CHUNK_TYPE;
typedef struct HTTP_DATA_CHUNK {
  HTTP_DATA_CHUNK_TYPE DataChunkType;
  union {
    struct {
      PVOID pBuffer;
      ULONG BufferLength;
    } FromMemory;
    _Alignas(8) ULONGLONG others[3];
  };
} HTTP_DATA_CHUNK;

enum { VT_I4 = 3 };
typedef struct VARIANT {
  USHORT vt, reserved[3];
  union {
    LONG lVal;
    void *others[2];
  };
} VARIANT;
BSTR SysAllocString(const WCHAR *);
void SysFreeString(BSTR);
#endif
#endif
