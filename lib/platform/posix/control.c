/* control.c: a Unix socket on which only the owner of this process may ask. */
#define _GNU_SOURCE /* struct ucred */
#include "platform/control.h"
#include "base/error.h"
#include "platform/socket.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

static const char *path_of(const char *address) {
  return strncmp(address, "unix:/", 6) == 0 ? address + 5 : NULL;
}

/* ---- The folder ---- */

/* Others could put a socket of theirs in our place, where they may write. */
static fcl_code check_folder(const char *folder, fcl_error *e) {
  struct stat s;
  if (stat(folder, &s) != 0)
    return fcl__error_set(e, FCL_E_INVAL, errno, "control: cannot look at the folder %s", folder);
  if (!S_ISDIR(s.st_mode))
    return fcl__error_setx(e, FCL_E_INVAL, 0, "control: %s is no folder", folder);
  if (s.st_uid != geteuid() && s.st_uid != 0)
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "control: the folder %s is neither ours nor root's: give one that only "
                           "this user can write in",
                           folder);
  if (s.st_mode & 022 && !(s.st_mode & S_ISVTX))
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "control: others can write in the folder %s (mode %o): give one that "
                           "only this user can write in",
                           folder, (unsigned) s.st_mode & 07777);
  return FCL_OK;
}

static fcl_code make_folder(const char *path, fcl_error *e) {
  char folder[sizeof((struct sockaddr_un *) 0)->sun_path];
  char *slash;
  snprintf(folder, sizeof folder, "%s", path);
  slash = strrchr(folder, '/');
  slash[slash == folder] = 0;
  if (mkdir(folder, 0700) != 0 && errno != EEXIST)
    return fcl__error_set(e, FCL_E_INVAL, errno, "control: cannot make the folder %s", folder);
  return check_folder(folder, e);
}

/* ---- The socket ---- */

/* Nobody listens any more, and it is ours. */
static int is_left_over(const struct sockaddr_un *at) {
  struct stat s;
  int fd;
  if (lstat(at->sun_path, &s) != 0 || !S_ISSOCK(s.st_mode) || s.st_uid != geteuid())
    return 0;
  fd = fcl__socket_connect_unix(at->sun_path);
  if (fd >= 0)
    close(fd);
  return fd == -ECONNREFUSED;
}

/* Nobody can connect before listen, so nobody meets a mode that is too wide. */
static int bind_privately(int fd, const struct sockaddr_un *at) {
  if (bind(fd, (const struct sockaddr *) at, sizeof *at) == 0)
    return chmod(at->sun_path, 0600);
  if (errno != EADDRINUSE)
    return -1;
  if (!is_left_over(at) || unlink(at->sun_path) != 0) {
    errno = EADDRINUSE;
    return -1;
  }
  return bind(fd, (const struct sockaddr *) at, sizeof *at) == 0 ? chmod(at->sun_path, 0600) : -1;
}

fcl_code fcl__control_listen(const char *address, int *fd, fcl_error *e) {
  const char *path = path_of(address);
  struct sockaddr_un at;
  int error;
  memset(&at, 0, sizeof at);
  at.sun_family = AF_UNIX;
  *fd = -1;
  if (path == NULL || strlen(path) >= sizeof at.sun_path)
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "control: \"%s\" is no address: give unix:/PATH, of at most %u bytes",
                           address, (unsigned) sizeof at.sun_path - 1);
  strcpy(at.sun_path, path);
  if (make_folder(path, e))
    return FCL_E_INVAL;
  *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (*fd >= 0 && bind_privately(*fd, &at) == 0 && listen(*fd, BACKLOG) == 0)
    return FCL_OK;
  error = errno;
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
  return fcl__error_set(e, FCL_E_INVAL, error, "control: cannot listen at %s", address);
}

int fcl__control_attach(uv_pipe_t *listener, int fd, const char *address, uv_connection_cb accept) {
  int status = uv_pipe_open(listener, fd);
  if (status == 0)
    return uv_listen((uv_stream_t *) listener, BACKLOG, accept);
  close(fd);
  return status;
}

static int fd_of(const uv_pipe_t *pipe) {
  uv_os_fd_t fd;
  return uv_fileno((const uv_handle_t *) pipe, &fd) == 0 ? fd : -1;
}

int fcl__control_pass(const uv_pipe_t *listener) {
  int fd = dup(fd_of(listener));
  return fd < 0 ? -errno : fd;
}

void fcl__control_drop(int fd, const char *address) {
  unlink(path_of(address));
  close(fd);
}

int fcl__control_is_owner(const uv_pipe_t *talk) {
#ifdef SO_PEERCRED
  struct ucred who;
  socklen_t len = sizeof who;
  return getsockopt(fd_of(talk), SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
         (who.uid == geteuid() || who.uid == 0);
#else
  uid_t uid;
  gid_t gid;
  return getpeereid(fd_of(talk), &uid, &gid) == 0 && (uid == geteuid() || uid == 0);
#endif
}
