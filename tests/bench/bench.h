/* bench.h: what the programs of the bench share: one request's parameters, the answer's shape,
 * figures.  For every system. */
#ifndef BENCH_H
#define BENCH_H
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_PAIR(name, value)                                                                    \
  {                                                                                                \
    {name, sizeof(name) - 1}, {                                                                    \
      value, sizeof(value) - 1                                                                     \
    }                                                                                              \
  }

/* What a web server sends for a small GET; CONTENT_LENGTH comes by itself where there is a body. */
static const fcl_header bench_params[] = {
    BENCH_PAIR("GATEWAY_INTERFACE", "CGI/1.1"),
    BENCH_PAIR("SERVER_SOFTWARE", "bench/1.0"),
    BENCH_PAIR("QUERY_STRING", ""),
    BENCH_PAIR("REQUEST_METHOD", "GET"),
    BENCH_PAIR("CONTENT_TYPE", ""),
    BENCH_PAIR("SCRIPT_NAME", "/index.php"),
    BENCH_PAIR("SCRIPT_FILENAME", "/srv/www/index.php"),
    BENCH_PAIR("REQUEST_URI", "/index.php"),
    BENCH_PAIR("DOCUMENT_URI", "/index.php"),
    BENCH_PAIR("DOCUMENT_ROOT", "/srv/www"),
    BENCH_PAIR("SERVER_PROTOCOL", "HTTP/1.1"),
    BENCH_PAIR("REQUEST_SCHEME", "http"),
    BENCH_PAIR("REMOTE_ADDR", "127.0.0.1"),
    BENCH_PAIR("REMOTE_PORT", "41234"),
    BENCH_PAIR("SERVER_ADDR", "127.0.0.1"),
    BENCH_PAIR("SERVER_PORT", "8080"),
    BENCH_PAIR("SERVER_NAME", "localhost"),
    BENCH_PAIR("HTTP_HOST", "127.0.0.1:8080"),
};
enum { BENCH_PARAMS = sizeof bench_params / sizeof *bench_params };

/* The head of every answer with `body` bytes; returns its length. */
static inline size_t bench_head(char out[128], size_t body) {
  return (size_t) snprintf(out, 128, "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                           body);
}

/* The line that run.sh reads. */
static inline void bench_print(long requests, double seconds, double cpu, double allocations) {
  printf("requests/s %.0f cpu_us %.3f allocations %.3f\n", (double) requests / seconds,
         cpu * 1e6 / (double) requests, allocations);
}
#endif
