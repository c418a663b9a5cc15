/* config.h: what the parts of `fcgi config` share. */
#ifndef FCGI_CONFIG_H
#define FCGI_CONFIG_H
#include "fcgi.h"
#include <fcgiclient/config.h>

/* -NAME:VALUE or /NAME:VALUE, as fcgiconfig.js takes them. */
typedef struct config_word {
  char name[64];
  const char *value; /* NULL: there is no colon */
} config_word;

enum { CONFIG_WORDS_MAX = 16 };

typedef struct config_words {
  config_word words[CONFIG_WORDS_MAX];
  unsigned count;
} config_words;

/* Returns 0 after saying why not. */
int config_words_read(config_words *w, int argc, char **argv);
/* The value of a word; "" without a colon; NULL: it is not there.  Letters' case does not matter.
 */
const char *config_word_value(const config_words *w, const char *name);
/* The first word that is none of these (NULL-ended), or NULL. */
const config_word *config_word_other(const config_words *w, const char *const *names);

/* The fcgiext.ini `file`, which need not be there, to be changed; NULL: said why. */
fcl_config_edit *config_open_edit(const char *file);

/* Says each message on stderr: "error: ...", "warning: ...". */
void config_on_message(const fcl_config_message *message, void *user);

/* Tells on stdout what a configuration means, and what of it is not on this machine.  Returns the
   number of these. */
unsigned config_explain(const fcl_config *config);
#endif
