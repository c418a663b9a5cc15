/* base.h: the words that codec.h, cgi.h and fcgiclient.h share: slices, headers, the response head, errors, the version.
   Compiles as C99 and C++98.  Nothing here needs libuv, a thread or memory. */
#ifndef FCGICLIENT_BASE_H
#define FCGICLIENT_BASE_H
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(FCGICLIENT_SHARED)
#define FCL_EXTERN __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define FCL_EXTERN __attribute__((visibility("default")))
#else
#define FCL_EXTERN
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version this header belongs to, as MAJOR * 10000 + MINOR * 100 + PATCH. */
#define FCL_VERSION_MAJOR 0
#define FCL_VERSION_MINOR 1
#define FCL_VERSION_PATCH 0
#define FCL_VERSION_NUM (FCL_VERSION_MAJOR * 10000 + FCL_VERSION_MINOR * 100 + FCL_VERSION_PATCH)

/* The version of the library that is running, as a number like FCL_VERSION_NUM and as "0.1.0".  Any thread; static. */
FCL_EXTERN unsigned fcl_version(void);
FCL_EXTERN const char *fcl_version_string(void);

/* Bytes that somebody else owns: not NUL-terminated, may hold any byte.  {NULL, 0} is the empty slice. */
typedef struct fcl_slice {
  const char *base;
  size_t len;
} fcl_slice;

/* What an application is asked to be (FastCGI 1.0, section 6). */
typedef enum fcl_role { FCL_RESPONDER = 1, FCL_AUTHORIZER, FCL_FILTER } fcl_role;

/* One header field.  The layout is fixed for ever. */
typedef struct fcl_header {
  fcl_slice name, value;
} fcl_header;

/* The head of a CGI response (RFC 3875 section 6), as a web server wants it.  Everything is lent by whoever fills it. */
typedef struct fcl_head {
  int status;                /* 200 when the application gave none; 302 for a Location without one */
  fcl_slice reason;          /* the words behind the number; empty when the application gave none; base NULL: it gave no Status */
  const fcl_header *headers; /* in the application's order, without Status and the hop-by-hop fields */
  size_t count;
  int64_t content_length; /* -1: not said */
  int local_redirect;     /* 1: Location is a path, and the server should serve that instead (section 6.2.2) */
} fcl_head;

/* Finds the first field called `name` (ASCII case does not matter).  Returns 1 and sets *value, or 0.  Any thread. */
FCL_EXTERN int fcl_head_get(const fcl_head *head, const char *name, fcl_slice *value);

/* Errors: name, the HTTP status that fits, a phrase.  Numbered for ever: append only. */
#define FCL_ERROR_MAP(XX)                                                                          \
  XX(INVAL, 500, "invalid argument")                                                               \
  XX(NOMEM, 500, "out of memory")                                                                  \
  XX(CANCELED, 500, "canceled by the web server")                                                  \
  XX(CONFIG, 500, "invalid configuration")                                                         \
  XX(PARAMS, 431, "the request's parameters are too large")                                        \
  XX(BODY, 400, "the request body is not as announced")                                            \
  XX(LENGTH_REQUIRED, 411, "the request body has no length")                                       \
  XX(IDENTITY, 500, "cannot act as the requested user")                                            \
  XX(SPAWN, 500, "cannot start the application")                                                   \
  XX(EXITED, 502, "the application exited")                                                        \
  XX(RAPID_FAIL, 503, "the application fails too often")                                           \
  XX(QUEUE_FULL, 503, "too many requests are waiting")                                             \
  XX(OVERLOADED, 503, "the application is overloaded")                                             \
  XX(CONNECT, 502, "cannot connect to the application")                                            \
  XX(IO, 502, "the connection to the application broke")                                           \
  XX(PROTOCOL, 502, "the application violated FastCGI")                                            \
  XX(HEAD, 502, "the application's response head is malformed")                                    \
  XX(TRUNCATED, 502, "the application's response was cut short")                                   \
  XX(ROLE, 502, "the application does not play this role")                                         \
  XX(STDERR, 500, "the application wrote to its error stream")                                     \
  XX(TIMEOUT_START, 503, "the application took too long to start")                                 \
  XX(TIMEOUT_CONNECT, 504, "connecting to the application took too long")                          \
  XX(TIMEOUT_QUEUE, 503, "no process became free in time")                                         \
  XX(TIMEOUT_FIRST, 504, "the application took too long to answer")                                \
  XX(TIMEOUT_ACTIVITY, 504, "the application was silent for too long")                             \
  XX(TIMEOUT_REQUEST, 504, "the request took too long")                                            \
  XX(CLOSING, 503, "the web server is shutting down")                                             \
  XX(BODY_TOO_LARGE, 413, "the request body is too large to be gathered")                          \
  XX(SPOOL, 500, "cannot keep bytes in a temporary file")

typedef enum fcl_code {
  FCL_OK = 0,
#define XX(name, http, phrase) FCL_E_##name,
  FCL_ERROR_MAP(XX)
#undef XX
      FCL_CODE_MAX
} fcl_code;

/* What went wrong.  `{0}` is no error.  May be kept by copying. */
typedef struct fcl_error {
  fcl_code code;
  int sys;         /* errno (Windows: a number of GetLastError's) or exit status; 0 when none applies */
  char text[1024]; /* one sentence for the log, control characters escaped; never empty when code != FCL_OK */
} fcl_error;

/* Any thread; the strings are static. */
FCL_EXTERN const char *fcl_code_name(fcl_code code);   /* "TIMEOUT_QUEUE"; "OK"; "?" for a number that is none */
FCL_EXTERN const char *fcl_code_phrase(fcl_code code); /* "no process became free in time" */
FCL_EXTERN int fcl_code_http(fcl_code code);           /* 503; 200 for FCL_OK */

/* What IIS answers and logs in such a case: status 503 with sub-status 4 for a full queue, 500.0 for most.  `hresult` is what
   stands beside it: 0x80070102 (WAIT_TIMEOUT) for an application that took too long; 0: error.sys, or nothing.  All 0, but
   status 200, for FCL_OK. */
typedef struct fcl_iis {
  int status, substatus;
  uint32_t hresult;
} fcl_iis;
FCL_EXTERN fcl_iis fcl_code_iis(fcl_code code);

#ifdef __cplusplus
}
#endif
#endif
