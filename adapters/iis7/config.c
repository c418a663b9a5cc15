/* config.c: the section system.webServer/fastCgi, as the server has it, becomes a configuration: it
   is written as the XML that it was, which lib/config reads. */
#include "abi/config.h"
#include "host.h"
#include "service.h"
#include "session.h"
#include "utf16.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_int is_new = 1;

typedef struct writer {
  char *text;
  size_t len, room;
  int has_failed; /* no memory */
  HRESULT error;  /* the first of the server's */
  const char *call;
} writer;

/* ---- XML ---- */

static void put(writer *w, const char *text, size_t len) {
  if (w->len + len > w->room && !w->has_failed) {
    size_t room = (w->len + len) * 2;
    char *more = realloc(w->text, room);
    w->has_failed = more == NULL;
    w->text = more ? more : w->text;
    w->room = more ? room : w->room;
  }
  if (w->has_failed)
    return;
  memcpy(w->text + w->len, text, len);
  w->len += len;
}

static void put_text(writer *w, const char *text) {
  put(w, text, strlen(text));
}

/* Whatever could mean something else is a number. */
static void put_escaped(writer *w, const WCHAR *text) {
  char number[16];
  while (*text) {
    uint32_t c = utf16_take(&text);
    int is_plain = c >= ' ' && c < 127 && strchr("&<>\"", (int) c) == NULL;
    put(w, number,
        (size_t) snprintf(number, sizeof number, is_plain ? "%c" : "&#%u;", (unsigned) c));
  }
}

/* ---- The server's elements ---- */

static int failed(writer *w, HRESULT result, const char *call) {
  if (FAILED(result) && !FAILED(w->error)) {
    w->error = result;
    w->call = call;
  }
  return FAILED(result);
}

static BSTR word(const char *name) {
  WCHAR wide[100];
  utf16_widen(wide, 100, name);
  return SysAllocString(wide);
}

/* A setting that this server's version does not have is left out. */
static void put_property(writer *w, IAppHostElement *from, const char *name) {
  BSTR key = word(name), value = NULL;
  IAppHostProperty *property = NULL;
  char start[100];
  if (key && !FAILED(from->table->GetPropertyByName(from, key, &property)) && property) {
    if (!failed(w, property->table->get_StringValue(property, &value), "get_StringValue") &&
        value) {
      snprintf(start, sizeof start, " %s=\"", name);
      put_text(w, start);
      put_escaped(w, value);
      put_text(w, "\"");
    }
    SysFreeString(value);
    property->table->Release(property);
  }
  SysFreeString(key);
}

static void put_variable(writer *w, IAppHostElement *from) {
  put_text(w, "<environmentVariable");
  put_property(w, from, "name");
  put_property(w, from, "value");
  put_text(w, "/>");
}

static void put_all(writer *w, IAppHostElement *of, void (*put_one)(writer *, IAppHostElement *)) {
  IAppHostElementCollection *list = NULL;
  DWORD count = 0, i;
  if (failed(w, of->table->get_Collection(of, &list), "get_Collection") || list == NULL)
    return;
  failed(w, list->table->get_Count(list, &count), "get_Count");
  for (i = 0; i < count; i++) {
    IAppHostElement *element = NULL;
    VARIANT index = {.vt = VT_I4};
    index.lVal = (LONG) i;
    if (failed(w, list->table->get_Item(list, index, &element), "get_Item") || element == NULL)
      continue;
    put_one(w, element);
    element->table->Release(element);
  }
  list->table->Release(list);
}

static void put_application(writer *w, IAppHostElement *from) {
  static const char names[] =
      "fullPath\0arguments\0monitorChangesTo\0stderrMode\0maxInstances\0idleTimeout\0"
      "activityTimeout\0requestTimeout\0instanceMaxRequests\0signalBeforeTerminateSeconds\0"
      "protocol\0queueLength\0flushNamedPipe\0rapidFailsPerMinute\0";
  const char *name;
  BSTR key = word("environmentVariables");
  IAppHostElement *variables = NULL;
  put_text(w, "<application");
  for (name = names; *name; name += strlen(name) + 1)
    put_property(w, from, name);
  put_text(w, ">\n<environmentVariables>");
  if (key && !FAILED(from->table->GetElementByName(from, key, &variables)) && variables) {
    put_all(w, variables, put_variable);
    variables->table->Release(variables);
  }
  put_text(w, "</environmentVariables></application>\n");
  SysFreeString(key);
}

static void put_section(writer *w) {
  IAppHostAdminManager *manager = session_server->table->GetAdminManager(session_server);
  BSTR name = word("system.webServer/fastCgi"), path = word("MACHINE/WEBROOT/APPHOST");
  IAppHostElement *section = NULL;
  put_text(w, "<configuration><system.webServer><fastCgi>\n");
  if (manager && name && path &&
      !failed(w, manager->table->GetAdminSection(manager, name, path, &section),
              "GetAdminSection") &&
      section) {
    put_all(w, section, put_application);
    section->table->Release(section);
  }
  put_text(w, "</fastCgi></system.webServer></configuration>\n");
  SysFreeString(name);
  SysFreeString(path);
}

/* ---- The service's source ---- */

static int has_changed(void) {
  return atomic_exchange(&is_new, 0);
}

static int read_section(fcl_config **config, const fcl_config_options *options, fcl_error *e) {
  writer w = {0};
  fcl_config_options ours = *options;
  int code = FCL_E_CONFIG;
  ours.applies |= FCL_CONFIG_ROUTES;
  put_section(&w);
  if (FAILED(w.error)) {
    e->code = FCL_E_CONFIG;
    e->sys = w.error;
    snprintf(e->text, sizeof e->text,
             "The section system.webServer/fastCgi of applicationHost.config cannot be read: %s "
             "failed with 0x%08x.",
             w.call, (unsigned) w.error);
  } else if (!w.has_failed) { /* else the text is there already */
    code =
        fcl_config_parse(config, "applicationHost.config", ((fcl_slice){w.text, w.len}), &ours, e);
  }
  free(w.text);
  return code;
}

static const service_source source = {has_changed, read_section};

void config_open(void) {
  service_read_from(&source);
}

void config_changed(void) {
  atomic_store(&is_new, 1);
}

/* ---- Handlers ---- */

const fcl_config_app *config_find(const fcl_config *config, const char *processor) {
  size_t len = strcspn(processor, "|"), i;
  const char *arguments = processor + len + (processor[len] == '|');
  const fcl_config_app *app;
  for (i = 0; (app = fcl_config_at(config, i)) != NULL; i++) {
    const char *program = app->options->program, *its = app->arguments ? app->arguments : "";
    if (program && strlen(program) == len && strcmp(its, arguments) == 0 &&
        route_starts((fcl_slice){processor, len}, (fcl_slice){program, len}))
      return app;
  }
  return NULL;
}
