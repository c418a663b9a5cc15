/* cgi.h: what every web server needs alike between HTTP and FastCGI: parameters from a request, a
   path split into script and PATH_INFO, and what to send to the client for a response head. No
   sockets, no threads, no clock, no globals; the only look at the file system is a function of
   yours.  Everything here may be called by any thread.  Slices that come out lie inside those that
   went in, unless it says otherwise. Compiles as C99 and C++98. */
#ifndef FCGICLIENT_CGI_H
#define FCGICLIENT_CGI_H
#include <fcgiclient/base.h>
#include <fcgiclient/codec.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Takes one parameter; both slices are lent until it returns. */
typedef void (*fcl_cgi_set)(void *user, fcl_slice name, fcl_slice value);
/* One that sets it in the fcl_params `params`. */
FCL_EXTERN void fcl_cgi_set_params(void *params, fcl_slice name, fcl_slice value);

/* ---- The client's header fields ---- */

/* Takes a block of "Name: value" lines, each ended by CR LF, apart into fields[0, max), for servers
   that hand out header fields so.  Returns 0 and sets *count, or the HTTP status to refuse the
   request with: 400 for anything else in the block, 431 for more than `max` fields. */
FCL_EXTERN int fcl_cgi_fields(fcl_slice block, fcl_header *fields, size_t max, size_t *count);

#define FCL_CGI_AUTHORIZATION                                                                      \
  1u /* pass Authorization on, as HTTP_AUTHORIZATION (RFC 3875 section 4.1.18 advises not to) */
#define FCL_CGI_NAME_MAX 256 /* a longer field name is not passed on */

/* Adds the header fields of a request, all of them in one call: `name` becomes HTTP_NAME,
   Content-Type CONTENT_TYPE. Blanks around a value are cut off; fields of the same name are joined
   with ", ", Cookie with "; ". A parameter that is set already is neither replaced nor doubled. Not
   passed on, and counted in the value returned: names with anything but letters, digits and '-'
   (two spellings must not meet in one parameter), Proxy (it would become HTTP_PROXY), a second
   Content-Type. Not passed on, and not counted: Content-Length (CONTENT_LENGTH is for whoever sends
   the body), Authorization without FCL_CGI_AUTHORIZATION, and what is between the client and you:
   Connection, Keep-Alive, Proxy-*, TE, Trailer, Transfer-Encoding, Upgrade, Expect. */
FCL_EXTERN size_t fcl_cgi_headers(fcl_params *params, const fcl_header *headers, size_t count,
                                  unsigned flags);

/* ---- The other parameters ---- */

/* The facts of a request.  Zeroed is a valid start; an empty slice means that the fact is not
 * known, or not so. */
typedef struct fcl_cgi_request {
  fcl_slice method;
  fcl_slice target;    /* raw, as the client sent it, with its query: REQUEST_URI */
  fcl_slice query;     /* raw, without the '?': QUERY_STRING, always there */
  fcl_slice protocol;  /* "HTTP/1.1" */
  fcl_slice authority; /* of an absolute target, or :authority: beats the Host field as HTTP_HOST */
  fcl_slice host;      /* the Host field, for SERVER_NAME */
  int https;
  fcl_slice server_software; /* empty: the library's name and version */
  fcl_slice server_name;     /* empty: from authority, host, server_addr, in this order */
  fcl_slice server_addr;
  unsigned server_port; /* 0: 443 or 80 */
  fcl_slice remote_addr, remote_user, auth_type;
  unsigned remote_port;             /* 0: not known */
  fcl_slice document_root;          /* without a '/' at its end */
  fcl_slice script_name, path_info; /* decoded, from fcl_cgi_split */
  fcl_slice script_filename;        /* empty: document_root and script_name, joined */
  fcl_slice
      path_translated; /* empty: document_root and path_info, joined; only sent with a path_info */
} fcl_cgi_request;

#define FCL_CGI_PATH_MAX 8192 /* bytes of a joined path */

