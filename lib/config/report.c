/* report.c: sentences about lines, for the caller's callback and for the error that the call
   returns; memory for a configuration. */
#include "config/config.h"
#include <stdio.h>
#include <string.h>

/* Each sentence as long as room is left for saying how many there are more. */
static void join(fcl__config_reader *r, const char *sentence) {
  static const char more[] = "; and 4294967295 more";
  fcl_error *e = r->error;
  size_t used;
  if (e == NULL)
    return;
  if (e->code == FCL_OK) {
    fcl__error_setx(e, FCL_E_CONFIG, 0, "%.*s", (int) (sizeof e->text - sizeof more), sentence);
    return;
  }
  used = strlen(e->text);
  if (r->left_out || used + 2 + strlen(sentence) + sizeof more > sizeof e->text)
    r->left_out++;
  else
    fcl__error_append(e, "; %s", sentence);
}

static void tell(fcl__config_reader *r, fcl_level level, unsigned line, const char *sentence) {
  fcl_config_message m;
  m.level = level;
  m.line = line;
  m.sentence = sentence;
  if (r->options.on_message)
    r->options.on_message(&m, r->options.user);
}

void fcl__config_say(fcl__config_reader *r, fcl_level level, unsigned line, const char *fmt, ...) {
  char words[sizeof r->error->text];
  fcl_error sentence;
  va_list args;
  if (r->counts[level]++ >= FCL_CONFIG_MESSAGES_MAX) {
    if (level == FCL_LEVEL_ERROR)
      r->left_out++;
    return;
  }
  va_start(args, fmt);
  vsnprintf(words, sizeof words, fmt, args);
  va_end(args);
  if (line)
    fcl__error_setx(&sentence, FCL_E_CONFIG, 0, "%.300s:%u: %s", r->file, line, words);
  else
    fcl__error_setx(&sentence, FCL_E_CONFIG, 0, "%.300s: %s", r->file, words);
  tell(r, level, line, sentence.text);
  if (level == FCL_LEVEL_ERROR)
    join(r, sentence.text);
}

void fcl__config_say_unreadable(fcl__config_reader *r, int sys) {
  fcl_error sentence;
  r->counts[FCL_LEVEL_ERROR]++;
  fcl__error_set(&sentence, FCL_E_CONFIG, sys, "%.300s: cannot read the configuration", r->file);
  tell(r, FCL_LEVEL_ERROR, 0, sentence.text);
  if (r->error)
    *r->error = sentence;
}

static void tell_rest(fcl__config_reader *r, fcl_level level, const char *what) {
  fcl_error sentence;
  if (r->counts[level] <= FCL_CONFIG_MESSAGES_MAX)
    return;
  fcl__error_setx(&sentence, FCL_E_CONFIG, 0, "%.300s: and %u more %s", r->file,
                  r->counts[level] - FCL_CONFIG_MESSAGES_MAX, what);
  tell(r, level, 0, sentence.text);
}

void fcl__config_say_rest(fcl__config_reader *r) {
  tell_rest(r, FCL_LEVEL_ERROR, "bad lines");
  tell_rest(r, FCL_LEVEL_WARNING, "warnings");
  if (r->left_out)
    fcl__error_append(r->error, "; and %u more", r->left_out);
}

void *fcl__config_alloc(fcl__config_reader *r, size_t size) {
  void *p = fcl__zalloc(&r->config->memory, size);
  if (p == NULL)
    r->is_out_of_memory = 1;
  return p;
}

int fcl__config_grow(fcl__config_reader *r, void **array, size_t count, size_t *room, size_t size) {
  size_t wanted = *room ? *room * 2 : 8;
  void *p;
  if (count < *room)
    return 1;
  p = fcl__realloc(&r->config->memory, *array, wanted * size);
  if (p == NULL) {
    r->is_out_of_memory = 1;
    return 0;
  }
  *array = p;
  *room = wanted;
  return 1;
}

char *fcl__config_string_new(fcl__config_reader *r, size_t len) {
  fcl__config_string *string = fcl__config_alloc(r, sizeof *string + len + 1);
  if (string == NULL)
    return NULL;
  string->next = r->config->strings;
  r->config->strings = string;
  return (char *) (string + 1);
}

char *fcl__config_copy(fcl__config_reader *r, fcl_slice s) {
  char *to = fcl__config_string_new(r, s.len);
  return to && s.len ? memcpy(to, s.base, s.len) : to;
}
