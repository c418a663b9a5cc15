/* config.c: `fcgi config`: a fcgiext.ini is listed, changed, checked, or made of IIS's XML. */
#include "config.h"
#include "setup.h"
#include "../files.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct config_options {
  const char *file, *out;
  int is_dry_run;
} config_options;

static const fcgi_option options[] = {
    {"file", 'f', "FILE", "the fcgiext.ini ($FCGICLIENT_INI)", fcgi_read_text,
     offsetof(config_options, file)},
    {"dry-run", 'n', NULL, "show what the file would be, and leave it as it is", fcgi_read_flag,
     offsetof(config_options, is_dry_run)},
    {"output", 'o', "FILE", "import: where the fcgiext.ini goes (stdout)", fcgi_read_text,
     offsetof(config_options, out)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "config", "[OPTION]... VERB [ARGUMENT]...",
    "Lists, changes and checks the configuration of FastCGI applications (fcgiclient-config(5)).",
    options,
    "Verbs, as fcgiconfig.js has them (/add for -add too; letters' case does not matter):\n"
    "  -add -section:NAME -extension:EXT -path:PROGRAM [-site:N | "
    "-application:/lm/w3svc/N/root/A]\n"
    "  -set -section:NAME -SETTING:VALUE       an empty value takes the setting out\n"
    "  -get -section:NAME -SETTING\n"
    "  -remove -section:NAME\n"
    "  -list [-section:NAME]                   also -enum\n"
    "and more:\n"
    "  check FILE          what each value means, and what of it is not on this machine\n"
    "  import FILE         a fcgiext.ini of an applicationHost.config or web.config\n"
    "and for IIS 7 and later, with options of their own (fcgi config --add x --help):\n"
    "  --install DLL | --add PROGRAM EXTENSION | --uninstall"};

void config_on_message(const fcl_config_message *m, void *user) {
  fprintf(stderr, "%s: %s\n", m->level == FCL_LEVEL_ERROR ? "error" : "warning", m->sentence);
}

/* ---- Files ---- */

static int read_config(const char *file, fcl_config **config) {
  fcl_config_options o;
  fcl_error e;
  memset(&o, 0, sizeof o);
  o.on_message = config_on_message;
  if (fcl_config_read(config, file, &o, &e) == FCL_OK)
    return 1;
  if (e.code != FCL_E_CONFIG)
    fcgi_say("config: %s", e.text);
  return 0;
}

/* All of it, allocated; a file that is not there is empty.  NULL: said why. */
static char *read_text(const char *file, size_t *len) {
  char *text = malloc(FCL_CONFIG_FILE_MAX + 2);
  FILE *f = text ? fcl__file_open(file, "rb") : NULL;
  *len = 0;
  if (text && f == NULL && errno == ENOENT)
    return text;
  if (f) {
    *len = fread(text, 1, FCL_CONFIG_FILE_MAX + 1, f);
    if (ferror(f) == 0)
      return fclose(f), text;
    fclose(f);
  }
  fcgi_say("config: %s: %s", file, strerror(text ? errno : ENOMEM));
  free(text);
  return NULL;
}

fcl_config_edit *config_open_edit(const char *file) {
  fcl_config_edit *edit = NULL;
  fcl_slice text;
  fcl_error e;
  char *bytes = read_text(file, &text.len);
  if (bytes == NULL)
    return NULL;
  text.base = bytes;
  if (fcl_config_edit_new(&edit, file, text, NULL, &e))
    fcgi_say("config: %s", e.text);
  free(bytes);
  return edit;
}

static int open_edit(const config_options *o, fcl_config_edit **edit) {
  *edit = config_open_edit(o->file);
  return *edit != NULL;
}

static int show(fcl_slice text) {
  fwrite(text.base, 1, text.len, stdout);
  return fflush(stdout) || ferror(stdout) ? (fcgi_say("stdout: %s", strerror(errno)), FCGI_USAGE)
                                          : FCGI_OK;
}

static int close_edit(const config_options *o, fcl_config_edit *edit, int code, fcl_error *e) {
  int status = FCGI_OK;
  if (code == FCL_OK && o->is_dry_run)
    status = show(fcl_config_text(edit));
  else if (code == FCL_OK)
    code = fcl_config_save(edit, o->file, e);
  fcl_config_edit_free(edit);
  if (code)
    fcgi_say("config: %s", e->text);
  return code ? FCGI_USAGE : status;
}

/* ---- Verbs in the manner of fcgiconfig.js ---- */

static int complain(const char *verb, const char *what) {
  fcgi_say("config %s: %s. `fcgi config --help` shows how.", verb, what);
  return FCGI_USAGE;
}

static int read_site(const char *text, unsigned *site) {
  char *end;
  unsigned long n = strtoul(text, &end, 10);
  *site = (unsigned) n;
  return *text >= '1' && *text <= '9' && *end == 0 && n <= 0x7fffffff;
}

static int add(const config_options *o, const config_words *w) {
  static const char *const known[] = {"add",  "section",     "extension", "path",
                                      "site", "application", "norecycle", NULL};
  const char *site = config_word_value(w, "site");
  fcl_config_edit *edit;
  fcl_config_line line;
  fcl_error e;
  memset(&line, 0, sizeof line);
  line.section = config_word_value(w, "section");
  line.extension = config_word_value(w, "extension");
  line.program = config_word_value(w, "path");
  line.application = config_word_value(w, "application");
  if (config_word_other(w, known))
    return complain("-add", "it takes -section, -extension, -path, and -site or -application");
  if (line.section == NULL || line.extension == NULL)
    return complain("-add", "-section:NAME and -extension:EXT are missing");
  if (site && !read_site(site, &line.site))
    return complain("-add", "-site takes a number from 1 on");
  return open_edit(o, &edit) ? close_edit(o, edit, fcl_config_add(edit, &line, &e), &e)
                             : FCGI_USAGE;
}

/* The one word that names a setting; NULL: there is none, or more than one. */
static const config_word *setting_of(const config_words *w, const char *verb) {
  const char *known[] = {verb, "section", "norecycle", NULL, NULL};
  const config_word *word = config_word_other(w, known);
  if (word == NULL)
    return NULL;
  known[3] = word->name;
  return config_word_other(w, known) ? NULL : word;
}

static int set(const config_options *o, const config_words *w) {
  const char *section = config_word_value(w, "section");
  const config_word *word = setting_of(w, "set");
  fcl_config_edit *edit;
  fcl_error e;
  if (section == NULL || word == NULL || word->value == NULL)
    return complain("-set", "it takes -section:NAME and one -SETTING:VALUE");
  return open_edit(o, &edit)
             ? close_edit(o, edit, fcl_config_set(edit, section, word->name, word->value, &e), &e)
             : FCGI_USAGE;
}

static int get(const config_options *o, const config_words *w) {
  const char *section = config_word_value(w, "section");
  const config_word *word = setting_of(w, "get");
  char value[65536];
  fcl_config *config;
  int found;
  if (section == NULL || word == NULL || word->value)
    return complain("-get", "it takes -section:NAME and one -SETTING");
  if (!read_config(o->file, &config))
    return FCGI_USAGE;
  found = fcl_config_get(config, section, word->name, value, sizeof value);
  fcl_config_free(config);
  if (!found)
    return fcgi_say("config: %s has no setting %s in a section [%s]", o->file, word->name, section),
           FCGI_USAGE;
  puts(value);
  return FCGI_OK;
}

static int take_out(const config_options *o, const config_words *w) {
  static const char *const known[] = {"remove", "section", "norecycle", NULL};
  const char *section = config_word_value(w, "section");
  fcl_config_edit *edit;
  fcl_error e;
  if (section == NULL || config_word_other(w, known))
    return complain("-remove", "it takes -section:NAME");
  return open_edit(o, &edit) ? close_edit(o, edit, fcl_config_remove(edit, section, &e), &e)
                             : FCGI_USAGE;
}

/* The lines of one section, or all. */
static int list(const config_options *o, const config_words *w) {
  static const char *const known[] = {"list", "enum", "section", "norecycle", NULL};
  const char *section = config_word_value(w, "section");
  fcl_config_edit *edit;
  fcl_slice text;
  int status;
  if (config_word_other(w, known))
    return complain("-list", "it takes -section:NAME or nothing");
  if (!open_edit(o, &edit))
    return FCGI_USAGE;
  text = section ? fcl_config_section(edit, section) : fcl_config_text(edit);
  if (section && text.len == 0)
    fcgi_say("config: %s has no section [%s]", o->file, section);
  status = section && text.len == 0 ? FCGI_USAGE : show(text);
  fcl_config_edit_free(edit);
  return status;
}

static int sync_ini(const config_options *o, const config_words *w) {
  fcgi_say("config -syncini: there are no script maps to make anew here; servers read the file "
           "again by themselves when it has changed");
  return FCGI_USAGE;
}

static const struct verb {
  const char *name;
  int (*run)(const config_options *, const config_words *);
} verbs[] = {{"add", add},   {"set", set},   {"get", get},          {"remove", take_out},
             {"list", list}, {"enum", list}, {"syncini", sync_ini}, {NULL, NULL}};

static int run_verb(const config_options *o, int argc, char **argv) {
  config_words words;
  const struct verb *verb = verbs;
  if (!config_words_read(&words, argc, argv))
    return FCGI_USAGE;
  while (verb->name && !config_word_value(&words, verb->name))
    verb++;
  if (verb->name == NULL)
    return complain(argv[0], "there is no such verb");
  if (o->file == NULL)
    return complain(argv[0], "which file? Give --file FILE, or set FCGICLIENT_INI");
  return verb->run(o, &words);
}

/* ---- More ---- */

static int check(const char *file) {
  fcl_config *config;
  unsigned missing;
  if (!read_config(file, &config))
    return FCGI_USAGE;
  missing = config_explain(config);
  fcl_config_free(config);
  if (missing)
    printf("\n%u of what it names is not on this machine.\n", missing);
  return fflush(stdout) || missing ? FCGI_USAGE : FCGI_OK;
}

static int import(const config_options *o, const char *file) {
  fcl_config_edit *edit = NULL;
  fcl_config *config;
  fcl_error e;
  int code, status = FCGI_OK;
  if (!read_config(file, &config))
    return FCGI_USAGE;
  code = fcl_config_export(&edit, config, file, &e);
  if (code == FCL_OK && o->out && !o->is_dry_run)
    code = fcl_config_save(edit, o->out, &e);
  else if (code == FCL_OK)
    status = show(fcl_config_text(edit));
  if (code)
    fcgi_say("config: %s", e.text);
  fcl_config_edit_free(edit);
  fcl_config_free(config);
  return code ? FCGI_USAGE : status;
}

/* ---- The command ---- */

/* -add is no option of ours: where those end. */
static int own_options(int argc, char **argv) {
  int i;
  for (i = 1; i < argc && argv[i][0] == '-'; i++) {
    const char *name = argv[i];
    if (strcmp(name, "-?") == 0 || (strncmp(name, "--", 2) != 0 && strlen(name) > 2))
      break;
    if (strcmp(name, "--file") == 0 || strcmp(name, "-f") == 0 || strcmp(name, "--output") == 0 ||
        strcmp(name, "-o") == 0)
      i++;
  }
  return i < argc ? i : argc;
}

int fcgi_config(int argc, char **argv) {
  config_options o;
  fcgi_rest rest;
  int status, own = own_options(argc, argv);
  if (fcgi_setup_is(argc, argv))
    return fcgi_setup(argc, argv);
  memset(&o, 0, sizeof o);
  o.file = getenv("FCGICLIENT_INI");
  if (own < argc && (strcasecmp(argv[own] + 1, "help") == 0 || strcmp(argv[own] + 1, "?") == 0)) {
    char help[] = "--help", *show_help[] = {argv[0], help, NULL};
    return fcgi_options_read(&syntax, &o, 2, show_help, &rest, &status), status;
  }
  if (!fcgi_options_read(&syntax, &o, own, argv, &rest, &status))
    return status;
  argc -= own;
  argv += own;
  if (argc == 0)
    return complain("", "there is no verb");
  if (strcmp(argv[0], "check") == 0)
    return argc == 2 ? check(argv[1]) : complain("check", "it takes one file");
  if (strcmp(argv[0], "import") == 0)
    return argc == 2 ? import(&o, argv[1]) : complain("import", "it takes one file");
  return run_verb(&o, argc, argv);
}
