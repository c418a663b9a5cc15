/* objects.c: the small objects of the test's server, connections, and the module's coming and
 * going. */
#include "call.h"
#include "sections.h"
#include "utf16.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OF(member, p) ((call *) ((char *) (p) -offsetof(call, member)))
#define NO_SUCH       ((HRESULT) 0x80070585) /* ERROR_INVALID_INDEX */

typedef struct memory {
  struct memory *next;
  long long bytes[];
} memory;

static uv_lib_t library;
static HTTP_MODULE_ID const id = &library;
static CGlobalModule *global;
static DWORD globals;
IHttpModuleFactory *server_factory;

void *call_allocate(call *c, size_t size) {
  memory *m = calloc(1, sizeof *m + size);
  m->next = c->memory;
  c->memory = m;
  return m->bytes;
}

static PCWSTR widen(call *c, const char *text) {
  size_t cap = strlen(text) + 3;
  WCHAR *wide = call_allocate(c, cap * sizeof *wide);
  utf16_widen(wide, cap, text);
  return wide;
}

/* ---- The context ---- */

static IHttpConnection *IIS_METHOD get_connection(IHttpContext *i) {
  call_enter(OF(context, i));
  return (IHttpConnection *) OF(context, i)->connection;
}

static IHttpRequest *IIS_METHOD get_request(IHttpContext *i) {
  call_enter(OF(context, i));
  return &OF(context, i)->request;
}

static IHttpResponse *IIS_METHOD get_response(IHttpContext *i) {
  call_enter(OF(context, i));
  return &OF(context, i)->response;
}

static BOOL IIS_METHOD get_headers_sent(const IHttpContext *i) {
  call_enter(OF(context, i));
  return OF(context, i)->x->is_sent;
}

static IHttpUser *IIS_METHOD get_user(const IHttpContext *i) {
  call *c = OF(context, i);
  call_enter(c);
  return c->x->has_user ? &c->user : NULL;
}

static void IIS_METHOD indicate(IHttpContext *i, REQUEST_NOTIFICATION_STATUS status) {
  call *c = OF(context, i);
  if (c->x->posts_failed)
    call_indicate(c, status);
  else
    call_fault(c, "the pipeline was made to run on a thread of the module's");
}

static HRESULT IIS_METHOD post(IHttpContext *i, DWORD bytes) {
  call *c = OF(context, i);
  if (c->is_over) {
    call_fault(c, "a completion was posted to a request that had ended");
    return NO_SUCH;
  }
  c->x->posts++;
  if (c->x->post_fails) {
    c->x->post_fails--;
    c->x->posts_failed++;
    return NO_SUCH;
  }
  call_begin(c, OPERATION_POST, NULL, bytes);
  return S_OK;
}

/* HTTP_NAME is the client's field by that name. */
static const char *find_field(call *c, const char *name) {
  const char *line = c->x->fields ? c->x->fields : "";
  char *value;
  size_t i, len;
  for (; *line; line += strcspn(line, "\n") + 1) {
    for (i = 0; name[i] && (name[i] == '_' ? line[i] == '-' : toupper(line[i]) == name[i]); i++)
      ;
    if (name[i] || line[i] != ':')
      continue;
    line += i + 1 + strspn(line + i + 1, " ");
    len = strcspn(line, "\r\n");
    value = call_allocate(c, len + 1);
    memcpy(value, line, len);
    return value;
  }
  return NULL;
}

static const char *find_variable(call *c, const char *name) {
  const char *const *v;
  call_enter(c);
  if (strcmp(name, "ALL_RAW") == 0)
    return c->x->fields ? c->x->fields : "";
  for (v = c->x->variables; v && v[0]; v += 2)
    if (strcmp(v[0], name) == 0)
      return v[1];
  return strncmp(name, "HTTP_", 5) == 0 ? find_field(c, name + 5) : NULL;
}

static HRESULT IIS_METHOD get_variable(IHttpContext *i, PCSTR name, PCSTR *value, DWORD *len) {
  const char *found = find_variable(OF(context, i), name);
  if (found == NULL)
    return NO_SUCH;
  *value = found;
  *len = (DWORD) strlen(found);
  return S_OK;
}

static HRESULT IIS_METHOD get_variable_wide(IHttpContext *i, PCSTR name, PCWSTR *value,
                                            DWORD *len) {
  const char *found = find_variable(OF(context, i), name);
  if (found == NULL)
    return NO_SUCH;
  *value = widen(OF(context, i), found);
  for (*len = 0; (*value)[*len]; ++*len)
    ;
  return S_OK;
}

static IScriptMapInfo *IIS_METHOD get_map(const IHttpContext *i) {
  call *c = OF(context, i);
  call_enter(c);
  return c->x->processor ? &c->map : NULL;
}

