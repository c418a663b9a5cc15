/* words.c: splitting commands, finding programs, making environments; at the start only. */
#include "words.h"
#include "system.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

/* Copies one word to *to, and moves both behind it.  Returns 0 when a quote is not closed. */
static int copy_word(const char **from, char **to) {
  char quote = 0;
  for (; **from && (quote || !is_blank(**from)); (*from)++) {
    if (quote ? **from == quote : **from == '"' || **from == '\'')
      quote = quote ? 0 : **from;
    else
      *(*to)++ = **from;
  }
  *(*to)++ = 0;
  return quote == 0;
}

/* Splits into `words`, whose text goes to `room`.  Returns how many there are, or -1 for an open
 * quote. */
static int split(const char *command, const char **words, char *room) {
  int count = 0;
  for (;;) {
    while (is_blank(*command))
      command++;
    if (*command == 0)
      return count;
    words[count++] = room;
    if (!copy_word(&command, &room))
      return -1;
  }
}

const char *const *words_split(const char *command, const char **why) {
  size_t len = strlen(command);
  const char **words = calloc(len / 2 + 2, sizeof *words);
  char *room = malloc(len + 2);
  int count = words && room ? split(command, words, room) : 0;
  if (count > 0)
    return words;
  *why = count < 0       ? "a quote is not closed"
         : words && room ? "it names no program"
                         : "there is no memory";
  free(words);
  free(room);
  return NULL;
}

char *real_path(const char *name, const char **why) {
  uv_fs_t fs;
  char *path = NULL;
  int error = uv_fs_realpath(NULL, &fs, name, NULL);
  *why = error ? uv_strerror(error) : "there is no memory";
  if (error == 0 && (path = malloc(strlen(fs.ptr) + 1)) != NULL)
    system_slashes(strcpy(path, fs.ptr));
  uv_fs_req_cleanup(&fs);
  return path;
}

static int same_variable(const char *a, const char *b) {
  size_t len = strcspn(a, "=");
  return strncmp(a, b, len + 1) == 0;
}

static int is_replaced(const char *variable, const char *const *pairs, unsigned count) {
  unsigned i;
  for (i = 0; i < count; i++)
    if (same_variable(variable, pairs[i]))
      return 1;
  return 0;
}

static char *pair_of(const uv_env_item_t *item) {
  char *pair = malloc(strlen(item->name) + strlen(item->value) + 2);
  if (pair)
    sprintf(pair, "%s=%s", item->name, item->value);
  return pair;
}

const char *const *environment_with(const char *const *pairs, unsigned count) {
  uv_env_item_t *ours = NULL;
  size_t used = 0;
  const char **all;
  int ours_count = 0, n;
  unsigned i;
  uv_os_environ(&ours, &ours_count);
  all = calloc((size_t) ours_count + count + 1, sizeof *all);
  for (n = 0; all && n < ours_count; n++) {
    char *pair = pair_of(&ours[n]);
    if (pair && !is_replaced(pair, pairs, count))
      all[used++] = pair;
    else
      free(pair);
  }
  for (i = 0; all && i < count; i++)
    all[used++] = pairs[i];
  uv_os_free_environ(ours, ours_count);
  return all;
}
