/* replay.c: gives each file of a folder to a fuzzer's function, once, and counts those that it
 * survives; no libFuzzer is needed for that. */
#include "fuzz.h"
#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 60 /* for each file; under valgrind too */

static int is_file(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static uint8_t *read_file(const char *folder, const char *name, size_t *len) {
  char path[4096];
  uint8_t *bytes = malloc(1u << 20);
  FILE *f;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  f = fopen(path, "rb");
  claim(f != NULL);
  *len = fread(bytes, 1, 1u << 20, f);
  fclose(f);
  return bytes;
}

static void replay(const char *folder, const char *name) {
  size_t len;
  uint8_t *bytes = read_file(folder, name, &len), *exact = realloc(bytes, len + (len == 0));
  alarm(SECONDS);
  LLVMFuzzerTestOneInput(exact, len);
  free(exact);
}

/* In a child, which may die: *at tells of which file.  Returns how it ended. */
static int replay_from(const char *folder, struct dirent **files, int count, volatile int *at) {
  int status = 0;
  pid_t child = fork();
  claim(child >= 0);
  if (child == 0) {
    for (; *at < count; ++*at)
      replay(folder, files[*at]->d_name);
    alarm(SECONDS); /* exit looks for leaks */
    while (count > 0)
      free(files[--count]);
    free(files);
    exit(0);
  }
  waitpid(child, &status, 0);
  return status;
}

int main(int argc, char **argv) {
  struct dirent **files;
  int count = argc == 2 ? scandir(argv[1], &files, is_file, alphasort) : -1, failures = 0, status;
  volatile int *at =
      mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (count <= 0) {
    fprintf(stderr, "usage: %s FOLDER, which has a corpus\n", argv[0]);
    return 2;
  }
  for (; *at < count; ++*at) {
    status = replay_from(argv[1], files, count, at);
    failures += status != 0;
    if (status != 0)
      fprintf(stderr, "%s/%s: status %#x\n", argv[1],
              *at < count ? files[*at]->d_name : "(at the end)", (unsigned) status);
  }
  printf("Checks: %d, Failures: %d, Errors: 0\n", count, failures);
  while (count > 0)
    free(files[--count]);
  free(files);
  return failures != 0;
}
