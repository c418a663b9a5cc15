/* route.c: the extension tells the script, the server's translation or the document root its file,
   the configuration its application. */
#include "route.h"
#include "host.h"
#include <string.h>
#include <uv.h>

static const fcl_slice none = {"", 0};

static fcl_slice from(fcl_slice s, size_t at) {
  return (fcl_slice){s.base + at, s.len - at};
}

int route_starts(fcl_slice path, fcl_slice with) {
  size_t i;
  for (i = 0; i < with.len; i++)
    if (i == path.len || !host_same_in_paths(path.base[i], with.base[i]))
      return 0;
  return 1;
}

static int is_same(fcl_slice a, fcl_slice b) {
  return a.len == b.len && route_starts(a, b);
}

fcl_slice route_last_segment(fcl_slice path) {
  size_t at = path.len;
  while (at > 0 && !host_same_in_paths(path.base[at - 1], '/'))
    at--;
  return from(path, at);
}

static int is_file(const char *path) {
  uv_fs_t stat;
  int found =
      uv_fs_stat(NULL, &stat, path, NULL) == 0 && (stat.statbuf.st_mode & S_IFMT) == S_IFREG;
  uv_fs_req_cleanup(&stat);
  return found;
}

/* If the two together are a file, it is the script's. */
static int try_file(route *r, fcl_slice first, fcl_slice second) {
  if (!fcl_cgi_join(first, second, r->file, sizeof r->file - 1, &r->script_filename))
    return 0;
  r->file[r->script_filename.len] = 0;
  return is_file(r->file);
}

/* The server's translation without the path behind the script, if that ends in the script's name;
   else the document root and the script. */
static int find_file(void *user, fcl_slice name) {
  route *r = user;
  fcl_slice file = r->translated, info = from(r->path, name.len);
  if (file.len > info.len && route_starts(from(file, file.len - info.len), info)) {
    file.len -= info.len;
    if (is_same(route_last_segment(file), route_last_segment(name)) && try_file(r, file, none))
      return 1;
  }
  return r->document_root.len && try_file(r, r->document_root, name);
}

/* No extension in the path leads anywhere: a file that exists is the script, all else is PATH_INFO
   of an application that answers for everything. */
static void take_all(route *r) {
  r->script_name = r->path;
  if (find_file(r, r->path))
    return;
  r->path_info = r->path;
  r->script_name = r->script_filename = none;
}

/* So that a link to SCRIPT_NAME leads here again (RFC 3875 §4.1.13). */
static int add_prefix(route *r) {
  return r->prefix.len == 0 ||
         fcl_cgi_join(r->prefix, r->script_name, r->name, sizeof r->name, &r->script_name);
}

int route_find(route *r, const fcl_config *config) {
  size_t count;
  const fcl_slice *extensions = fcl_config_extensions(config, &count);
  fcl_slice application = r->application, extension = none;
  fcl_cgi_script script;
  int status = r->path.len ? fcl_cgi_path(r->path, FCL_CGI_DECODED | host_path_flags, r->safe,
                                          sizeof r->safe, &r->path)
                           : 404;
  if (status)
    return status;
  if (r->app) {
    extensions = &r->extension;
    count = r->extension.len > 0;
  }
  r->path_info = none;
  switch (fcl_cgi_split(r->path, extensions, count, host_path_flags, find_file, r, &script)) {
  case FCL_CGI_SCRIPT:
    r->script_name = script.name;
    r->path_info = script.info;
    extension = extensions[script.extension];
    break;
  case FCL_CGI_MISSING:
    return 404;
  case FCL_CGI_NO_SCRIPT:
    if (r->extension.len)
      return 404;
    take_all(r);
    break;
  }
  if (r->app == NULL && application.len == 0)
    application = fcl_config_application(config, r->site, r->path);
  if (r->app == NULL)
    r->app = fcl_config_route(config, extension, r->site, application);
  if (r->app == NULL)
    return 404;
  return add_prefix(r) ? 0 : 414;
}
