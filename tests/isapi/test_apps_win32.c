/* test_apps_win32.c: real applications through the extension. */
#include "adapters/apps_win32.h"
#include "site.h"

void site_use(const char *program, const char *arguments, const char *protocol) {
  static char ini[3000];
  snprintf(ini, sizeof ini,
           "[Types]\ntest=App\n[App]\nExePath=%s\nArguments=%s\nProtocol=%s\nMaxInstances=2\n"
           "SignalBeforeTerminateSeconds=0\n", /* a relay does not listen to signals */
           program, arguments, protocol);
  site_write("fcgiext.ini", ini);
  site_write("root/a.test", "");
}

int main(void) {
  return apps_run("isapi/apps");
}
