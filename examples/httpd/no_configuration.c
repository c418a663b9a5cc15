/* no_configuration.c: in the place of configuration.c where the library is built without config.h.
 */
#include "configuration.h"
#include <stdio.h>

configuration *configuration_read(const options *o) {
  fputs("httpd: --config: this build has none (FCGICLIENT_CONFIG)\n", stderr);
  return NULL;
}

configuration *configuration_hold(configuration *c) {
  return c;
}

void configuration_drop(configuration *c) {
}

unsigned configuration_count(const configuration *c) {
  return 0;
}

void configuration_pool(const configuration *c, unsigned n, const options *o,
                        fcl_pool_options *pool) {
}

const fcl_slice *configuration_extensions(const configuration *c, size_t *count) {
  *count = 0;
  return NULL;
}

int configuration_route(const configuration *c, fcl_slice method, fcl_slice extension,
                        fcl_slice path) {
  return -1;
}

int configuration_ignores_files(const configuration *c, unsigned n) {
  return 0;
}

int configuration_ignores_directories(const configuration *c, unsigned n) {
  return 0;
}
