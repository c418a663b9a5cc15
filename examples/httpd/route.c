/* route.c: the path rules: hostile paths are refused, scripts go to their application, and never
 * out as text. */
#include "route.h"
#include "known.h"
#include "system.h"
#include "text.h"
#include <uv.h>

static void refuse(route *r, int status) {
  r->kind = ROUTE_REFUSED;
  r->status = status;
}

/* The file behind a path, NUL-terminated, in w->file.  NULL: too long. */
static const char *file_name(worker *w, fcl_slice path) {
  fcl_slice full;
  if (!fcl_cgi_join(text(w->options->root), path, w->file, sizeof w->file - 1, &full))
    return NULL;
  w->file[full.len] = 0;
  return w->file;
}

static int look(worker *w, fcl_slice path) {
  const char *name = file_name(w, path);
  uv_fs_t fs;
  int is =
      name && uv_fs_stat(NULL, &fs, name, NULL) == 0 && (fs.statbuf.st_mode & 0170000) == 0100000;
  if (name)
    uv_fs_req_cleanup(&fs);
  return is;
}

static int is_file(void *user, fcl_slice path) {
  if (known_has(user, path))
    return 1;
  if (!look(user, path))
    return 0;
  known_add(user, path);
  return 1;
}

/* A segment that begins with a dot; /.well-known (RFC 8615) is the exception. */
static int is_hidden(fcl_slice path) {
  static const char known[] = "/.well-known/";
  size_t i = 0;
  if (path.len >= sizeof known - 1 && memcmp(path.base, known, sizeof known - 1) == 0)
    i = sizeof known - 2;
  for (; i + 1 < path.len; i++)
    if (path.base[i] == '/' && path.base[i + 1] == '.')
      return 1;
  return 0;
}

/* A script that no application takes does not go out as text. */
static void take_script(route *r, int which) {
  r->kind = ROUTE_APP;
  r->app = (unsigned) which;
  if (which < 0)
    refuse(r, which == -1 ? 405 : 404);
}

/* An application whose extension is in the path.  Returns 0 when there is none. */
static int is_script(worker *w, fcl_slice method, fcl_slice path, route *r) {
  const options *o = w->options;
  fcl_cgi_script s;
  switch (fcl_cgi_split(path, w->table.extensions, w->table.extension_count,
                        o->fold_case || system_folds_case() ? FCL_CGI_FOLD_CASE : 0,
                        o->unchecked_scripts ? NULL : is_file, w, &s)) {
  case FCL_CGI_SCRIPT:
    r->script = s.name;
    r->info = s.info;
    take_script(r, table_script(&w->table, s.extension, method, path));
    return 1;
  case FCL_CGI_MISSING:
    refuse(r, 404);
    return 1;
  case FCL_CGI_NO_SCRIPT:
    /* What another spelling of the extension would reach must not go out as text either. */
    if (fcl_cgi_split(path, w->table.extensions, w->table.extension_count, FCL_CGI_FOLD_CASE, NULL,
                      NULL, &s) == FCL_CGI_NO_SCRIPT)
      return 0;
    refuse(r, 404);
    return 1;
  }
  return 0;
}

static int is_directory(fcl_slice path) {
  return path.base[path.len - 1] == '/';
}

/* The first index file that is there takes the directory's place. */
static int find_index(worker *w, route *r) {
  unsigned i;
  for (i = 0; i < w->options->index_count; i++) {
    fcl_slice path;
    if (fcl_cgi_join(r->path, text(w->options->index[i]), w->index_path, sizeof w->index_path,
                     &path) &&
        is_file(w, path)) {
      r->path = path;
      return 1;
    }
  }
  return 0;
}

/* An application for everything, but for what the server has itself where the application's
   settings say so. */
static int is_rest(worker *w, fcl_slice method, route *r) {
  int which = table_rest(&w->table, method, r->path);
  if (which < 0)
    return 0;
  if (w->table.config && is_directory(r->path)
          ? configuration_ignores_directories(w->table.config, (unsigned) which)
          : w->table.config && configuration_ignores_files(w->table.config, (unsigned) which) &&
                is_file(w, r->path))
    return 0;
  r->kind = ROUTE_APP;
  r->app = (unsigned) which;
  r->script = LITERAL("");
  r->info = r->path;
  return 1;
}

void route_find(worker *w, fcl_slice method, fcl_slice target, route *r) {
  int status;
  memset(r, 0, sizeof *r);
  status = fcl_cgi_target_parse(target, &r->target);
  if (status == 0)
    status = fcl_cgi_path(r->target.path, system_path_flags(), w->path, sizeof w->path, &r->path);
  if (status == 0 && system_is_alias(r->path))
    status = 404;
  if (status) {
    refuse(r, status);
    return;
  }
  if (!is_hidden(r->path) && is_script(w, method, r->path, r))
    return;
  if (is_rest(w, method, r))
    return;
  r->kind = ROUTE_FILE;
  if (is_hidden(r->path) || (is_directory(r->path) && !find_index(w, r)))
    refuse(r, 404);
  else
    is_script(w, method, r->path, r); /* index.php */
}
