/* known.c: a file that was there a moment ago is taken to be there still, so that a busy script is
 * not looked for with every request.  One that is missing is looked for each time. */
#include "known.h"
#include "server.h"
#include "text.h"

/* Each path has one place (FNV-1a), and whoever comes last has it. */
static size_t place(fcl_slice path) {
  uint32_t hash = 2166136261u;
  size_t i;
  for (i = 0; i < path.len; i++)
    hash = (hash ^ (unsigned char) path.base[i]) * 16777619u;
  return (hash ^ hash >> 16) % KNOWN_FILES;
}

int known_has(const worker *w, fcl_slice path) {
  const known_file *f = &w->known[place(path)];
  return f->until > uv_now(&w->loop) && same(path, slice(f->path, f->len));
}

void known_add(worker *w, fcl_slice path) {
  known_file *f = &w->known[place(path)];
  unsigned ms = w->options->recheck_ms;
  if (path.len > sizeof f->path || ms == FCL_NONE)
    return;
  memcpy(f->path, path.base, path.len);
  f->len = path.len;
  f->until = ms == FCL_NEVER ? UINT64_MAX : uv_now(&w->loop) + ms;
}
