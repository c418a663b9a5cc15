/* words.c: splitting commands, finding programs, making environments; at the start only. */
#include "words.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

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

static const char *if_program(const char *path) {
  return access(path, X_OK) == 0 ? realpath(path, NULL) : NULL;
}

const char *program_path(const char *name) {
  const char *path = getenv("PATH"), *found = NULL;
  char full[PATH_MAX];
  if (strchr(name, '/'))
    return if_program(name);
  while (path && *path && found == NULL) {
    size_t len = strcspn(path, ":");
    int n = snprintf(full, sizeof full, "%.*s/%s", (int) len, path, name);
    if (len > 0 && n > 0 && (size_t) n < sizeof full)
      found = if_program(full);
    path += len + (path[len] == ':');
  }
  return found;
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

const char *const *environment_with(const char *const *pairs, unsigned count) {
  size_t ours = 0, used = 0, i;
  const char **all;
  while (environ[ours])
    ours++;
  all = calloc(ours + count + 1, sizeof *all);
  if (all == NULL)
    return NULL;
  for (i = 0; i < ours; i++)
    if (!is_replaced(environ[i], pairs, count))
      all[used++] = environ[i];
  for (i = 0; i < count; i++)
    all[used++] = pairs[i];
  return all;
}
