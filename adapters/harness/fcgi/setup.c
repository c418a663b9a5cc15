/* setup.c: `fcgi config --install`, `--add` and `--uninstall`: IIS serves applications by our DLL,
   or does no more. */
#include "setup.h"
#include "config.h"
#include "system.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct setup_options {
  const char *file, *ini, *dll, *program;
  int is_dry_run, is_uninstall;
} setup_options;

static const fcgi_option options[] = {
    {"install", 0, "DLL", "IIS loads the module, or may run the ISAPI extension", fcgi_read_text,
     offsetof(setup_options, dll)},
    {"add", 0, "PROGRAM EXTENSION", "files *.EXTENSION are PROGRAM's", fcgi_read_text,
     offsetof(setup_options, program)},
    {"uninstall", 0, NULL, "all of it is taken out; scripts are refused, not shown", fcgi_read_flag,
     offsetof(setup_options, is_uninstall)},
    {"file", 'f', "FILE", "the applicationHost.config (Windows: the machine's)", fcgi_read_text,
     offsetof(setup_options, file)},
    {"ini", 0, "FILE", "the fcgiext.ini (beside the ISAPI extension)", fcgi_read_text,
     offsetof(setup_options, ini)},
    {"dry-run", 'n', NULL, "tell what would be done, and do nothing", fcgi_read_flag,
     offsetof(setup_options, is_dry_run)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "config", "[OPTION]... --install DLL | --add PROGRAM EXTENSION | --uninstall",
    "Has IIS 7 and later serve FastCGI applications by our module, or by our ISAPI extension.",
    options, NULL};

static int complain(const char *what) {
  fcgi_say("config: %s. `fcgi config --add x --help` shows how.", what);
  return FCGI_USAGE;
}

/* ---- The applications of the ISAPI extension ---- */

/* "C:\fcgi\fcgiext.ini" for "C:\fcgi\isapi.dll". */
static void beside(const char *dll, char *out, size_t cap) {
  size_t len = strlen(dll);
  while (len > 0 && dll[len - 1] != '/' && dll[len - 1] != '\\')
    len--;
  snprintf(out, cap, "%.*sfcgiext.ini", (int) len, dll);
}

/* "php-cgi" of C:\php\php-cgi.exe. */
static void section_of(const char *program, char *out, size_t cap) {
  const char *at, *base = program, *dot;
  for (at = program; *at; at++)
    if (*at == '/' || *at == '\\')
      base = at + 1;
  dot = strrchr(base, '.');
  snprintf(out, cap, "%.*s", dot ? (int) (dot - base) : (int) strlen(base), base);
}

static int is_so(const fcl_config *config, const char *program, const char *extension) {
  fcl_slice ext = {extension, strlen(extension)}, none = {"", 0};
  const fcl_config_app *app = fcl_config_route(config, ext, 0, none);
  return app && app->options->program && strcmp(app->options->program, program) == 0;
}

/* Returns 0 after saying why not. */
static int add_to_ini(const setup_options *o, const char *ini, const char *extension) {
  char section[200];
  fcl_config_line line;
  fcl_config_edit *edit = config_open_edit(ini);
  fcl_error e;
  int code = FCL_OK;
  memset(&line, 0, sizeof line);
  if (edit == NULL)
    return 0;
  section_of(o->program, section, sizeof section);
  line.section = section;
  line.extension = extension;
  if (fcl_config_section(edit, section).len == 0)
    line.program = o->program;
  if (!is_so(fcl_config_edited(edit), o->program, extension)) {
    printf("%sadd to %s: %s=%s, [%s] ExePath=%s\n", o->is_dry_run ? "would " : "", ini, extension,
           section, section, o->program);
    code = fcl_config_add(edit, &line, &e);
    if (code == FCL_OK && !o->is_dry_run)
      code = fcl_config_save(edit, ini, &e);
  }
  fcl_config_edit_free(edit);
  if (code)
    fcgi_say("config: %s", e.text);
  return code == FCL_OK;
}

/* ---- What was asked for ---- */

static int add(setup *s, const setup_options *o, const char *extension) {
  char dll[2000], ini[2100];
  if (setup_is_native(s)) {
    setup_add(s, o->program, extension, NULL);
    return 1;
  }
  if (!setup_isapi(s, dll, sizeof dll)) {
    fcgi_say("config: nothing is installed in %s that could serve .%s; `fcgi config --install DLL` "
             "comes first",
             s->file, extension);
    return 0;
  }
  beside(dll, ini, sizeof ini);
  if (!add_to_ini(o, o->ini ? o->ini : ini, extension))
    return 0;
  setup_add(s, o->program, extension, dll);
  return 1;
}

static int run(const setup_options *o, const char *extension) {
  setup s;
  memset(&s, 0, sizeof s);
  s.file = o->file;
  s.is_dry_run = o->is_dry_run;
  if (!setup_open(&s))
    return xml_free(&s.x), FCGI_USAGE;
  if (o->dll)
    setup_install(&s, o->dll);
  else if (o->is_uninstall)
    setup_uninstall(&s);
  else if (!add(&s, o, extension))
    return xml_free(&s.x), FCGI_USAGE;
  return setup_close(&s);
}

static int is_extension(const char *text) {
  return *text &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
             strlen(text);
}

int fcgi_setup_is(int argc, char **argv) {
  int i;
  for (i = 1; i < argc; i++)
    if (strcmp(argv[i], "--install") == 0 || strcmp(argv[i], "--add") == 0 ||
        strcmp(argv[i], "--uninstall") == 0)
      return 1;
  return 0;
}

/* Options may stand behind the extension, too. */
static int take_extension(setup_options *o, fcgi_rest *rest, const char **extension, int *status) {
  if (rest->argc == 0)
    return 1;
  *extension = rest->argv[0] + (rest->argv[0][0] == '.');
  if (!fcgi_options_read(&syntax, o, rest->argc, rest->argv, rest, status))
    return 0;
  if (rest->argc > 0)
    return *status = complain("there are too many arguments"), 0;
  return 1;
}

int fcgi_setup(int argc, char **argv) {
  setup_options o;
  fcgi_rest rest;
  const char *extension = NULL;
  char own[2000];
  int status;
  memset(&o, 0, sizeof o);
  if (!fcgi_options_read(&syntax, &o, argc, argv, &rest, &status) ||
      !take_extension(&o, &rest, &extension, &status))
    return status;
  if (!o.dll + !o.program + !o.is_uninstall != 2)
    return complain("--install, --add and --uninstall come one at a time");
  if ((o.program != NULL) != (extension != NULL) || (extension && !is_extension(extension)))
    return complain("--add takes a program and an extension, as in --add \"C:\\php\\php-cgi.exe\" "
                    "php");
  if (o.file == NULL && system_server_file(own, sizeof own))
    o.file = own;
  if (o.file == NULL)
    return complain("which file? Give --file applicationHost.config");
  return run(&o, extension);
}
