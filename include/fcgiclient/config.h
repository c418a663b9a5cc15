/* config.h: reads a configuration in the format of fcgiext.ini (the FastCGI extension of IIS 5.1
   and 6) or of applicationHost.config (IIS 7 and later; where the library was built with expat,
   whose memory is the C library's) into options for pools, and tells which application serves a
   request.  Changes a fcgiext.ini.  fcgiclient-config(5) describes the files.  No sockets, threads, clock or globals; reading takes a file or a block of
   memory.  A configuration never changes after it is made: any number of threads may use it.
   Compiles as C99 and C++98. */
#ifndef FCGICLIENT_CONFIG_H
#define FCGICLIENT_CONFIG_H
#include <fcgiclient/fcgiclient.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct fcl_config fcl_config; /* a file that has been read, all of it good */

/* ---- Reading ---- */

#define FCL_CONFIG_FILE_MAX   1048576 /* bytes of a file */
#define FCL_CONFIG_APPS_MAX   1000    /* sections */
#define FCL_CONFIG_ROUTES_MAX 4000    /* lines of [Types] */
#define FCL_CONFIG_MESSAGES_MAX                                                                    \
  100 /* of each level; one more then tells how many were left out                                 \
       */

/* One bit for each setting of an application. */
#define FCL_CONFIG_EXE_PATH                        0x1u
#define FCL_CONFIG_ADDRESS                         0x2u
#define FCL_CONFIG_ARGUMENTS                       0x4u
#define FCL_CONFIG_ENVIRONMENT_VARS                0x8u
#define FCL_CONFIG_PROTOCOL                        0x10u
#define FCL_CONFIG_QUEUE_LENGTH                    0x20u
#define FCL_CONFIG_MAX_INSTANCES                   0x40u
#define FCL_CONFIG_INSTANCE_MAX_REQUESTS           0x80u
#define FCL_CONFIG_IDLE_TIMEOUT                    0x100u
#define FCL_CONFIG_ACTIVITY_TIMEOUT                0x200u
#define FCL_CONFIG_REQUEST_TIMEOUT                 0x400u
#define FCL_CONFIG_RESPONSE_BUFFER_LIMIT           0x800u
#define FCL_CONFIG_FLUSH_NAMED_PIPE                0x1000u
#define FCL_CONFIG_UNHEALTHY_ON_QUEUE_FULL         0x2000u
#define FCL_CONFIG_RAPID_FAILS_PER_MINUTE          0x4000u
#define FCL_CONFIG_MONITOR_CHANGES_TO              0x8000u
#define FCL_CONFIG_STDERR_MODE                     0x10000u
#define FCL_CONFIG_SIGNAL_BEFORE_TERMINATE_SECONDS 0x20000u
#define FCL_CONFIG_IGNORE_EXISTING_FILES           0x40000u
#define FCL_CONFIG_IGNORE_DIRECTORIES              0x80000u
/* In `applies` alone: which request goes where is decided by the server, not by the file. */
#define FCL_CONFIG_ROUTES 0x100000u

/* Something about one line.  FCL_LEVEL_ERROR: the file is refused for it.  FCL_LEVEL_WARNING, in a
   file without errors: the line does not do what somebody may expect.  Lent until on_message
   returns. */
typedef struct fcl_config_message {
  fcl_level level;
  unsigned line;        /* the first is 1; 0: about the file */
  const char *sentence; /* begins with "FILE:LINE: "; control characters escaped */
} fcl_config_message;

typedef struct fcl_config_options {
  /* Called inside the call that reads; NULL: nobody is told. */
  void (*on_message)(const fcl_config_message *message, void *user);
  void *user; /* for on_message and realloc_fn */
  /* Size 0 frees; NULL: the C library's. */
  void *(*realloc_fn)(void *ptr, size_t size, void *user);
  /* NULL-ended "NAME=value": what EnvironmentVars is merged over; NULL: ours. */
  const char *const *env;
  /* FCL_CONFIG_*: settings that you apply yourself, from fcl_config_app.  Those that neither you
     nor a pool applies get a warning where they ask for something else than what happens. */
  unsigned applies;
} fcl_config_options;

#define fcl_config_read(config, path, options, error)                                              \
  fcl__config_read((config), (path), (options), sizeof(fcl_config_options), (error))
