/* context.h: one request as the server sees it, and what belongs to it: user, connection, script
   map, completion. */
#ifndef IIS_ABI_CONTEXT_H
#define IIS_ABI_CONTEXT_H
#include "abi/call.h"

/* ---- What is stored with a connection or an object of the server's ---- */

typedef struct IHttpStoredContext IHttpStoredContext;
typedef struct IHttpStoredContextTable {
  void(IIS_METHOD *CleanupStoredContext)(IHttpStoredContext *);
} IHttpStoredContextTable;
struct IHttpStoredContext {
  const IHttpStoredContextTable *table;
};

typedef struct IHttpConnectionStoredContext IHttpConnectionStoredContext;
typedef struct IHttpConnectionStoredContextTable {
  void(IIS_METHOD *CleanupStoredContext)(IHttpConnectionStoredContext *);
  void(IIS_METHOD *NotifyDisconnect)(IHttpConnectionStoredContext *);
} IHttpConnectionStoredContextTable;
struct IHttpConnectionStoredContext {
  const IHttpConnectionStoredContextTable *table;
};

typedef struct IHttpConnectionModuleContextContainer IHttpConnectionModuleContextContainer;
typedef struct IHttpConnectionModuleContextContainerTable {
  iis_slot GetModuleContext, SetModuleContext;
  IHttpConnectionStoredContext *(IIS_METHOD *GetConnectionModuleContext)(
      IHttpConnectionModuleContextContainer *, HTTP_MODULE_ID);
  HRESULT(IIS_METHOD *SetConnectionModuleContext)
  (IHttpConnectionModuleContextContainer *, IHttpConnectionStoredContext *, HTTP_MODULE_ID);
} IHttpConnectionModuleContextContainerTable;
struct IHttpConnectionModuleContextContainer {
  const IHttpConnectionModuleContextContainerTable *table;
};

/* ---- Connection and user ---- */

typedef struct IHttpConnection IHttpConnection;
typedef struct IHttpConnectionTable {
  BOOL(IIS_METHOD *IsConnected)(const IHttpConnection *);
  iis_slot AllocateMemory;
  IHttpConnectionModuleContextContainer *(IIS_METHOD *GetModuleContextContainer)(IHttpConnection *);
} IHttpConnectionTable;
struct IHttpConnection {
  const IHttpConnectionTable *table;
};

typedef struct IHttpUser IHttpUser;
typedef struct IHttpUserTable {
  PCWSTR(IIS_METHOD *GetRemoteUserName)(IHttpUser *);
  PCWSTR(IIS_METHOD *GetUserName)(IHttpUser *);
  PCWSTR(IIS_METHOD *GetAuthenticationType)(IHttpUser *);
  iis_slot GetPassword;
  HANDLE(IIS_METHOD *GetImpersonationToken)(IHttpUser *); /* the server's; may be NULL */
  HANDLE(IIS_METHOD *GetPrimaryToken)(IHttpUser *);       /* likewise */
  void(IIS_METHOD *ReferenceUser)(IHttpUser *);
  void(IIS_METHOD *DereferenceUser)(IHttpUser *);
  iis_slot SupportsIsInRole, IsInRole, GetUserVariable;
} IHttpUserTable;
struct IHttpUser {
  const IHttpUserTable *table;
};

/* ---- What the request is mapped to ---- */

typedef struct IScriptMapInfo IScriptMapInfo;
typedef struct IScriptMapInfoTable {
  PCWSTR(IIS_METHOD *GetPath)(const IScriptMapInfo *);
  iis_slot GetAllowedVerbs, GetModules;
  PCWSTR(IIS_METHOD *GetScriptProcessor)(const IScriptMapInfo *, DWORD *length);
  iis_slot GetManagedType;
  BOOL(IIS_METHOD *GetAllowPathInfoForScriptMappings)(const IScriptMapInfo *);
  iis_slot GetRequiredAccess, GetResourceType, GetIsStarScriptMap;
  DWORD(IIS_METHOD *GetResponseBufferLimit)(const IScriptMapInfo *);
  PCWSTR(IIS_METHOD *GetName)(const IScriptMapInfo *);
} IScriptMapInfoTable;
struct IScriptMapInfo {
  const IScriptMapInfoTable *table;
};

