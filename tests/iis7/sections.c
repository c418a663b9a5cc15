/* sections.c: system.webServer/fastCgi as IIS hands it out: counted objects, whose values have the
   schema's defaults where nothing is said. */
#include "sections.h"
#include "utf16.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* An element or a property, with the table of the one that it is. */
typedef struct object {
  const void *table;
  atomic_int users;
  const char *const *pairs; /* of an application, or of what lies in it */
  int is_variables;         /* environmentVariables */
  const server_application *all;
  const char *value;
} object;

static const server_application *applications;
static HRESULT failure;
static atomic_int live;

static const char *const defaults[] = {"fullPath",
                                       "",
                                       "arguments",
                                       "",
                                       "monitorChangesTo",
                                       "",
                                       "stderrMode",
                                       "ReturnStdErrIn500",
                                       "maxInstances",
                                       "4",
                                       "idleTimeout",
                                       "300",
                                       "activityTimeout",
                                       "30",
                                       "requestTimeout",
                                       "90",
                                       "instanceMaxRequests",
                                       "200",
                                       "signalBeforeTerminateSeconds",
                                       "0",
                                       "protocol",
                                       "NamedPipe",
                                       "queueLength",
                                       "1000",
                                       "flushNamedPipe",
                                       "false",
                                       "rapidFailsPerMinute",
                                       "10",
                                       NULL};

static object *new_object(const void *table) {
  object *o = calloc(1, sizeof *o);
  o->table = table;
  o->users = 1;
  live++;
  return o;
}

static ULONG release(object *o) {
  int left = --o->users;
  if (left > 0)
    return (ULONG) left;
  free(o);
  live--;
  return 0;
}

static void narrow(char out[200], const WCHAR *wide) {
  utf16_narrow(out, 200, wide);
}

/* ---- Properties ---- */

static HRESULT WINAPI get_string(IAppHostProperty *p, BSTR *value) {
  WCHAR wide[4000];
  utf16_widen(wide, 4000, ((object *) p)->value);
  *value = SysAllocString(wide);
  return S_OK;
}

static ULONG WINAPI release_property(IAppHostProperty *p) {
  return release((object *) p);
}

static const IAppHostPropertyTable property_table = {.Release = release_property,
                                                     .get_StringValue = get_string};

static const char *find(const char *const *pairs, const char *name) {
  for (; pairs && pairs[0]; pairs += 2)
    if (strcmp(pairs[0], name) == 0)
      return pairs[1];
  return NULL;
}

static HRESULT WINAPI get_property(IAppHostElement *e, BSTR wide, IAppHostProperty **out) {
  object *o = (object *) e, *p;
  char name[200];
  const char *value;
  narrow(name, wide);
  value = find(o->pairs, name);
  if (o->is_variables && strcmp(name, "name") == 0)
    value = o->pairs[0] + 1;
  else if (o->is_variables && strcmp(name, "value") == 0)
    value = o->pairs[1];
  else if (value == NULL)
    value = find(defaults, name);
  if (value == NULL)
    return (HRESULT) 0x80070002;
  p = new_object(&property_table);
  p->value = value;
  *out = (IAppHostProperty *) p;
  return S_OK;
}

/* ---- Elements and collections ---- */

static HRESULT WINAPI get_collection(IAppHostElement *, IAppHostElementCollection **);
static HRESULT WINAPI get_element(IAppHostElement *, BSTR, IAppHostElement **);

static ULONG WINAPI release_element(IAppHostElement *e) {
  return release((object *) e);
}

static const IAppHostElementTable element_table = {.Release = release_element,
                                                   .get_Collection = get_collection,
                                                   .GetElementByName = get_element,
                                                   .GetPropertyByName = get_property};

/* The `index`th: an application, or a variable of one. */
static object *item(const object *list, DWORD index) {
  const char *const *at;
  object *o;
  if (!list->is_variables && (list->all == NULL || list->all[index] == NULL))
    return NULL;
  at = list->is_variables ? list->pairs : list->all[index];
  for (; list->is_variables && at && at[0]; at += 2)
    if (at[0][0] == '$' && index-- == 0)
      break;
  if (at == NULL || at[0] == NULL)
    return NULL;
  o = new_object(&element_table);
  o->pairs = at;
  o->is_variables = list->is_variables;
  return o;
}

static HRESULT WINAPI count_all(IAppHostElementCollection *c, DWORD *count) {
  object *one;
  for (*count = 0; (one = item((object *) c, *count)) != NULL; ++*count)
    release(one);
  return S_OK;
}

static HRESULT WINAPI get_item(IAppHostElementCollection *c, VARIANT index, IAppHostElement **out) {
  if (index.vt != VT_I4)
    return (HRESULT) 0x80070057;
  *out = (IAppHostElement *) item((object *) c, (DWORD) index.lVal);
  return *out ? S_OK : (HRESULT) 0x80070585;
}

static ULONG WINAPI release_collection(IAppHostElementCollection *c) {
  return release((object *) c);
}

static const IAppHostElementCollectionTable collection_table = {
    .Release = release_collection, .get_Count = count_all, .get_Item = get_item};

static HRESULT WINAPI get_collection(IAppHostElement *e, IAppHostElementCollection **out) {
  object *o = new_object(&collection_table), *of = (object *) e;
  o->pairs = of->pairs;
  o->all = of->all;
  o->is_variables = of->is_variables;
  *out = (IAppHostElementCollection *) o;
  return S_OK;
}

static HRESULT WINAPI get_element(IAppHostElement *e, BSTR wide, IAppHostElement **out) {
  char name[200];
  object *o;
  narrow(name, wide);
  if (strcmp(name, "environmentVariables") != 0)
    return (HRESULT) 0x80070002;
  o = new_object(&element_table);
  o->pairs = ((object *) e)->pairs;
  o->is_variables = 1;
  *out = (IAppHostElement *) o;
  return S_OK;
}

/* ---- The manager ---- */

static HRESULT WINAPI get_section(IAppHostAdminManager *m, BSTR section, BSTR path,
                                  IAppHostElement **out) {
  char name[200], where[200];
  object *o;
  narrow(name, section);
  narrow(where, path);
  if (failure)
    return failure;
  if (strcmp(name, "system.webServer/fastCgi") != 0 ||
      strcmp(where, "MACHINE/WEBROOT/APPHOST") != 0)
    return (HRESULT) 0x80070002;
  o = new_object(&element_table);
  o->all = applications;
  *out = (IAppHostElement *) o;
  return S_OK;
}

static const IAppHostAdminManagerTable manager_table = {.GetAdminSection = get_section};
static IAppHostAdminManager manager = {&manager_table};

IAppHostAdminManager *sections_manager(void) {
  return &manager;
}

int sections_live(void) {
  return live;
}

void server_configure_fails(HRESULT error) {
  failure = error;
}

void sections_set(const server_application *all) {
  applications = all;
}
