/* request.h: the client's request: header fields and body. */
#ifndef IIS_ABI_REQUEST_H
#define IIS_ABI_REQUEST_H
#include "abi/call.h"

typedef struct IHttpRequestTable {
  const HTTP_REQUEST *(IIS_METHOD *GetRawHttpRequestConst)(const IHttpRequest *);
  HTTP_REQUEST *(IIS_METHOD *GetRawHttpRequest)(IHttpRequest *);
  PCSTR(IIS_METHOD *GetHeaderById)(const IHttpRequest *, HTTP_HEADER_ID, USHORT *length);
  PCSTR(IIS_METHOD *GetHeader)(const IHttpRequest *, PCSTR name, USHORT *length);
  iis_slot SetHeaderById, SetHeader, DeleteHeaderById, DeleteHeader;
  PCSTR(IIS_METHOD *GetHttpMethod)(const IHttpRequest *);
  iis_slot SetHttpMethod, SetUrl, SetUrlW, GetUrlChanged, GetForwardedUrl;
  PSOCKADDR(IIS_METHOD *GetLocalAddress)(const IHttpRequest *);
  PSOCKADDR(IIS_METHOD *GetRemoteAddress)(const IHttpRequest *);
  /* Asynchronous, and *is_pending is 0: all is there, and no completion follows.  At the end:
     HRESULT_FROM_WIN32(ERROR_HANDLE_EOF). */
  HRESULT(IIS_METHOD *ReadEntityBody)
  (IHttpRequest *, void *buffer, DWORD size, BOOL is_async, DWORD *received, BOOL *is_pending);
  iis_slot InsertEntityBody;
  DWORD(IIS_METHOD *GetRemainingEntityBytes)(IHttpRequest *);
  void(IIS_METHOD *GetHttpVersion)(const IHttpRequest *, USHORT *major, USHORT *minor);
  iis_slot GetClientCertificate, NegotiateClientCertificate, GetSiteId, GetHeaderChanges;
} IHttpRequestTable;
struct IHttpRequest {
  const IHttpRequestTable *table;
};
#endif
