/* lists.h: lists of settings as text, for tests of what they are read as. */
#ifndef CONFIG_LISTS_H
#define CONFIG_LISTS_H
#include "config_test.h"

/* "<a><b>"; "(none)" for NULL. */
static inline const char *shown(const char *const *list) {
  static char out[2000];
  out[0] = 0;
  if (list == NULL)
    return "(none)";
  for (; *list; list++)
    snprintf(out + strlen(out), sizeof out - strlen(out), "<%s>", *list);
  return out;
}

/* EnvironmentVars over `env`, or what is wrong with them. */
static inline const char *environment_of(const char *value, const char *const *env) {
  static char out[2000];
  char file[1000];
  fcl_config_options o;
  fcl_config *c;
  fcl_error e;
  memset(&o, 0, sizeof o);
  o.env = env;
  snprintf(file, sizeof file, "[A]\nExePath=/a\nEnvironmentVars=%s\n", value);
  if (fcl_config_parse(&c, "f", text(file), &o, &e) != FCL_OK)
    return strcpy(out, e.text);
  snprintf(out, sizeof out, "%s", shown(fcl_config_at(c, 0)->options->env));
  fcl_config_free(c);
  return out;
}
#endif
