/* requirements.h: what a web server must keep to, numbered by the section that says so. */
#ifndef FCL_HARNESS_REQUIREMENTS_H
#define FCL_HARNESS_REQUIREMENTS_H

/* Name, number, source, sentence.  Numbers stay as they are: append within a section. */
#define FCL__RULE_MAP(XX)                                                                          \
  XX(VERSION, "3.3-1", "FastCGI 1.0", "every record has version 1")                                \
  XX(TYPE, "3.3-2", "FastCGI 1.0", "record types are those that a web server sends")               \
  XX(RESERVED, "3.3-3", "FastCGI 1.0", "the reserved byte of a record's header is 0")              \
  XX(MANAGEMENT, "3.3-4", "FastCGI 1.0", "management records have id 0, and no others")            \
  XX(ACTIVE, "3.3-5", "FastCGI 1.0", "an id is not used again while its request runs")             \
  XX(BEGUN, "3.3-6", "FastCGI 1.0", "a record belongs to a request that was begun")                \
  XX(LEFT_OPEN, "3.3-7", "FastCGI 1.0",                                                            \
     "the streams of a request have ended before the connection brings another")                   \
  XX(PAIR_LENGTH, "3.4-1", "FastCGI 1.0", "lengths up to 127 take one byte")                       \
  XX(LAST, "3.5-1", "FastCGI 1.0",                                                                 \
     "nothing is begun behind a request that did not ask to keep the connection")                  \
  XX(ALONE, "4.1-1", "FastCGI 1.0",                                                                \
     "requests share a connection only where FCGI_MPXS_CONNS allows it")                           \
  XX(QUESTION, "4.1-2", "FastCGI 1.0", "GET_VALUES asks with empty values")                        \
  XX(BEGIN_SIZE, "5.1-1", "FastCGI 1.0", "BEGIN_REQUEST has 8 bytes")                              \
  XX(ROLE, "5.1-2", "FastCGI 1.0", "the role is 1, 2 or 3")                                        \
  XX(FLAGS, "5.1-3", "FastCGI 1.0", "no flag is set but FCGI_KEEP_CONN")                           \
  XX(BEGIN_RESERVED, "5.1-4", "FastCGI 1.0", "the reserved bytes of BEGIN_REQUEST are 0")          \
  XX(PARAMS_ONCE, "5.2-1", "FastCGI 1.0", "nothing comes behind the end of PARAMS")                \
  XX(PARAMS_FIRST, "5.2-2", "FastCGI 1.0", "the input comes behind the end of PARAMS")             \
  XX(STDIN_ONCE, "5.3-1", "FastCGI 1.0", "nothing comes behind the end of STDIN")                  \
  XX(DATA_ONCE, "5.3-2", "FastCGI 1.0", "nothing comes behind the end of DATA")                    \
  XX(ABORT_SIZE, "5.4-1", "FastCGI 1.0", "ABORT_REQUEST has no content")                           \
  XX(STDIN_LENGTH, "6.2-1", "FastCGI 1.0", "STDIN brings as many bytes as CONTENT_LENGTH says")    \
  XX(DATA_ROLE, "6.4-1", "FastCGI 1.0", "DATA is for filters")                                     \
  XX(DATA_ORDER, "6.4-2", "FastCGI 1.0", "DATA comes behind the end of STDIN")                     \
  XX(LENGTH_NUMBER, "4.1.2-1", "RFC 3875", "CONTENT_LENGTH is a decimal number, or empty")         \
  XX(LENGTH_THERE, "4.1.2-2", "RFC 3875", "CONTENT_LENGTH is set where there is a body")           \
  XX(GATEWAY, "4.1.4-1", "RFC 3875", "GATEWAY_INTERFACE is CGI/1.1")                               \
  XX(PATH_INFO, "4.1.5-1", "RFC 3875", "PATH_INFO is empty or begins with a slash")                \
  XX(QUERY, "4.1.7-1", "RFC 3875", "QUERY_STRING is set, if only to nothing")                      \
  XX(REMOTE, "4.1.8-1", "RFC 3875", "REMOTE_ADDR is set")                                          \
  XX(METHOD, "4.1.12-1", "RFC 3875", "REQUEST_METHOD is set, and not empty")                       \
  XX(SCRIPT, "4.1.13-1", "RFC 3875", "SCRIPT_NAME is set")                                         \
  XX(SERVER_NAME, "4.1.14-1", "RFC 3875", "SERVER_NAME is set, and not empty")                     \
  XX(SERVER_PORT, "4.1.15-1", "RFC 3875", "SERVER_PORT is a number")                               \
  XX(SERVER_PROTOCOL, "4.1.16-1", "RFC 3875", "SERVER_PROTOCOL is set, and not empty")             \
  XX(SERVER_SOFTWARE, "4.1.17-1", "RFC 3875", "SERVER_SOFTWARE is set, and not empty")             \
  XX(EMPTY_PADDED, "field-1", "PHP", "an empty record is not padded")                              \
  XX(RECORD_SIZE, "field-2", "PHP", "content and padding of a record have 65,535 bytes at most")   \
  XX(PAIR_WHOLE, "field-3", "PHP, uWSGI", "a name-value pair is not cut between records")          \
  XX(PAIR_NUL, "field-4", "all in C", "names and values hold no NUL")                              \
  XX(PAIR_NAME, "field-5", "all", "no name is empty")                                              \
  XX(PAIR_ONCE, "field-6", "all", "no name comes twice")                                           \
  XX(PROXY, "field-7", "httpoxy", "HTTP_PROXY is not set by a header field of the client")

typedef enum fcl__rule {
#define XX(name, id, source, text) FCL__RULE_##name,
  FCL__RULE_MAP(XX)
#undef XX
      FCL__RULES
} fcl__rule;

#endif