#define fcl_config_parse(config, name, text, options, error)                                       \
  fcl__config_parse((config), (name), (text), (options), sizeof(fcl_config_options), (error))
/* Reads the file at `path` (on Windows in the ANSI code page), or `text`, which sentences call
   `name`.  `options` may be NULL; only realloc_fn and user are used after the call, until
   fcl_config_free.  Returns FCL_OK and sets
   *config; else *config is NULL and the sentence holds as many of the bad lines' as fit:
   FCL_E_CONFIG: at least one line is bad, or the file cannot be read (error->sys then says why).
   FCL_E_NOMEM: the lines are not to blame. */
FCL_EXTERN int fcl__config_read(fcl_config **config, const char *path,
                                const fcl_config_options *options, size_t size, fcl_error *error);
FCL_EXTERN int fcl__config_parse(fcl_config **config, const char *name, fcl_slice text,
                                 const fcl_config_options *options, size_t size, fcl_error *error);
/* Frees it with all that it has lent.  Pools made of its options live on.  NULL is harmless. */
FCL_EXTERN void fcl_config_free(fcl_config *config);

/* ---- Applications ---- */

/* StderrMode: what becomes of a response when the application writes to STDERR. */
typedef enum fcl_config_stderr {
  FCL_CONFIG_STDERR_IN_500,      /* ReturnStderrIn500: 500, with that text */
  FCL_CONFIG_STDERR_GENERIC_500, /* ReturnGeneric500: 500, without it */
  FCL_CONFIG_STDERR_IGNORE,      /* IgnoreAndReturn200: as it is */
  FCL_CONFIG_STDERR_TERMINATE    /* TerminateProcess: 500, and the process is ended */
} fcl_config_stderr;

typedef enum fcl_config_protocol { FCL_CONFIG_NAMED_PIPE, FCL_CONFIG_TCP } fcl_config_protocol;

/* One section.  Lent until fcl_config_free.  What the file does not say has the default that stands
   behind it, which is fcgiext.ini's. */
typedef struct fcl_config_app {
  size_t index;     /* in the file's order, from 0 */
  const char *name; /* of the section */
  unsigned line;    /* where it begins */
  unsigned set;     /* FCL_CONFIG_*: the settings that the file names */
  /* For fcl_pool_new; copy them to change some.  fcgiclient-config(5) tells which setting is which
     option. */
  const fcl_pool_options *options;
  /* Arguments as written (a command line, on Windows); NULL: none.  options->argv has them split by
     the rules of the system that the library was built for. */
  const char *arguments;
  fcl_config_protocol protocol;   /* FCL_CONFIG_NAMED_PIPE */
  uint32_t response_buffer_limit; /* bytes; 4,194,304; 0: send at once */
  int flush_named_pipe;           /* 0; nothing is to be flushed on sockets */
  int unhealthy_on_queue_full;    /* 0 */
  const char *monitor_changes_to; /* the first of them; a relative path has ExePath's folder before it; NULL: none.
                                     options->monitor has all */
  fcl_config_stderr stderr_mode;  /* FCL_CONFIG_STDERR_IN_500; options->stderr_mode is the library's own default,
                                     FCL_STDERR_IGNORE, unless the file names StderrMode */
  unsigned signal_before_terminate_seconds; /* 0 */
  int ignore_existing_files;                /* 0; 1: the server serves what is a file */
  int ignore_directories;                   /* 0; 1: and what is a directory */
} fcl_config_app;

FCL_EXTERN size_t fcl_config_count(const fcl_config *config);
/* The `index`th, from 0; NULL behind the last. */
FCL_EXTERN const fcl_config_app *fcl_config_at(const fcl_config *config, size_t index);

/* ---- Routing ---- */

/* The application that serves a request by the lines of [Types], or NULL.  The most specific line
   wins: extension and application, * and application, extension and site, * and site, extension, *.
   `extension`: of the script, with or without its dot; empty: it has none, and only * matches.
   `site`: its number; 0: not known, and no line for a site matches unless `application` names it.
   `application`: the server's application that the request is in, "/LM/W3SVC/4/ROOT/blog" or any
   shorter form that the file may use; empty: none.  Letters' case never matters.  Takes no memory.
 */
