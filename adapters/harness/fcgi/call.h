/* call.h: the request that a command line describes: for the subcommands that send one. */
#ifndef FCGI_CALL_H
#define FCGI_CALL_H
#include "fcgi.h"

/* Where --script leads.  Texts are allocated, and "" where there is nothing. */
typedef struct fcgi_script {
  char *name, *info; /* SCRIPT_NAME, PATH_INFO */
  char *file;        /* SCRIPT_FILENAME, absolute where the file is there */
  char *root;        /* DOCUMENT_ROOT */
  char *query;       /* behind a '?' */
  char *uri;         /* REQUEST_URI, encoded */
} fcgi_script;

/* `text` is a file, or a URL path that begins with '/'; either with PATH_INFO and a query behind
   it. `root` may be NULL; so may `query`, which stands in for the one in `text`.  Returns NULL, or
   why it cannot be. */
const char *fcgi_script_find(fcgi_script *s, const char *text, const char *root, const char *query);
void fcgi_script_free(fcgi_script *s);

typedef struct fcgi_call {
  /* By options: */
  const char *script, *root, *query, *method, *body, *data;
  fcgi_list params, headers, without;
  int uses_environment, is_https;
  /* By fcgi_call_read: */
  fcgi_script found;
  fcl_header *fields; /* of `headers` */
  int fd;             /* of the body, at its beginning; -1: none */
  int64_t length;     /* of the body; -1: none */
} fcgi_call;

/* Rows of an option table; `field` is a fcgi_call in `type`. */
#define FCGI_CALL_AT(type, field, member) offsetof(type, field) + offsetof(fcgi_call, member)
#define FCGI_CALL_OPTIONS(type, field)                                                             \
  {"script",       's',                                                                            \
   "PATH",         "a file, or a URL path; PATH_INFO and ?QUERY may follow (/)",                   \
   fcgi_read_text, FCGI_CALL_AT(type, field, script)},                                             \
      {"root",         0,                                                                          \
       "DIR",          "DOCUMENT_ROOT (the script's folder)",                                      \
       fcgi_read_text, FCGI_CALL_AT(type, field, root)},                                           \
      {"query", 'q', "TEXT", "QUERY_STRING", fcgi_read_text, FCGI_CALL_AT(type, field, query)},    \
      {"method",       'X',                                                                        \
       "NAME",         "REQUEST_METHOD (GET; POST with a body)",                                   \
       fcgi_read_text, FCGI_CALL_AT(type, field, method)},                                         \
      {"header",       'H',                                                                        \
       "'N: V'",       "a header field of the client; may be repeated",                            \
       fcgi_read_list, FCGI_CALL_AT(type, field, headers)},                                        \
      {"param",        'p',                                                                        \
       "N=V",          "any parameter, in place of what it would be; may be repeated",             \
       fcgi_read_list, FCGI_CALL_AT(type, field, params)},                                         \
      {"without",                                                                                  \
       0,                                                                                          \
       "N",                                                                                        \
       "no parameter of this name; may be repeated",                                               \
       fcgi_read_list,                                                                             \
       FCGI_CALL_AT(type, field, without)},                                                        \
      {"env",                                                                                      \
       'e',                                                                                        \
       NULL,                                                                                       \
       "our environment as parameters, as a CGI program gets it; the body is\n"                    \
       "then on stdin, CONTENT_LENGTH bytes",                                                      \
       fcgi_read_flag,                                                                             \
       FCGI_CALL_AT(type, field, uses_environment)},                                               \
      {"https",        0,                                                                          \
       NULL,           "as over TLS: HTTPS=on, port 443",                                          \
       fcgi_read_flag, FCGI_CALL_AT(type, field, is_https)},                                       \
      {"body",         'b',                                                                        \
       "FILE",         "the request body; -: stdin, gathered first when its length is not known",  \
       fcgi_read_text, FCGI_CALL_AT(type, field, body)},                                           \
  {                                                                                                \
    "data", 'd', "TEXT", "the request body, as it stands here", fcgi_read_text,                    \
        FCGI_CALL_AT(type, field, data)                                                            \
  }

/* Finds the script, reads fields, opens or gathers the body.  Returns 1; or 0 after saying why. */
int fcgi_call_read(fcgi_call *call, const fcgi_syntax *syntax);
/* A new request with all its parameters, not started.  NULL: out of memory. */
fcl_request *fcgi_call_request(const fcgi_call *call, fcl_pool *pool, const fcl_handlers *handlers,
                               void *user);
void fcgi_call_free(fcgi_call *call);

/* body.c: opens FILE, stdin ("-", of `announced` bytes, or -1) or `data`.  Returns a descriptor and
   sets *length; or -1 after errno. */
int fcgi_body_open(const char *file, const char *data, int64_t announced, int64_t *length);

#endif
