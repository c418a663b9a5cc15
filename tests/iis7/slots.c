/* slots.c: compiles if the tables of functions are those of IIS, for as many bits as the compiler
   is told to compile for.  The numbers are typed from IIS's own order, not from our headers. */
#include "abi/config.h"
#include "abi/module.h"
#include "abi/request.h"
#include "abi/response.h"
#include "abi/server.h"
#include <stddef.h>

/* AT: the slot of a function.  USED: also its shape, since on 32 bits a callee with other arguments
   than its caller's breaks the stack.  ALL: how many slots there are. */
#define AT(class, slot, name)                                                                      \
  _Static_assert(offsetof(class##Table, name) == (slot) * sizeof(void *), #class "::" #name)
#define IS(class, name, convention, result, ...)                                                   \
  _Static_assert(__builtin_types_compatible_p(result(convention *)(__VA_ARGS__),                   \
                                              __typeof__(((class##Table *) 0)->name)),             \
                 #class "::" #name)
#define USED(class, slot, name, result, ...)                                                       \
  AT(class, slot, name);                                                                           \
  IS(class, name, IIS_METHOD, result, __VA_ARGS__)
#define COM(class, slot, name, ...)                                                                \
  AT(class, slot, name);                                                                           \
  IS(class, name, WINAPI, HRESULT, __VA_ARGS__)
#define ALL(class, slots)                                                                          \
  _Static_assert(sizeof(class##Table) == (slots) * sizeof(void *), #class);                        \
  _Static_assert(offsetof(struct class, table) == 0, #class)

#if defined(_WIN32) && defined(__i386__)
typedef void(__attribute__((thiscall)) * thiscall_method)(void *);
typedef void(WINAPI *stdcall_method)(void *);
typedef void(IIS_METHOD *method)(void *);
_Static_assert(__builtin_types_compatible_p(method, thiscall_method), "methods are thiscall");
_Static_assert(!__builtin_types_compatible_p(method, stdcall_method), "... and nothing else");
_Static_assert(!__builtin_types_compatible_p(method, void (*)(void *)), "... and nothing else");
#endif

typedef REQUEST_NOTIFICATION_STATUS rns;
typedef GLOBAL_NOTIFICATION_STATUS gns;
_Static_assert(RQ_NOTIFICATION_CONTINUE == 0, "");
_Static_assert(RQ_NOTIFICATION_PENDING == 1, "");
_Static_assert(RQ_NOTIFICATION_FINISH_REQUEST == 2, "");
_Static_assert(GL_NOTIFICATION_CONTINUE == 0, "");
_Static_assert(GL_NOTIFICATION_HANDLED == 1, "");
_Static_assert(RQ_EXECUTE_REQUEST_HANDLER == 128, "");
_Static_assert(GL_CONFIGURATION_CHANGE == 64, "");
_Static_assert(GL_STOP_LISTENING == 2, "");
_Static_assert(sizeof(rns) == 4, "");
_Static_assert(sizeof(HTTP_MODULE_ID) == sizeof(void *), "");

/* ---- The request's context ---- */

AT(IHttpContext, 0, GetSite);
AT(IHttpContext, 1, GetApplication);
USED(IHttpContext, 2, GetConnection, IHttpConnection *, IHttpContext *);
USED(IHttpContext, 3, GetRequest, IHttpRequest *, IHttpContext *);
USED(IHttpContext, 4, GetResponse, IHttpResponse *, IHttpContext *);
USED(IHttpContext, 5, GetResponseHeadersSent, BOOL, const IHttpContext *);
USED(IHttpContext, 6, GetUser, IHttpUser *, const IHttpContext *);
AT(IHttpContext, 7, GetModuleContextContainer);
USED(IHttpContext, 8, IndicateCompletion, void, IHttpContext *, rns);
USED(IHttpContext, 9, PostCompletion, HRESULT, IHttpContext *, DWORD);
AT(IHttpContext, 10, DisableNotifications);
AT(IHttpContext, 11, GetNextNotification);
AT(IHttpContext, 12, GetIsLastNotification);
AT(IHttpContext, 13, ExecuteRequest);
AT(IHttpContext, 14, GetExecuteFlags);
USED(IHttpContext, 15, GetServerVariable, HRESULT, IHttpContext *, PCSTR, PCSTR *, DWORD *);
USED(IHttpContext, 16, GetServerVariableW, HRESULT, IHttpContext *, PCSTR, PCWSTR *, DWORD *);
AT(IHttpContext, 17, SetServerVariable);
USED(IHttpContext, 18, AllocateRequestMemory, void *, IHttpContext *, DWORD);
AT(IHttpContext, 19, GetUrlInfo);
USED(IHttpContext, 20, GetMetadata, IMetadataInfo *, IHttpContext *);
AT(IHttpContext, 21, GetPhysicalPath);
USED(IHttpContext, 22, GetScriptName, PCWSTR, const IHttpContext *, DWORD *);
USED(IHttpContext, 23, GetScriptTranslated, PCWSTR, IHttpContext *, DWORD *);
USED(IHttpContext, 24, GetScriptMap, IScriptMapInfo *, const IHttpContext *);
AT(IHttpContext, 25, SetRequestHandled);
AT(IHttpContext, 26, GetFileInfo);
AT(IHttpContext, 27, MapPath);
AT(IHttpContext, 28, NotifyCustomNotification);
AT(IHttpContext, 29, GetParentContext);
AT(IHttpContext, 30, GetRootContext);
AT(IHttpContext, 31, CloneContext);
AT(IHttpContext, 32, ReleaseClonedContext);
AT(IHttpContext, 33, GetCurrentExecutionStats);
USED(IHttpContext, 34, GetTraceContext, IHttpTraceContext *, const IHttpContext *);
AT(IHttpContext, 35, GetServerVarChanges);
USED(IHttpContext, 36, CancelIo, HRESULT, IHttpContext *);
AT(IHttpContext, 37, MapHandler);
AT(IHttpContext, 38, GetExtendedInterface);
ALL(IHttpContext, 39);

/* ---- Request and response ---- */

AT(IHttpRequest, 0, GetRawHttpRequestConst);
USED(IHttpRequest, 1, GetRawHttpRequest, HTTP_REQUEST *, IHttpRequest *);
USED(IHttpRequest, 2, GetHeaderById, PCSTR, const IHttpRequest *, HTTP_HEADER_ID, USHORT *);
USED(IHttpRequest, 3, GetHeader, PCSTR, const IHttpRequest *, PCSTR, USHORT *);
AT(IHttpRequest, 4, SetHeaderById);
AT(IHttpRequest, 5, SetHeader);
AT(IHttpRequest, 6, DeleteHeaderById);
AT(IHttpRequest, 7, DeleteHeader);
USED(IHttpRequest, 8, GetHttpMethod, PCSTR, const IHttpRequest *);
AT(IHttpRequest, 9, SetHttpMethod);
AT(IHttpRequest, 10, SetUrl);
AT(IHttpRequest, 11, SetUrlW);
AT(IHttpRequest, 12, GetUrlChanged);
AT(IHttpRequest, 13, GetForwardedUrl);
USED(IHttpRequest, 14, GetLocalAddress, PSOCKADDR, const IHttpRequest *);
USED(IHttpRequest, 15, GetRemoteAddress, PSOCKADDR, const IHttpRequest *);
USED(IHttpRequest, 16, ReadEntityBody, HRESULT, IHttpRequest *, void *, DWORD, BOOL, DWORD *,
     BOOL *);
AT(IHttpRequest, 17, InsertEntityBody);
USED(IHttpRequest, 18, GetRemainingEntityBytes, DWORD, IHttpRequest *);
USED(IHttpRequest, 19, GetHttpVersion, void, const IHttpRequest *, USHORT *, USHORT *);
AT(IHttpRequest, 20, GetClientCertificate);
AT(IHttpRequest, 21, NegotiateClientCertificate);
AT(IHttpRequest, 22, GetSiteId);
AT(IHttpRequest, 23, GetHeaderChanges);
ALL(IHttpRequest, 24);

AT(IHttpResponse, 0, GetRawHttpResponseConst);
USED(IHttpResponse, 1, GetRawHttpResponse, HTTP_RESPONSE *, IHttpResponse *);
AT(IHttpResponse, 2, GetCachePolicy);
USED(IHttpResponse, 3, SetStatus, HRESULT, IHttpResponse *, USHORT, PCSTR, USHORT, HRESULT,
     IAppHostConfigException *, BOOL);
USED(IHttpResponse, 4, SetHeaderById, HRESULT, IHttpResponse *, HTTP_HEADER_ID, PCSTR, USHORT,
     BOOL);
USED(IHttpResponse, 5, SetHeader, HRESULT, IHttpResponse *, PCSTR, PCSTR, USHORT, BOOL);
USED(IHttpResponse, 6, DeleteHeaderById, HRESULT, IHttpResponse *, HTTP_HEADER_ID);
USED(IHttpResponse, 7, DeleteHeader, HRESULT, IHttpResponse *, PCSTR);
AT(IHttpResponse, 8, GetHeaderById);
AT(IHttpResponse, 9, GetHeader);
USED(IHttpResponse, 10, Clear, void, IHttpResponse *);
AT(IHttpResponse, 11, ClearHeaders);
USED(IHttpResponse, 12, SetNeedDisconnect, void, IHttpResponse *);
USED(IHttpResponse, 13, ResetConnection, void, IHttpResponse *);
USED(IHttpResponse, 14, DisableKernelCache, void, IHttpResponse *, ULONG);
AT(IHttpResponse, 15, GetKernelCacheEnabled);
AT(IHttpResponse, 16, SuppressHeaders);
AT(IHttpResponse, 17, GetHeadersSuppressed);
USED(IHttpResponse, 18, Flush, HRESULT, IHttpResponse *, BOOL, BOOL, DWORD *, BOOL *);
AT(IHttpResponse, 19, Redirect);
USED(IHttpResponse, 20, WriteEntityChunkByReference, HRESULT, IHttpResponse *, HTTP_DATA_CHUNK *,
     LONG);
USED(IHttpResponse, 21, WriteEntityChunks, HRESULT, IHttpResponse *, HTTP_DATA_CHUNK *, DWORD, BOOL,
     BOOL, DWORD *, BOOL *);
USED(IHttpResponse, 22, DisableBuffering, void, IHttpResponse *);
AT(IHttpResponse, 23, GetStatus);
USED(IHttpResponse, 24, SetErrorDescription, HRESULT, IHttpResponse *, PCWSTR, DWORD, BOOL);
AT(IHttpResponse, 25, GetErrorDescription);
AT(IHttpResponse, 26, GetHeaderChanges);
AT(IHttpResponse, 27, CloseConnection);
ALL(IHttpResponse, 28);

/* ---- What the module is ---- */

#define NOTIFIED(slot, name)                                                                       \
  USED(CHttpModule, slot, name, rns, CHttpModule *, IHttpContext *, IHttpEventProvider *)
NOTIFIED(0, OnBeginRequest);
NOTIFIED(1, OnPostBeginRequest);
NOTIFIED(2, OnAuthenticateRequest);
NOTIFIED(3, OnPostAuthenticateRequest);
NOTIFIED(4, OnAuthorizeRequest);
NOTIFIED(5, OnPostAuthorizeRequest);
NOTIFIED(6, OnResolveRequestCache);
NOTIFIED(7, OnPostResolveRequestCache);
NOTIFIED(8, OnMapRequestHandler);
NOTIFIED(9, OnPostMapRequestHandler);
NOTIFIED(10, OnAcquireRequestState);
NOTIFIED(11, OnPostAcquireRequestState);
NOTIFIED(12, OnPreExecuteRequestHandler);
NOTIFIED(13, OnPostPreExecuteRequestHandler);
NOTIFIED(14, OnExecuteRequestHandler);
NOTIFIED(15, OnPostExecuteRequestHandler);
NOTIFIED(16, OnReleaseRequestState);
NOTIFIED(17, OnPostReleaseRequestState);
NOTIFIED(18, OnUpdateRequestCache);
NOTIFIED(19, OnPostUpdateRequestCache);
NOTIFIED(20, OnLogRequest);
NOTIFIED(21, OnPostLogRequest);
NOTIFIED(22, OnEndRequest);
NOTIFIED(23, OnPostEndRequest);
NOTIFIED(24, OnSendResponse);
NOTIFIED(25, OnMapPath);
NOTIFIED(26, OnReadEntity);
NOTIFIED(27, OnCustomRequestNotification);
USED(CHttpModule, 28, OnAsyncCompletion, rns, CHttpModule *, IHttpContext *, DWORD, BOOL,
     IHttpEventProvider *, IHttpCompletionInfo *);
USED(CHttpModule, 29, Dispose, void, CHttpModule *);
AT(CHttpModule, 30, destroy);
ALL(CHttpModule, 31);

#define GLOBAL(slot, name) USED(CGlobalModule, slot, name, gns, CGlobalModule *, void *)
GLOBAL(0, OnGlobalStopListening);
USED(CGlobalModule, 1, OnGlobalCacheCleanup, gns, CGlobalModule *);
GLOBAL(2, OnGlobalCacheOperation);
USED(CGlobalModule, 3, OnGlobalHealthCheck, gns, CGlobalModule *);
GLOBAL(4, OnGlobalConfigurationChange);
GLOBAL(5, OnGlobalFileChange);
GLOBAL(6, OnGlobalPreBeginRequest);
GLOBAL(7, OnGlobalApplicationStart);
GLOBAL(8, OnGlobalApplicationResolveModules);
GLOBAL(9, OnGlobalApplicationStop);
GLOBAL(10, OnGlobalRSCAQuery);
GLOBAL(11, OnGlobalTraceEvent);
GLOBAL(12, OnGlobalCustomNotification);
USED(CGlobalModule, 13, Terminate, void, CGlobalModule *);
GLOBAL(14, OnGlobalThreadCleanup);
GLOBAL(15, OnGlobalApplicationPreload);
GLOBAL(16, OnSuspendProcess);
ALL(CGlobalModule, 17);

USED(IHttpModuleFactory, 0, GetHttpModule, HRESULT, IHttpModuleFactory *, CHttpModule **,
     IModuleAllocator *);
USED(IHttpModuleFactory, 1, Terminate, void, IHttpModuleFactory *);
ALL(IHttpModuleFactory, 2);
USED(IModuleAllocator, 0, AllocateMemory, void *, IModuleAllocator *, DWORD);
ALL(IModuleAllocator, 1);
USED(IHttpModuleRegistrationInfo, 0, GetName, PCWSTR, const IHttpModuleRegistrationInfo *);
USED(IHttpModuleRegistrationInfo, 1, GetId, HTTP_MODULE_ID, const IHttpModuleRegistrationInfo *);
USED(IHttpModuleRegistrationInfo, 2, SetRequestNotifications, HRESULT,
     IHttpModuleRegistrationInfo *, IHttpModuleFactory *, DWORD, DWORD);
USED(IHttpModuleRegistrationInfo, 3, SetGlobalNotifications, HRESULT, IHttpModuleRegistrationInfo *,
     CGlobalModule *, DWORD);
AT(IHttpModuleRegistrationInfo, 4, SetPriorityForRequestNotification);
AT(IHttpModuleRegistrationInfo, 5, SetPriorityForGlobalNotification);
ALL(IHttpModuleRegistrationInfo, 6);
_Static_assert(__builtin_types_compatible_p(iis_register_module,
                                            HRESULT(WINAPI *)(DWORD, IHttpModuleRegistrationInfo *,
                                                              IHttpServer *)),
               "RegisterModule");
USED(IHttpEventProvider, 0, SetErrorStatus, void, IHttpEventProvider *, HRESULT);
ALL(IHttpEventProvider, 1);
AT(IGlobalConfigurationChangeProvider, 0, SetErrorStatus);
USED(IGlobalConfigurationChangeProvider, 1, GetChangePath, PCWSTR,
     const IGlobalConfigurationChangeProvider *);
ALL(IGlobalConfigurationChangeProvider, 2);

/* ---- What belongs to a request ---- */

USED(IHttpCompletionInfo, 0, GetCompletionBytes, DWORD, const IHttpCompletionInfo *);
USED(IHttpCompletionInfo, 1, GetCompletionStatus, HRESULT, const IHttpCompletionInfo *);
ALL(IHttpCompletionInfo, 2);
USED(IHttpUser, 0, GetRemoteUserName, PCWSTR, IHttpUser *);
USED(IHttpUser, 1, GetUserName, PCWSTR, IHttpUser *);
USED(IHttpUser, 2, GetAuthenticationType, PCWSTR, IHttpUser *);
AT(IHttpUser, 3, GetPassword);
USED(IHttpUser, 4, GetImpersonationToken, HANDLE, IHttpUser *);
USED(IHttpUser, 5, GetPrimaryToken, HANDLE, IHttpUser *);
USED(IHttpUser, 6, ReferenceUser, void, IHttpUser *);
USED(IHttpUser, 7, DereferenceUser, void, IHttpUser *);
AT(IHttpUser, 8, SupportsIsInRole);
AT(IHttpUser, 9, IsInRole);
AT(IHttpUser, 10, GetUserVariable);
ALL(IHttpUser, 11);
USED(IHttpConnection, 0, IsConnected, BOOL, const IHttpConnection *);
AT(IHttpConnection, 1, AllocateMemory);
USED(IHttpConnection, 2, GetModuleContextContainer, IHttpConnectionModuleContextContainer *,
     IHttpConnection *);
ALL(IHttpConnection, 3);
USED(IHttpStoredContext, 0, CleanupStoredContext, void, IHttpStoredContext *);
ALL(IHttpStoredContext, 1);
USED(IHttpConnectionStoredContext, 0, CleanupStoredContext, void, IHttpConnectionStoredContext *);
USED(IHttpConnectionStoredContext, 1, NotifyDisconnect, void, IHttpConnectionStoredContext *);
ALL(IHttpConnectionStoredContext, 2);
AT(IHttpConnectionModuleContextContainer, 0, GetModuleContext);
AT(IHttpConnectionModuleContextContainer, 1, SetModuleContext);
USED(IHttpConnectionModuleContextContainer, 2, GetConnectionModuleContext,
     IHttpConnectionStoredContext *, IHttpConnectionModuleContextContainer *, HTTP_MODULE_ID);
USED(IHttpConnectionModuleContextContainer, 3, SetConnectionModuleContext, HRESULT,
     IHttpConnectionModuleContextContainer *, IHttpConnectionStoredContext *, HTTP_MODULE_ID);
ALL(IHttpConnectionModuleContextContainer, 4);
USED(IScriptMapInfo, 0, GetPath, PCWSTR, const IScriptMapInfo *);
AT(IScriptMapInfo, 1, GetAllowedVerbs);
AT(IScriptMapInfo, 2, GetModules);
USED(IScriptMapInfo, 3, GetScriptProcessor, PCWSTR, const IScriptMapInfo *, DWORD *);
AT(IScriptMapInfo, 4, GetManagedType);
USED(IScriptMapInfo, 5, GetAllowPathInfoForScriptMappings, BOOL, const IScriptMapInfo *);
AT(IScriptMapInfo, 6, GetRequiredAccess);
AT(IScriptMapInfo, 7, GetResourceType);
AT(IScriptMapInfo, 8, GetIsStarScriptMap);
USED(IScriptMapInfo, 9, GetResponseBufferLimit, DWORD, const IScriptMapInfo *);
USED(IScriptMapInfo, 10, GetName, PCWSTR, const IScriptMapInfo *);
ALL(IScriptMapInfo, 11);
USED(IMetadataInfo, 0, GetMetaPath, PCWSTR, const IMetadataInfo *);
AT(IMetadataInfo, 1, GetVrPath);
AT(IMetadataInfo, 2, GetVrToken);
AT(IMetadataInfo, 3, GetModuleContextContainer);
ALL(IMetadataInfo, 4);
AT(IHttpTraceContext, 0, GetTraceConfiguration);
AT(IHttpTraceContext, 1, SetTraceConfiguration);
AT(IHttpTraceContext, 2, RaiseTraceEvent);
AT(IHttpTraceContext, 3, GetTraceActivityId);
USED(IHttpTraceContext, 4, QuickTrace, HRESULT, IHttpTraceContext *, PCWSTR, PCWSTR, HRESULT,
     UCHAR);
ALL(IHttpTraceContext, 5);

/* ---- The worker process ---- */

USED(IHttpServer, 0, IsCommandLineLaunch, BOOL, const IHttpServer *);
USED(IHttpServer, 1, GetAppPoolName, PCWSTR, const IHttpServer *);
AT(IHttpServer, 2, AssociateWithThreadPool);
AT(IHttpServer, 3, IncrementThreadCount);
AT(IHttpServer, 4, DecrementThreadCount);
USED(IHttpServer, 5, ReportUnhealthy, void, IHttpServer *, PCWSTR, HRESULT);
USED(IHttpServer, 6, RecycleProcess, void, IHttpServer *, PCWSTR);
USED(IHttpServer, 7, GetAdminManager, IAppHostAdminManager *, const IHttpServer *);
AT(IHttpServer, 8, GetFileInfo);
AT(IHttpServer, 9, FlushKernelCache);
AT(IHttpServer, 10, DoCacheOperation);
AT(IHttpServer, 11, NotifyCustomNotification);
AT(IHttpServer, 12, GetPerfCounterInfo);
AT(IHttpServer, 13, RecycleApplication);
AT(IHttpServer, 14, NotifyConfigurationChange);
AT(IHttpServer, 15, NotifyFileChange);
AT(IHttpServer, 16, DispenseContainer);
AT(IHttpServer, 17, AddFragmentToCache);
AT(IHttpServer, 18, ReadFragmentFromCache);
AT(IHttpServer, 19, RemoveFragmentFromCache);
AT(IHttpServer, 20, GetWorkerProcessSettings);
AT(IHttpServer, 21, GetProtocolManagerCustomInterface);
AT(IHttpServer, 22, SatisfiesPrecondition);
AT(IHttpServer, 23, GetTraceContext);
AT(IHttpServer, 24, RegisterFileChangeMonitor);
AT(IHttpServer, 25, GetExtendedInterface);
ALL(IHttpServer, 26);

/* ---- Configuration: COM ---- */

#define UNKNOWN(class)                                                                             \
  AT(class, 0, QueryInterface);                                                                    \
  AT(class, 1, AddRef);                                                                            \
  AT(class, 2, Release);                                                                           \
  IS(class, Release, WINAPI, ULONG, class *)
UNKNOWN(IAppHostAdminManager);
COM(IAppHostAdminManager, 3, GetAdminSection, IAppHostAdminManager *, BSTR, BSTR,
    IAppHostElement **);
AT(IAppHostAdminManager, 4, GetMetadata);
AT(IAppHostAdminManager, 5, SetMetadata);
AT(IAppHostAdminManager, 6, get_ConfigManager);
ALL(IAppHostAdminManager, 7);
UNKNOWN(IAppHostElement);
AT(IAppHostElement, 3, get_Name);
COM(IAppHostElement, 4, get_Collection, IAppHostElement *, IAppHostElementCollection **);
AT(IAppHostElement, 5, get_Properties);
AT(IAppHostElement, 6, get_ChildElements);
AT(IAppHostElement, 7, GetMetadata);
AT(IAppHostElement, 8, SetMetadata);
AT(IAppHostElement, 9, get_Schema);
COM(IAppHostElement, 10, GetElementByName, IAppHostElement *, BSTR, IAppHostElement **);
COM(IAppHostElement, 11, GetPropertyByName, IAppHostElement *, BSTR, IAppHostProperty **);
AT(IAppHostElement, 12, Clear);
AT(IAppHostElement, 13, get_Methods);
ALL(IAppHostElement, 14);
UNKNOWN(IAppHostElementCollection);
COM(IAppHostElementCollection, 3, get_Count, IAppHostElementCollection *, DWORD *);
COM(IAppHostElementCollection, 4, get_Item, IAppHostElementCollection *, VARIANT,
    IAppHostElement **);
AT(IAppHostElementCollection, 5, AddElement);
AT(IAppHostElementCollection, 6, DeleteElement);
AT(IAppHostElementCollection, 7, Clear);
AT(IAppHostElementCollection, 8, CreateNewElement);
AT(IAppHostElementCollection, 9, get_Schema);
ALL(IAppHostElementCollection, 10);
UNKNOWN(IAppHostProperty);
AT(IAppHostProperty, 3, get_Name);
COM(IAppHostProperty, 4, get_Value, IAppHostProperty *, VARIANT *);
AT(IAppHostProperty, 5, put_Value);
AT(IAppHostProperty, 6, Clear);
COM(IAppHostProperty, 7, get_StringValue, IAppHostProperty *, BSTR *);
AT(IAppHostProperty, 8, get_Exception);
AT(IAppHostProperty, 9, GetMetadata);
AT(IAppHostProperty, 10, SetMetadata);
AT(IAppHostProperty, 11, get_Schema);
ALL(IAppHostProperty, 12);
_Static_assert(sizeof(VARIANT) == (sizeof(void *) == 8 ? 24 : 16), "VARIANT goes by value");

/* ---- The system's structures ---- */

_Static_assert(sizeof(HTTP_DATA_CHUNK) == 32, "");
_Static_assert(offsetof(HTTP_DATA_CHUNK, FromMemory.pBuffer) == 8, "");
_Static_assert(offsetof(HTTP_DATA_CHUNK, FromMemory.BufferLength) == 8 + sizeof(void *), "");
