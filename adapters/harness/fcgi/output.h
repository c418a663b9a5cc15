/* output.h: stdout, whose reader may be slow: nothing waits for it longer than a moment. */
#ifndef FCGI_OUTPUT_H
#define FCGI_OUTPUT_H
#include <stddef.h>
#include <uv.h>

typedef struct fcgi_output {
  uv_timer_t again;
  int fd, is_file;
  int error;        /* errno: nothing more is written */
  const char *left; /* lent by the caller, until on_drained */
  size_t left_len;
  void (*on_drained)(struct fcgi_output *o);
  void *user;
} fcgi_output;

void fcgi_output_init(fcgi_output *o, uv_loop_t *loop, void (*on_drained)(fcgi_output *o),
                      void *user);
/* Returns 1 when all is written, or given up for an error; 0 when on_drained will come, from the
   loop: until then `data` stays lent. */
int fcgi_output_write(fcgi_output *o, const char *data, size_t len);
/* Waits for as long as it takes: for little. */
void fcgi_output_put(fcgi_output *o, const char *data, size_t len);
void fcgi_output_close(fcgi_output *o);

#endif
