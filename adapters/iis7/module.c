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

static CGlobalModuleTable global_table;
static CGlobalModule global = {&global_table};

/* Most slots of either table are notifications of one kind. */
static void fill_tables(void) {
  iis_on_request *of_request = (iis_on_request *) (void *) &module_table;
  iis_on_global *of_process = (iis_on_global *) (void *) &global_table;
  size_t i;
  for (i = 0; i < offsetof(CHttpModuleTable, OnAsyncCompletion) / sizeof *of_request; i++)
    of_request[i] = ignore;
  module_table.OnExecuteRequestHandler = on_execute;
  module_table.OnAsyncCompletion = on_completion;
  module_table.Dispose = dispose;
  module_table.destroy = destroy;
  for (i = 0; i < sizeof global_table / sizeof *of_process; i++)
    of_process[i] = ignore_global;
  global_table.OnGlobalCacheCleanup = global_table.OnGlobalHealthCheck = ignore_alone;
  global_table.OnGlobalConfigurationChange = on_change;
  global_table.Terminate = end_global;
}

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
  fill_tables();
  config_open();
  result = info->table->SetRequestNotifications(info, &factory, RQ_EXECUTE_REQUEST_HANDLER, 0);
  if (!FAILED(result))
    result = info->table->SetGlobalNotifications(info, &global, GL_CONFIGURATION_CHANGE);
  return result;
}
