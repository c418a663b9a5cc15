/* host_run.h: platform_host, run, read and killed, for tests. */
#ifndef TEST_HOST_RUN_H
#define TEST_HOST_RUN_H
#include <stddef.h>
#include <sys/types.h>

#define LEFT_MS     2000 /* when everything must be gone */
#define PATIENCE_MS 30000

typedef struct host_run {
  pid_t pid;
  int out;
  char text[65536]; /* all that it has printed */
  size_t len;
  char directory[64];
  char programs[64]; /* where platform_host and the others are; "": where the test is */
  long copy;
} host_run;
extern host_run host;

void host_begin(void); /* fixtures: a directory and a mark; nothing may be left in the directory */
void host_end(void);
void host_beside(char *out, const char *program); /* the path of such a program */

/* The words of platform_host, split at spaces. */
void start_host(const char *format, ...);
void start_host_with(char **argv);
int count_lines(const char *line);
void wait_for(const char *line, int count); /* until it has printed `count` such lines */
void kill_host(void);
long wait_until_nothing_is_left(void); /* returns how many milliseconds it took */
long now_ms(void);
#endif