/* Calls `set` for every parameter of RFC 3875 section 4.1 that the facts yield and for those that
   applications count on beside them (REQUEST_URI, SCRIPT_FILENAME, DOCUMENT_ROOT, DOCUMENT_URI,
   REMOTE_PORT, SERVER_ADDR, HTTPS, REQUEST_SCHEME, REDIRECT_STATUS), each name once; not for
   CONTENT_LENGTH and CONTENT_TYPE. PATH_INFO and PATH_TRANSLATED are left out when path_info is
   empty. Returns FCL_OK, or FCL_E_PARAMS when a joined path is longer than FCL_CGI_PATH_MAX: refuse
   the request then. */
FCL_EXTERN fcl_code fcl_cgi_params(const fcl_cgi_request *request, fcl_cgi_set set, void *user);

/* 1 if a parameter may get this name on the word of a client or of an application: a variable name
   of letters, digits and '_' that PHP does not read as its own configuration (PHP_VALUE,
   PHP_ADMIN_VALUE), and not HTTP_PROXY. */
FCL_EXTERN int fcl_cgi_name_allowed(fcl_slice name);

/* ---- The path ---- */

/* The parts of a request target (RFC 9112 section 3.2), raw. */
typedef struct fcl_cgi_target {
  fcl_slice scheme, authority; /* absolute form only; else empty */
  fcl_slice path;              /* begins with '/' ("*" for OPTIONS *) */
  fcl_slice query;             /* without the '?' */
  int has_query;               /* a '?' was there, even if nothing follows it */
} fcl_cgi_target;

/* Takes a raw target apart.  Returns 0, or the HTTP status to refuse it with: 400 for a control
   character, a blank, a
   '#', a scheme other than http and https, userinfo, or any other form (CONNECT's too). */
FCL_EXTERN int fcl_cgi_target_parse(fcl_slice raw, fcl_cgi_target *target);

#define FCL_CGI_WINDOWS                                                                            \
  1u /* refuse ':' and segments that end in '.' or a blank: Windows would read another name */

#define FCL_CGI_DECODED                                                                            \
  4u /* the server has decoded the path already: '%' is a byte like others, the rest holds */

/* Decodes a raw path once, into out[0, cap), with "//" and "/./" made "/".  `raw` must begin with
   '/'. Returns 0 and sets *path (inside `out`), or the HTTP status to refuse it with: 414 when it
   does not fit, 400 for a '%' without two hexadecimal digits, control characters, '\', an encoded
   '/', any ".." segment. `out` needs raw.len bytes at most. */
FCL_EXTERN int fcl_cgi_path(fcl_slice raw, unsigned flags, char *out, size_t cap, fcl_slice *path);

#define FCL_CGI_FOLD_CASE                                                                          \
  2u /* ".PHP" is ".php": where the file system says so too.  ASCII letters only */

typedef enum fcl_cgi_found {
  FCL_CGI_NO_SCRIPT, /* no extension matches: not an application's business */
  FCL_CGI_SCRIPT,
  FCL_CGI_MISSING /* an extension matches, and the script is not there: 404, and never a static file
                   */
} fcl_cgi_found;

typedef struct fcl_cgi_script {
  fcl_slice name, info; /* SCRIPT_NAME and PATH_INFO: together they are the path */
  size_t extension;     /* which one matched */
} fcl_cgi_script;

/* Splits a path that fcl_cgi_path has decoded behind the first of `extensions` (with their dots:
   ".php") that is followed by '/' or the end.  Byte by byte: no letter of another script is ever
   taken for one of ours.  An empty list, and an empty extension, match nothing. `exists` (NULL: not
   asked) tells whether the script, a path below the document root, is there; it keeps
   /avatar.jpg/x.php away from applications that would walk back to /avatar.jpg. */
FCL_EXTERN fcl_cgi_found fcl_cgi_split(fcl_slice path, const fcl_slice *extensions, size_t count,
                                       unsigned flags, int (*exists)(void *user, fcl_slice name),
                                       void *user, fcl_cgi_script *script);