FCL_EXTERN const fcl_config_app *fcl_config_route(const fcl_config *config, fcl_slice extension,
                                                  unsigned site, fcl_slice application);
/* Likewise, for a request's method; empty: any.  A fcgiext.ini names no methods, <handlers> do
   (verb). */
FCL_EXTERN const fcl_config_app *fcl_config_route_for(const fcl_config *config, fcl_slice method,
                                                      fcl_slice extension, unsigned site,
                                                      fcl_slice application);
/* For servers that know no applications: the longest of those that [Types] names which the URL path
   `path` ("/blog/a.php", decoded) is in, in a form that fcl_config_route takes; empty: none.  Lent
   until fcl_config_free. */
FCL_EXTERN fcl_slice fcl_config_application(const fcl_config *config, unsigned site,
                                            fcl_slice path);
/* Sets *count and returns the extensions that [Types] names, each once, with its dot and in lower
   case:
   ".php".  They are what fcl_cgi_split takes.  Lent until fcl_config_free. */
FCL_EXTERN const fcl_slice *fcl_config_extensions(const fcl_config *config, size_t *count);

/* The value of a setting of a section, as it is written in the file, or else its default.  Returns 0
   when there is no such section or setting, or `out` is too small. */
FCL_EXTERN int fcl_config_get(const fcl_config *config, const char *section, const char *setting,
                              char *out, size_t size);

/* ---- Changing a fcgiext.ini ---- */

/* Its text.  Each change keeps the lines that it is not about as they are, comments and order and
   line ends too; one that would make a bad file is refused with the sentences of that file
   (FCL_E_CONFIG), and changes nothing.  Not for several threads at once. */
typedef struct fcl_config_edit fcl_config_edit;

#define fcl_config_edit_new(edit, name, text, options, error)                                      \
  fcl__config_edit_new((edit), (name), (text), (options), sizeof(fcl_config_options), (error))
/* Of `text`, which may be empty, is copied, and must be a good file already.  `options` as in
   fcl_config_parse; its callback is called for every change, about the file as a whole. */
FCL_EXTERN int fcl__config_edit_new(fcl_config_edit **edit, const char *name, fcl_slice text,
                                    const fcl_config_options *options, size_t size,
                                    fcl_error *error);
/* Of a configuration of either format: applicationHost.config as a fcgiext.ini.  What this has no
   words for stands in comments.  `name` is for sentences. */
FCL_EXTERN int fcl_config_export(fcl_config_edit **edit, const fcl_config *config, const char *name,
                                 fcl_error *error);
FCL_EXTERN void fcl_config_edit_free(fcl_config_edit *edit);

/* A line of [Types], and the section that it leads to. */
typedef struct fcl_config_line {
  const char *section;
  const char *extension;   /* "php"; NULL: * */
  const char *program;     /* for a new section: its ExePath; NULL: the section is there */
  unsigned site;           /* 0: every site */
  const char *application; /* "/lm/w3svc/4/root/blog"; NULL: every one */
} fcl_config_line;

FCL_EXTERN int fcl_config_add(fcl_config_edit *edit, const fcl_config_line *line, fcl_error *error);
/* One setting of a section, by its name in the file; an empty value or NULL takes the line out. */
FCL_EXTERN int fcl_config_set(fcl_config_edit *edit, const char *section, const char *setting,
                              const char *value, fcl_error *error);
/* A section and its line of [Types]; more than one line is refused. */
FCL_EXTERN int fcl_config_remove(fcl_config_edit *edit, const char *section, fcl_error *error);

/* As it is now; lent until the next change. */
FCL_EXTERN fcl_slice fcl_config_text(const fcl_config_edit *edit);
/* Likewise, from [section] to its last line; empty: it is not there. */
FCL_EXTERN fcl_slice fcl_config_section(const fcl_config_edit *edit, const char *section);
FCL_EXTERN const fcl_config *fcl_config_edited(const fcl_config_edit *edit);
/* Writes the file so that a reader sees the old content or the new, never a part; owner and rights
   stay. */
FCL_EXTERN int fcl_config_save(const fcl_config_edit *edit, const char *path, fcl_error *error);
/* The same with any text. */
FCL_EXTERN int fcl_config_replace(const char *path, fcl_slice text, fcl_error *error);

#ifdef __cplusplus
}
#endif
#endif
