/* fcgx.c: an application on libfcgi, which knows nothing of ours: it plays each role as it is
   asked. A responder prints its parameters and how long its body was; an authorizer lets "jo"
   through unless the query is "deny"; a filter tells how long its body was and prints its data
   backwards. */
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

static FCGX_Request r;

/* All of a stream; *len tells how much. */
static char *read_all(size_t *len) {
  size_t cap = 65536;
  char *all = malloc(cap);
  int n;
  *len = 0;
  while (all && (n = FCGX_GetStr(all + *len, (int) (cap - *len), r.in)) > 0) {
    *len += (size_t) n;
    if (*len == cap)
      all = realloc(all, cap *= 2);
  }
  return all;
}

static void respond(void) {
  size_t body;
  char **at;
  free(read_all(&body));
  FCGX_FPrintF(r.out, "Content-Type: text/plain\r\n\r\nbody of %d bytes\n", (int) body);
  for (at = r.envp; *at; at++)
    FCGX_FPrintF(r.out, "%s\n", *at);
}

static void authorize(void) {
  const char *query = FCGX_GetParam("QUERY_STRING", r.envp);
  if (query && strcmp(query, "deny") == 0)
    FCGX_PutS("Status: 403 No\r\nX-Reason: libfcgi\r\nContent-Type: text/plain\r\n\r\nno", r.out);
  else
    FCGX_PutS("Status: 200 OK\r\nVariable-REMOTE_USER: jo\r\n\r\n", r.out);
}

static void filter(void) {
  size_t body, len;
  char *data;
  free(read_all(&body));
  if (FCGX_StartFilterData(r.in) < 0) {
    FCGX_PutS("Status: 500 No data\r\n\r\n", r.out);
    return;
  }
  data = read_all(&len);
  FCGX_FPrintF(r.out, "Content-Type: text/plain\r\nX-Reason: body of %d bytes\r\n\r\n", (int) body);
  while (data && len > 0)
    FCGX_PutChar(data[--len], r.out);
  free(data);
}

int main(void) {
  if (FCGX_Init() || FCGX_InitRequest(&r, 0, 0))
    return 1;
  while (FCGX_Accept_r(&r) == 0) {
    if (r.role == 1)
      respond();
    else if (r.role == 2)
      authorize();
    else
      filter();
    FCGX_Finish_r(&r);
  }
  return 0;
}
