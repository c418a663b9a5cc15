/* local.c: Unix sockets; POSIX systems have no named pipes that speak both ways. */
#include "platform/local.h"
#include "platform/socket.h"
#include <string.h>
#include <sys/un.h>

const char fcl__local_forms[] = "give unix:/path, unix:@name, tcp:host:port or tcp:[ipv6]:port";

fcl_code fcl__local_check(const char *address, fcl_error *e) {
  const char *path = address + sizeof "unix:" - 1;
  size_t len = strlen(path), room = sizeof((struct sockaddr_un *) 0)->sun_path - 1;
  if (strncmp(address, "pipe:", 5) == 0)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "address \"%s\": named pipes of that kind exist on Windows only; %s",
                           address, fcl__local_forms);
  if ((path[0] != '/' && path[0] != '@') || len < 2)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "address \"%s\" names no socket: %s", address,
                           fcl__local_forms);
#ifndef __linux__
  if (path[0] == '@')
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "address \"%s\": abstract sockets exist on Linux only", address);
#endif
  if (len > room || len >= FCL__LOCAL_MAX)
    return fcl__error_setx(
        e, FCL_E_CONFIG, 0,
        "address \"%s\" is %zu bytes long, a socket's path may have %zu; use a shorter directory",
        address, len, room);
  return FCL_OK;
}

int fcl__local_connect(const char *path) {
  return fcl__socket_connect_unix(path);
}
