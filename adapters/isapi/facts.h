/* facts.h: what the server tells about a request, and the parameters that it becomes. */
#ifndef FACTS_H
#define FACTS_H
#include "isapi.h"
#include <fcgiclient/cgi.h>
#include <fcgiclient/config.h>

#define LITERAL(s) ((fcl_slice){(s), sizeof(s) - 1})

/* mod_isapi counts versions in a way of its own; IIS: 0x60000 and above. */
#define IS_MOD_ISAPI(ecb) ((ecb)->dwVersion == 0x500)

typedef struct facts {
  EXTENSION_CONTROL_BLOCK *ecb;
  struct text_block *texts; /* memory that lives until the request ends */
  fcl_cgi_request q;
  int minor;           /* of HTTP/1.x */
  int64_t body_length; /* -1: not known */
  fcl_header *headers; /* the client's */
  size_t header_count;
  fcl_slice path;       /* decoded: what the client asked for */
  fcl_slice translated; /* the file that the server sees behind it */
} facts;

/* ---- variables.c ---- */
void *facts_alloc(facts *f, size_t size); /* zeroed; NULL: no memory */
void facts_free(facts *f);
/* Empty when the server does not have it. */
fcl_slice facts_variable(facts *f, const char *name);
fcl_slice facts_text(const char *text); /* NULL is the empty one */

/* ---- facts.c: each returns 0, or the HTTP status to refuse the request with ---- */
int facts_take(facts *f, EXTENSION_CONTROL_BLOCK *ecb);
int facts_route(facts *f, const fcl_config *config, const fcl_config_app **app);
int facts_set_params(facts *f, fcl_request *r);
#endif
