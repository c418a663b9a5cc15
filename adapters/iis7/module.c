/* module.c: how the server gets in: RegisterModule, the factory, what it notifies of. */
#include "host.h"
#include "service.h"
#include "session.h"
#include <stdlib.h>

IHttpServer *session_server;
HTTP_MODULE_ID session_id;

/* ---- One request ---- */

/* Notifications that were not asked for. */
static REQUEST_NOTIFICATION_STATUS IIS_METHOD ignore(CHttpModule *m, IHttpContext *context,
                                                     IHttpEventProvider *provider) {
  return RQ_NOTIFICATION_CONTINUE;
}

static REQUEST_NOTIFICATION_STATUS IIS_METHOD on_execute(CHttpModule *m, IHttpContext *context,
                                                         IHttpEventProvider *provider) {
  return session_serve((module *) m, context, provider);
}

static REQUEST_NOTIFICATION_STATUS IIS_METHOD on_completion(CHttpModule *m, IHttpContext *context,
                                                            DWORD notification, BOOL is_post,
                                                            IHttpEventProvider *provider,
                                                            IHttpCompletionInfo *info) {
  session *s = ((module *) m)->session;
  if (s == NULL)
    return RQ_NOTIFICATION_CONTINUE;
  s->provider = provider;
  return orders_go_on(s, info);
}

/* The memory is the request's; a session ends before its request does. */
static void IIS_METHOD dispose(CHttpModule *m) {
}

static void *IIS_METHOD destroy(CHttpModule *m, unsigned flags) {
  return m;
}

static CHttpModuleTable module_table;

/* All but the last three slots are notifications of one kind. */
static void fill_module_table(void) {
  iis_on_request *slots = (iis_on_request *) (void *) &module_table;
  size_t i;
  for (i = 0; i < offsetof(CHttpModuleTable, OnAsyncCompletion) / sizeof *slots; i++)
    slots[i] = ignore;
  module_table.OnExecuteRequestHandler = on_execute;
  module_table.OnAsyncCompletion = on_completion;
  module_table.Dispose = dispose;
  module_table.destroy = destroy;
}

static HRESULT IIS_METHOD get_module(IHttpModuleFactory *factory, CHttpModule **out,
                                     IModuleAllocator *allocator) {
  module *m = allocator->table->AllocateMemory(allocator, sizeof *m);
  if (m == NULL)
    return (HRESULT) 0x8007000e; /* E_OUTOFMEMORY */
  m->table = &module_table;
  m->session = NULL;
  *out = (CHttpModule *) m;
  return S_OK;
}

/* The last call of all. */
static void IIS_METHOD end(IHttpModuleFactory *factory) {
  task_close();
  service_end();
}

static const IHttpModuleFactoryTable factory_table = {get_module, end};
static IHttpModuleFactory factory = {&factory_table};

/* ---- The worker process ---- */

static GLOBAL_NOTIFICATION_STATUS IIS_METHOD ignore_global(CGlobalModule *g, void *provider) {
  return GL_NOTIFICATION_CONTINUE;
}

static GLOBAL_NOTIFICATION_STATUS IIS_METHOD ignore_alone(CGlobalModule *g) {
  return GL_NOTIFICATION_CONTINUE;
}

static GLOBAL_NOTIFICATION_STATUS IIS_METHOD on_change(CGlobalModule *g, void *provider) {
  config_changed();
  return GL_NOTIFICATION_CONTINUE;
}

static void IIS_METHOD end_global(CGlobalModule *g) {
}

static const CGlobalModuleTable global_table = {
    .OnGlobalStopListening = ignore_global,
    .OnGlobalCacheCleanup = ignore_alone,
    .OnGlobalCacheOperation = ignore_global,
    .OnGlobalHealthCheck = ignore_alone,
    .OnGlobalConfigurationChange = on_change,
    .OnGlobalFileChange = ignore_global,
    .OnGlobalPreBeginRequest = ignore_global,
    .OnGlobalApplicationStart = ignore_global,
    .OnGlobalApplicationResolveModules = ignore_global,
    .OnGlobalApplicationStop = ignore_global,
    .OnGlobalRSCAQuery = ignore_global,
    .OnGlobalTraceEvent = ignore_global,
    .OnGlobalCustomNotification = ignore_global,
    .Terminate = end_global,
    .OnGlobalThreadCleanup = ignore_global,
    .OnGlobalApplicationPreload = ignore_global,
    .OnSuspendProcess = ignore_global,
};
static CGlobalModule global = {&global_table};

#ifdef __GNUC__
__attribute__((visibility("default")))
#endif
HRESULT WINAPI
RegisterModule(DWORD version, IHttpModuleRegistrationInfo *info, IHttpServer *server);

/* Nothing is begun before the first request. */
HRESULT WINAPI RegisterModule(DWORD version, IHttpModuleRegistrationInfo *info,
                              IHttpServer *server) {
  HRESULT result;
  session_server = server;
  session_id = info->table->GetId(info);
  fill_module_table();
  config_open();
  result = info->table->SetRequestNotifications(info, &factory, RQ_EXECUTE_REQUEST_HANDLER, 0);
  if (!FAILED(result))
    result = info->table->SetGlobalNotifications(info, &global, GL_CONFIGURATION_CHANGE);
  return result;
}