typedef struct IMetadataInfo IMetadataInfo;
typedef struct IMetadataInfoTable {
  PCWSTR(IIS_METHOD *GetMetaPath)(const IMetadataInfo *);
  iis_slot GetVrPath, GetVrToken, GetModuleContextContainer;
} IMetadataInfoTable;
struct IMetadataInfo {
  const IMetadataInfoTable *table;
};

/* ---- Completion and trace ---- */

typedef struct IHttpCompletionInfo IHttpCompletionInfo;
typedef struct IHttpCompletionInfoTable {
  DWORD(IIS_METHOD *GetCompletionBytes)(const IHttpCompletionInfo *);
  HRESULT(IIS_METHOD *GetCompletionStatus)(const IHttpCompletionInfo *);
} IHttpCompletionInfoTable;
struct IHttpCompletionInfo {
  const IHttpCompletionInfoTable *table;
};

typedef struct IHttpTraceContext IHttpTraceContext;
typedef struct IHttpTraceContextTable {
  iis_slot GetTraceConfiguration, SetTraceConfiguration, RaiseTraceEvent, GetTraceActivityId;
  HRESULT(IIS_METHOD *QuickTrace)
  (IHttpTraceContext *, PCWSTR name, PCWSTR data, HRESULT last, UCHAR level);
} IHttpTraceContextTable;
struct IHttpTraceContext {
  const IHttpTraceContextTable *table;
};

/* ---- The request's context ---- */

typedef struct IHttpContextTable {
  iis_slot GetSite, GetApplication;
  IHttpConnection *(IIS_METHOD *GetConnection)(IHttpContext *);
  IHttpRequest *(IIS_METHOD *GetRequest)(IHttpContext *);
  IHttpResponse *(IIS_METHOD *GetResponse)(IHttpContext *);
  BOOL(IIS_METHOD *GetResponseHeadersSent)(const IHttpContext *);
  IHttpUser *(IIS_METHOD *GetUser)(const IHttpContext *); /* NULL before authentication */
  iis_slot GetModuleContextContainer;
  void(IIS_METHOD *IndicateCompletion)(IHttpContext *, REQUEST_NOTIFICATION_STATUS);
  HRESULT(IIS_METHOD *PostCompletion)(IHttpContext *, DWORD bytes);
  iis_slot DisableNotifications, GetNextNotification, GetIsLastNotification, ExecuteRequest;
  iis_slot GetExecuteFlags;
  HRESULT(IIS_METHOD *GetServerVariable)
  (IHttpContext *, PCSTR name, PCSTR *value, DWORD *length);
  HRESULT(IIS_METHOD *GetServerVariableW)
  (IHttpContext *, PCSTR name, PCWSTR *value, DWORD *length);
  iis_slot SetServerVariable;
  void *(IIS_METHOD *AllocateRequestMemory)(IHttpContext *, DWORD size);
  iis_slot GetUrlInfo;
  IMetadataInfo *(IIS_METHOD *GetMetadata)(IHttpContext *);
  iis_slot GetPhysicalPath;
  PCWSTR(IIS_METHOD *GetScriptName)(const IHttpContext *, DWORD *length);
  PCWSTR(IIS_METHOD *GetScriptTranslated)(IHttpContext *, DWORD *length);
  IScriptMapInfo *(IIS_METHOD *GetScriptMap)(const IHttpContext *);
  iis_slot SetRequestHandled, GetFileInfo, MapPath, NotifyCustomNotification, GetParentContext;
  iis_slot GetRootContext, CloneContext, ReleaseClonedContext, GetCurrentExecutionStats;
  IHttpTraceContext *(IIS_METHOD *GetTraceContext)(const IHttpContext *);
  iis_slot GetServerVarChanges;
  HRESULT(IIS_METHOD *CancelIo)(IHttpContext *);
  iis_slot MapHandler, GetExtendedInterface;
} IHttpContextTable;
struct IHttpContext {
  const IHttpContextTable *table;
};
#endif
