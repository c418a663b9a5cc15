/* config_words.c: the arguments of `fcgi config` in the manner of fcgiconfig.js. */
#include "config.h"
#include <string.h>
#include <strings.h>

static int is_same(const char *a, const char *b) {
  return strcasecmp(a, b) == 0;
}

const char *config_word_value(const config_words *w, const char *name) {
  unsigned i;
  for (i = 0; i < w->count; i++)
    if (is_same(w->words[i].name, name))
      return w->words[i].value ? w->words[i].value : "";
  return NULL;
}

const config_word *config_word_other(const config_words *w, const char *const *names) {
  unsigned i;
  for (i = 0; i < w->count; i++) {
    const char *const *known = names;
    while (*known && !is_same(*known, w->words[i].name))
      known++;
    if (*known == NULL)
      return &w->words[i];
  }
  return NULL;
}

static int read_word(config_words *w, const char *text) {
  config_word *word = &w->words[w->count];
  size_t len = strcspn(text + 1, ":");
  if ((text[0] != '-' && text[0] != '/') || len == 0 || len >= sizeof word->name) {
    fcgi_say("config: \"%s\" is no -NAME or -NAME:VALUE", text);
    return 0;
  }
  memcpy(word->name, text + 1, len);
  word->name[len] = 0;
  word->value = text[len + 1] ? text + len + 2 : NULL;
  if (config_word_value(w, word->name)) {
    fcgi_say("config: -%s is given twice", word->name);
    return 0;
  }
  w->count++;
  return 1;
}

int config_words_read(config_words *w, int argc, char **argv) {
  int i;
  w->count = 0;
  if (argc > CONFIG_WORDS_MAX) {
    fcgi_say("config: there are more than %d arguments", CONFIG_WORDS_MAX);
    return 0;
  }
  for (i = 0; i < argc; i++)
    if (!read_word(w, argv[i]))
      return 0;
  return 1;
}
