/* setup.h: what the parts of `fcgi config --install` and the like share. */
#ifndef FCGI_SETUP_H
#define FCGI_SETUP_H
#include "fcgi.h"
#include "xml_text.h"

/* Names in the server's configuration: of the native module, of the restriction that allows the
   ISAPI extension, and before handlers' extensions. */
#define SETUP_NAME "fcgiclient"

typedef struct setup {
  const char *file; /* applicationHost.config */
  int is_dry_run;
  xml_text x;
  unsigned changes;
  int has_failed; /* no memory, or what came out is no XML */
} setup;

/* ---- setup_file.c: the file, and where things stand in it ---- */

/* Returns 0 after saying why not. */
int setup_open(setup *s);
/* Writes the file, if anything has changed, and keeps the old one beside it.  Returns an exit
   status. */
int setup_close(setup *s);
/* The section of this name that counts for the whole server: "globalModules",
   "security/requestFiltering"; made if need be. */
size_t setup_section(setup *s, const char *path);
/* The child <add ...> of a section that has this attribute; s->x.count: there is none. */
size_t setup_find(const setup *s, const char *section, const char *attribute, const char *value);
/* The first element from `from` on whose names end so. */
size_t setup_next(const setup *s, size_t from, const char *path);

/* Each says what it does. */
/* `element` stands in the section, in the place of `old` (x.count: of none), before other elements
   of the name `before` or (NULL) at the end. */
void setup_put(setup *s, const char *section, size_t old, const char *before, const char *element);
void setup_take_out(setup *s, size_t element);

/* ---- setup_server.c: what becomes of the configuration ---- */

/* The DLL is known to the server: by the name of its file the native module or the ISAPI
   extension. */
void setup_install(setup *s, const char *dll);
/* The DLL of the ISAPI extension that is installed; 0: there is none. */
int setup_isapi(const setup *s, char *out, size_t cap);
int setup_is_native(const setup *s); /* the module is installed */
/* Files with this extension are the application's: of the module, or by the extension `dll`. */
void setup_add(setup *s, const char *program, const char *extension, const char *dll);
/* Takes everything of ours out; extensions that nobody serves then are refused, so that no script
   is shown as text. */
void setup_uninstall(setup *s);

/* ---- setup.c ---- */
int fcgi_setup(int argc, char **argv);
int fcgi_setup_is(int argc, char **argv); /* 1: one of its options is there */
#endif
