/* response.h: what the client is sent. */
#ifndef IIS_ABI_RESPONSE_H
#define IIS_ABI_RESPONSE_H
#include "abi/call.h"

typedef struct IHttpResponseTable {
  iis_slot GetRawHttpResponseConst;
  HTTP_RESPONSE *(IIS_METHOD *GetRawHttpResponse)(IHttpResponse *);
  iis_slot GetCachePolicy;
  HRESULT(IIS_METHOD *SetStatus)
  (IHttpResponse *, USHORT code, PCSTR reason, USHORT sub, HRESULT error, IAppHostConfigException *,
   BOOL skip_custom_errors);
  HRESULT(IIS_METHOD *SetHeaderById)
  (IHttpResponse *, HTTP_HEADER_ID, PCSTR value, USHORT length, BOOL replace);
  HRESULT(IIS_METHOD *SetHeader)
  (IHttpResponse *, PCSTR name, PCSTR value, USHORT length, BOOL replace);
  HRESULT(IIS_METHOD *DeleteHeaderById)(IHttpResponse *, HTTP_HEADER_ID);
  HRESULT(IIS_METHOD *DeleteHeader)(IHttpResponse *, PCSTR name);
  iis_slot GetHeaderById, GetHeader;
  void(IIS_METHOD *Clear)(IHttpResponse *);
  iis_slot ClearHeaders;
  void(IIS_METHOD *SetNeedDisconnect)(IHttpResponse *);
  void(IIS_METHOD *ResetConnection)(IHttpResponse *);
  void(IIS_METHOD *DisableKernelCache)(IHttpResponse *, ULONG reason);
  iis_slot GetKernelCacheEnabled, SuppressHeaders, GetHeadersSuppressed;
  HRESULT(IIS_METHOD *Flush)
  (IHttpResponse *, BOOL is_async, BOOL more, DWORD *sent, BOOL *is_expected);
  iis_slot Redirect;
  /* Lends the chunk's memory until it is sent; `position` -1: at the end. */
  HRESULT(IIS_METHOD *WriteEntityChunkByReference)
  (IHttpResponse *, HTTP_DATA_CHUNK *, LONG position);
  HRESULT(IIS_METHOD *WriteEntityChunks)
  (IHttpResponse *, HTTP_DATA_CHUNK *, DWORD count, BOOL is_async, BOOL more, DWORD *sent,
   BOOL *is_expected);
  void(IIS_METHOD *DisableBuffering)(IHttpResponse *);
  iis_slot GetStatus;
  HRESULT(IIS_METHOD *SetErrorDescription)
  (IHttpResponse *, PCWSTR text, DWORD length, BOOL html_encode);
  iis_slot GetErrorDescription, GetHeaderChanges, CloseConnection;
} IHttpResponseTable;
struct IHttpResponse {
  const IHttpResponseTable *table;
};
#endif