static IHttpTraceContext *IIS_METHOD get_trace(const IHttpContext *i) {
  call_enter(OF(context, i));
  return &OF(context, i)->trace;
}

static HRESULT IIS_METHOD cancel(IHttpContext *i) {
  return call_cancel(OF(context, i));
}

static const IHttpContextTable context_table = {.GetConnection = get_connection,
                                                .GetRequest = get_request,
                                                .GetResponse = get_response,
                                                .GetResponseHeadersSent = get_headers_sent,
                                                .GetUser = get_user,
                                                .IndicateCompletion = indicate,
                                                .PostCompletion = post,
                                                .GetServerVariable = get_variable,
                                                .GetServerVariableW = get_variable_wide,
                                                .GetScriptMap = get_map,
                                                .GetTraceContext = get_trace,
                                                .CancelIo = cancel};

/* ---- What belongs to it ---- */

static HANDLE IIS_METHOD get_token(IHttpUser *i) {
  call_enter(OF(user, i));
  return OF(user, i)->x->token;
}

static const IHttpUserTable user_table = {.GetImpersonationToken = get_token};

static PCWSTR IIS_METHOD get_path(const IScriptMapInfo *i) {
  const exchange *x = OF(map, i)->x;
  call_enter(OF(map, i));
  return widen(OF(map, i), x->map ? x->map : "*.test");
}

static PCWSTR IIS_METHOD get_processor(const IScriptMapInfo *i, DWORD *len) {
  call_enter(OF(map, i));
  *len = (DWORD) strlen(OF(map, i)->x->processor);
  return widen(OF(map, i), OF(map, i)->x->processor);
}

static DWORD IIS_METHOD get_limit(const IScriptMapInfo *i) {
  call_enter(OF(map, i));
  return OF(map, i)->x->limit;
}

static const IScriptMapInfoTable map_table = {
    .GetPath = get_path, .GetScriptProcessor = get_processor, .GetResponseBufferLimit = get_limit};

static HRESULT IIS_METHOD trace(IHttpTraceContext *i, PCWSTR name, PCWSTR data, HRESULT error,
                                UCHAR level) {
  exchange *x = OF(trace, i)->x;
  size_t at = strlen(x->traces);
  char name_text[100], text[1200];
  call_enter(OF(trace, i));
  utf16_narrow(name_text, sizeof name_text, name);
  utf16_narrow(text, sizeof text, data);
  snprintf(x->traces + at, sizeof x->traces - at, "%s: %s\n", name_text, text);
  return S_OK;
}

static const IHttpTraceContextTable trace_table = {.QuickTrace = trace};

static void IIS_METHOD set_error(IHttpEventProvider *i, HRESULT error) {
  call_enter(OF(provider, i));
  OF(provider, i)->x->error_status = error;
}

static const IHttpEventProviderTable provider_table = {set_error};

static void *IIS_METHOD allocate(IModuleAllocator *i, DWORD size) {
  return call_allocate(OF(allocator, i), size);
}

static const IModuleAllocatorTable allocator_table = {allocate};

void call_fill(call *c, exchange *x, connection *of) {
  c->x = x;
  c->connection = of;
  c->context.table = &context_table;
  c->request.table = &request_table;
  c->response.table = &response_table;
  c->user.table = &user_table;
  c->map.table = &map_table;
  c->trace.table = &trace_table;
  c->provider.table = &provider_table;
  c->allocator.table = &allocator_table;
  c->last = &c->first;
  x->status = 200;
}

void call_empty(call *c) {
  while (c->memory) {
    memory *m = c->memory;
    c->memory = m->next;
    free(m);
  }
}

/* ---- Connections ---- */

#define OF_CONTAINER(p) ((connection *) ((char *) (p) -offsetof(connection, container_table)))

static BOOL IIS_METHOD is_connected(const IHttpConnection *i) {
  BOOL is;
  uv_mutex_lock(&server_lock);
  is = !((const connection *) i)->is_gone;
  uv_mutex_unlock(&server_lock);
  return is;
}

static IHttpConnectionModuleContextContainer *IIS_METHOD get_container(IHttpConnection *i) {
  return (IHttpConnectionModuleContextContainer *) &((connection *) i)->container_table;
}

static const IHttpConnectionTable connection_table = {.IsConnected = is_connected,
                                                      .GetModuleContextContainer = get_container};

static IHttpConnectionStoredContext *IIS_METHOD get_stored(IHttpConnectionModuleContextContainer *i,
                                                           HTTP_MODULE_ID which) {
  IHttpConnectionStoredContext *stored;
  uv_mutex_lock(&server_lock);
  stored = which == id ? OF_CONTAINER(i)->stored : NULL;
  uv_mutex_unlock(&server_lock);
  return stored;
}

