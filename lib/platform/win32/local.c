/* local.c: named pipes; libuv has no Unix sockets here. */
#include "platform/local.h"
#include "platform/win32/pipe.h"
#include <string.h>

#define ROOT      "\\\\.\\pipe\\"
#define NAME_MAX_ 256 /* with the root, as the system has it */

const char fcl__local_forms[] = "give pipe:\\\\.\\pipe\\name, tcp:host:port or tcp:[ipv6]:port";

/* The system takes any mixture of small and capital letters. */
static int has_root(const char *path) {
  return _strnicmp(path, ROOT, sizeof ROOT - 1) == 0;
}

/* A pipe of another machine is behind a server's name in the place of the dot. */
fcl_code fcl__local_check(const char *address, fcl_error *e) {
  const char *path = address + sizeof "pipe:" - 1;
  size_t len = strlen(path);
  if (strncmp(address, "unix:", 5) == 0)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "address \"%s\": Unix sockets are not reached on Windows; %s", address,
                           fcl__local_forms);
  if (!has_root(path) || len == sizeof ROOT - 1 || strchr(path + sizeof ROOT - 1, '\\'))
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "address \"%s\" names no pipe of this machine: %s",
                           address, fcl__local_forms);
  if (len > NAME_MAX_)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "address \"%s\": the pipe's name is %zu bytes long, and may have %u",
                           address, len, NAME_MAX_);
  return FCL_OK;
}

int fcl__local_connect(const char *path) {
  return fcl__pipe_open(path);
}