/* Joins two pieces into out[0, cap).  Returns 1 and sets *joined, or 0 when they do not fit. */
FCL_EXTERN int fcl_cgi_join(fcl_slice first, fcl_slice second, char *out, size_t cap,
                            fcl_slice *joined);

/* ---- The response ---- */

typedef enum fcl_cgi_framing {
  FCL_CGI_NO_BODY, /* HEAD, 204, 205, 304: what the application sends as a body is thrown away */
  FCL_CGI_LENGTH,  /* Content-Length bytes */
  FCL_CGI_CHUNKED, /* Transfer-Encoding: chunked */
  FCL_CGI_CLOSE    /* until the connection is closed: HTTP/1.0 without a length */
} fcl_cgi_framing;

/* What to send to the client for a head. */
typedef struct fcl_cgi_reply {
  const fcl_head *head;
  int status;
  fcl_slice reason; /* the application's, else the standard's, else empty */
  fcl_cgi_framing framing;
  int64_t content_length; /* the Content-Length field to send; -1: none */
  int64_t left;           /* FCL_CGI_LENGTH: bytes that have not come yet */
  int local_redirect; /* send nothing: serve the path in Location, with GET (RFC 3875 section 6.2.2)
                       */
} fcl_cgi_reply;

/* `method` as the client sent it; `minor`: 0 for HTTP/1.0, 1 for HTTP/1.1 (no other version frames
   with chunks: for HTTP/2 and above give 0 and end the stream where FCL_CGI_CLOSE says so). */
FCL_EXTERN void fcl_cgi_reply_init(fcl_cgi_reply *reply, const fcl_head *head, fcl_slice method,
                                   int minor);
/* Walks the fields to send: start with *at = 0; NULL behind the last.  Left out: the fields that
   are between the application and you (hop-by-hop, Status), those of framing (Content-Length: write
   content_length), and those that the server owns: Date, Server. */
FCL_EXTERN const fcl_header *fcl_cgi_reply_next(const fcl_cgi_reply *reply, size_t *at);
/* Writes those fields and Content-Length as "Name: value" lines with CR LF, and an empty line
   behind them, for servers that take a head as text.  Returns how many bytes that makes; they are
   in out[0, cap) if it is not more than `cap`. */
FCL_EXTERN size_t fcl_cgi_reply_fields(const fcl_cgi_reply *reply, char *out, size_t cap);
/* `len` bytes of body came: how many of them are to be sent.  Fewer than `len` where there is no
   body, or where the application sends more than it announced. */
FCL_EXTERN size_t fcl_cgi_reply_take(fcl_cgi_reply *reply, size_t len);
/* At the end: 1 if bytes are missing.  Break the client's connection off then: it must not look
 * whole. */
FCL_EXTERN int fcl_cgi_reply_short(const fcl_cgi_reply *reply);

/* "Not Found"; empty for a number without a phrase.  Static. */
FCL_EXTERN fcl_slice fcl_cgi_reason(int status);
/* A page of the server's own that says no more than "404 Not Found", in HTML. */
typedef struct fcl_cgi_page {
  fcl_head head; /* for fcl_cgi_reply_init */
  fcl_slice body;
  /* What the two point to; do not copy a page. */
  fcl_header headers[4];
  char text[256], seconds[16];
} fcl_cgi_page;
/* retry_after_s: seconds, for Retry-After; 0: nothing to say. */
FCL_EXTERN void fcl_cgi_page_init(fcl_cgi_page *page, int status, uint32_t retry_after_s);
/* Puts a text that is lent in the place of the page's: as text/plain, which no browser may take for
   anything else.  For the STDERR of an application (fcl_result.shows_stderr). */
FCL_EXTERN void fcl_cgi_page_show(fcl_cgi_page *page, fcl_slice shown);

#ifdef __cplusplus
}
#endif
#endif
