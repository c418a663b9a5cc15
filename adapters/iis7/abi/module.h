/* module.h: what a module is to the server, and how it comes in. */
#ifndef IIS_ABI_MODULE_H
#define IIS_ABI_MODULE_H
#include "abi/context.h"

typedef struct IHttpEventProvider IHttpEventProvider;
typedef struct IHttpEventProviderTable {
  void(IIS_METHOD *SetErrorStatus)(IHttpEventProvider *, HRESULT);
} IHttpEventProviderTable;
struct IHttpEventProvider {
  const IHttpEventProviderTable *table;
};

typedef REQUEST_NOTIFICATION_STATUS(IIS_METHOD *iis_on_request)(CHttpModule *, IHttpContext *,
                                                                IHttpEventProvider *);

/* Of those that take another provider the shape differs behind it; only OnExecuteRequestHandler is
   asked for here. */
typedef struct CHttpModuleTable {
  iis_on_request OnBeginRequest, OnPostBeginRequest;
  iis_on_request OnAuthenticateRequest, OnPostAuthenticateRequest;
  iis_on_request OnAuthorizeRequest, OnPostAuthorizeRequest;
  iis_on_request OnResolveRequestCache, OnPostResolveRequestCache;
  iis_on_request OnMapRequestHandler, OnPostMapRequestHandler;
  iis_on_request OnAcquireRequestState, OnPostAcquireRequestState;
  iis_on_request OnPreExecuteRequestHandler, OnPostPreExecuteRequestHandler;
  iis_on_request OnExecuteRequestHandler, OnPostExecuteRequestHandler;
  iis_on_request OnReleaseRequestState, OnPostReleaseRequestState;
  iis_on_request OnUpdateRequestCache, OnPostUpdateRequestCache;
  iis_on_request OnLogRequest, OnPostLogRequest;
  iis_on_request OnEndRequest, OnPostEndRequest;
  iis_on_request OnSendResponse, OnMapPath, OnReadEntity, OnCustomRequestNotification;
  REQUEST_NOTIFICATION_STATUS(IIS_METHOD *OnAsyncCompletion)
  (CHttpModule *, IHttpContext *, DWORD notification, BOOL is_post, IHttpEventProvider *,
   IHttpCompletionInfo *);
  void(IIS_METHOD *Dispose)(CHttpModule *);
  void *(IIS_METHOD *destroy)(CHttpModule *, unsigned flags); /* never called by the server */
} CHttpModuleTable;
struct CHttpModule {
  const CHttpModuleTable *table;
};

/* ---- What happens to the whole process ---- */

typedef struct IGlobalConfigurationChangeProvider IGlobalConfigurationChangeProvider;
typedef struct IGlobalConfigurationChangeProviderTable {
  iis_slot SetErrorStatus;
  PCWSTR(IIS_METHOD *GetChangePath)(const IGlobalConfigurationChangeProvider *);
} IGlobalConfigurationChangeProviderTable;
struct IGlobalConfigurationChangeProvider {
  const IGlobalConfigurationChangeProviderTable *table;
};

typedef GLOBAL_NOTIFICATION_STATUS(IIS_METHOD *iis_on_global)(CGlobalModule *, void *provider);
typedef GLOBAL_NOTIFICATION_STATUS(IIS_METHOD *iis_on_global_alone)(CGlobalModule *);

typedef struct CGlobalModuleTable {
  iis_on_global OnGlobalStopListening;
  iis_on_global_alone OnGlobalCacheCleanup;
  iis_on_global OnGlobalCacheOperation;
  iis_on_global_alone OnGlobalHealthCheck;
  iis_on_global OnGlobalConfigurationChange, OnGlobalFileChange, OnGlobalPreBeginRequest;
  iis_on_global OnGlobalApplicationStart, OnGlobalApplicationResolveModules;
  iis_on_global OnGlobalApplicationStop, OnGlobalRSCAQuery, OnGlobalTraceEvent;
  iis_on_global OnGlobalCustomNotification;
  void(IIS_METHOD *Terminate)(CGlobalModule *);
  iis_on_global OnGlobalThreadCleanup, OnGlobalApplicationPreload, OnSuspendProcess;
} CGlobalModuleTable;
struct CGlobalModule {
  const CGlobalModuleTable *table;
};

/* ---- Coming in ---- */

typedef struct IModuleAllocator IModuleAllocator;
typedef struct IModuleAllocatorTable {
  void *(IIS_METHOD *AllocateMemory)(IModuleAllocator *, DWORD size); /* goes with the request */
} IModuleAllocatorTable;
struct IModuleAllocator {
  const IModuleAllocatorTable *table;
};

typedef struct IHttpModuleFactory IHttpModuleFactory;
typedef struct IHttpModuleFactoryTable {
  HRESULT(IIS_METHOD *GetHttpModule)(IHttpModuleFactory *, CHttpModule **, IModuleAllocator *);
  void(IIS_METHOD *Terminate)(IHttpModuleFactory *);
} IHttpModuleFactoryTable;
struct IHttpModuleFactory {
  const IHttpModuleFactoryTable *table;
};

typedef struct IHttpModuleRegistrationInfo IHttpModuleRegistrationInfo;
typedef struct IHttpModuleRegistrationInfoTable {
  PCWSTR(IIS_METHOD *GetName)(const IHttpModuleRegistrationInfo *);
  HTTP_MODULE_ID(IIS_METHOD *GetId)(const IHttpModuleRegistrationInfo *);
  HRESULT(IIS_METHOD *SetRequestNotifications)
  (IHttpModuleRegistrationInfo *, IHttpModuleFactory *, DWORD rq, DWORD rq_post);
  HRESULT(IIS_METHOD *SetGlobalNotifications)
  (IHttpModuleRegistrationInfo *, CGlobalModule *, DWORD gl);
  iis_slot SetPriorityForRequestNotification, SetPriorityForGlobalNotification;
} IHttpModuleRegistrationInfoTable;
struct IHttpModuleRegistrationInfo {
  const IHttpModuleRegistrationInfoTable *table;
};

/* The one name that a module exports. */
typedef HRESULT(WINAPI *iis_register_module)(DWORD version, IHttpModuleRegistrationInfo *,
                                             IHttpServer *);
#endif