static HRESULT IIS_METHOD set_stored(IHttpConnectionModuleContextContainer *i,
                                     IHttpConnectionStoredContext *stored, HTTP_MODULE_ID which) {
  int is_taken;
  uv_mutex_lock(&server_lock);
  is_taken = OF_CONTAINER(i)->stored != NULL;
  if (!is_taken)
    OF_CONTAINER(i)->stored = stored;
  call_change();
  uv_mutex_unlock(&server_lock);
  return is_taken ? (HRESULT) 0x80070055 /* ERROR_ALREADY_ASSIGNED */ : S_OK;
}

static const IHttpConnectionModuleContextContainerTable container_table = {
    .GetConnectionModuleContext = get_stored, .SetConnectionModuleContext = set_stored};

void server_connect(connection *c) {
  memset(c, 0, sizeof *c);
  c->table = &connection_table;
  c->container_table = &container_table;
}

void server_disconnect(connection *c) {
  IHttpConnectionStoredContext *stored;
  uv_mutex_lock(&server_lock);
  c->is_gone = 1;
  stored = c->is_silent ? NULL : c->stored;
  uv_mutex_unlock(&server_lock);
  if (stored)
    stored->table->NotifyDisconnect(stored);
}

void server_wait_until_watched(connection *c) {
  uv_mutex_lock(&server_lock);
  while (c->stored == NULL)
    call_wait_for_change();
  uv_mutex_unlock(&server_lock);
}

int server_has_left(const connection *c) {
  return !is_connected((const IHttpConnection *) c);
}

void server_close(connection *c) {
  if (c->stored == NULL)
    return;
  if (!c->is_gone)
    c->stored->table->NotifyDisconnect(c->stored);
  c->stored->table->CleanupStoredContext(c->stored);
  c->stored = NULL;
}

/* ---- The worker process, and the module in it ---- */

static IAppHostAdminManager *IIS_METHOD get_manager(const IHttpServer *i) {
  return sections_manager();
}

static const IHttpServerTable server_table = {.GetAdminManager = get_manager};
static IHttpServer server = {&server_table};

static HTTP_MODULE_ID IIS_METHOD get_id(const IHttpModuleRegistrationInfo *i) {
  return id;
}

static HRESULT IIS_METHOD set_notifications(IHttpModuleRegistrationInfo *i, IHttpModuleFactory *f,
                                            DWORD rq, DWORD rq_post) {
  if (rq == RQ_EXECUTE_REQUEST_HANDLER && rq_post == 0)
    server_factory = f;
  return S_OK;
}

static HRESULT IIS_METHOD set_globals(IHttpModuleRegistrationInfo *i, CGlobalModule *g, DWORD gl) {
  global = g;
  globals = gl;
  return S_OK;
}

static const IHttpModuleRegistrationInfoTable info_table = {.GetId = get_id,
                                                            .SetRequestNotifications =
                                                                set_notifications,
                                                            .SetGlobalNotifications = set_globals};
static IHttpModuleRegistrationInfo info = {&info_table};

static PCWSTR IIS_METHOD get_change_path(const IGlobalConfigurationChangeProvider *i) {
  return u"MACHINE/WEBROOT/APPHOST";
}

static const IGlobalConfigurationChangeProviderTable change_table = {.GetChangePath =
                                                                         get_change_path};

void server_configure(const server_application *applications, int is_silent) {
  IGlobalConfigurationChangeProvider change = {&change_table};
  sections_set(applications);
  if (!is_silent && (globals & GL_CONFIGURATION_CHANGE))
    global->table->OnGlobalConfigurationChange(global, &change);
}

void *server_symbol(const char *name) {
  void *at = NULL;
  return uv_dlsym(&library, name, &at) == 0 ? at : NULL;
}

const char *server_load(const char *path) {
  iis_register_module enter;
  server_factory = NULL;
  global = NULL;
  if (uv_dlopen(path, &library))
    return uv_dlerror(&library);
  enter = (iis_register_module) server_symbol("RegisterModule");
  if (enter == NULL)
    return "RegisterModule is not exported";
  if (FAILED(enter(0x00080000, &info, &server)))
    return "RegisterModule failed";
  server_begin();
  return server_factory ? NULL : "it registered for nothing";
}

const char *server_unload(void) {
  if (global)
    global->table->Terminate(global);
  server_factory->table->Terminate(server_factory);
  server_end();
  uv_dlclose(&library);
  return sections_live() == 0 ? NULL : "an object of the configuration was not released";
}
