/* test_apps.c: real applications through the module. */
#include "adapters/apps_win32.h"
#include "site.h"

static char processor[2000];

void site_use(const char *program, const char *arguments, const char *protocol) {
  static char path[1000], words[1010];
  static const char *app[] = {"fullPath", path,           "arguments", words, "protocol",
                              NULL,       "maxInstances", "2",         NULL};
  static const server_application all[] = {app, NULL};
  snprintf(path, sizeof path, "%s", program);
  snprintf(words, sizeof words, "%s", arguments);
  app[5] = protocol;
  snprintf(processor, sizeof processor, "%s%s%s", path, *words ? "|" : "", words);
  server_configure(all, 0);
  site_handler = processor;
}

int main(void) {
  return apps_run("iis7/apps");
}
