/* words.c: the command line and the environment of a new process, as Windows takes them. */
#include "platform/win32/words.h"
#include "platform/win32/wide.h"
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define COMMAND_MAX 32767 /* units, with the 0 at the end: CreateProcess takes no more */

/* ---- Memory ---- */

static fcl_code no_memory(const char *path, fcl_error *e) {
  return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for the start of %s", path);
}

static fcl_code bad_text(const char *path, const char *what, const char *text, fcl_error *e) {
  return fcl__error_setx(e, FCL_E_SPAWN, 0, "cannot start %s: %s \"%s\" is no UTF-8", path, what,
                         text);
}

/* ---- The command line ---- */

/* Twice as many \ before a " or the end, and one more before a " that is meant. */
static size_t put_backslashes(wchar_t *out, size_t count) {
  size_t i;
  for (i = 0; i < count; i++)
    out[i] = L'\\';
  return count;
}

/* The longest that an argument of `len` units can become: all of it doubled, two " and a blank. */
static size_t room_for(size_t len) {
  return 2 * len + 3;
}

static size_t quote(wchar_t *out, const wchar_t *word) {
  size_t at = 0, slashes = 0;
  out[at++] = L'"';
  for (; *word; word++) {
    if (*word == L'\\') {
      slashes++;
    } else {
      if (*word == L'"')
        at += put_backslashes(out + at, slashes + 1);
      slashes = 0;
    }
    out[at++] = *word;
  }
  at += put_backslashes(out + at, slashes);
  out[at++] = L'"';
  return at;
}

/* The first word is read by another rule: it ends at the next ", and \ means nothing.  The others
   need no " unless there is a blank in them, or nothing. */
static size_t put_word(wchar_t *out, const wchar_t *word, int is_first) {
  size_t len = wcslen(word);
  if (is_first || len == 0 || wcspbrk(word, L" \t\n\v\"")) {
    if (!is_first)
      return quote(out, word);
    out[0] = L'"';
    memcpy(out + 1, word, len * sizeof *word);
    out[len + 1] = L'"';
    return len + 2;
  }
  memcpy(out, word, len * sizeof *word);
  return len;
}

static size_t room_for_all(const char *const *argv) {
  size_t room = 1;
  for (; *argv; argv++)
    room += room_for(strlen(*argv));
  return room;
}

static fcl_code add_word(wchar_t *line, size_t *len, const char *word, const char *path,
                         const fcl__memory *memory, fcl_error *e) {
  int is_bad, is_first = *len == 0;
  wchar_t *wide = fcl__wide(memory, word, &is_bad);
  if (wide == NULL)
    return is_bad ? bad_text(path, "the argument", word, e) : no_memory(path, e);
  if (is_first && wcschr(wide, L'"')) {
    fcl__free(memory, wide);
    return fcl__error_setx(e, FCL_E_SPAWN, 0,
                           "cannot start %s: argv[0] is %s, and Windows can hand over no \" in it",
                           path, word);
  }
  if (!is_first)
    line[(*len)++] = L' ';
  *len += put_word(line + *len, wide, is_first);
  fcl__free(memory, wide);
  return FCL_OK;
}

fcl_code fcl__words_command(wchar_t **out, const char *path, const char *const *argv,
                            const fcl__memory *memory, fcl_error *e) {
  wchar_t *line = fcl__realloc(memory, NULL, room_for_all(argv) * sizeof *line);
  size_t len = 0;
  fcl_code code = line ? FCL_OK : no_memory(path, e);
  *out = NULL;
  for (; code == FCL_OK && *argv; argv++)
    code = add_word(line, &len, *argv, path, memory, e);
  if (code == FCL_OK && len >= COMMAND_MAX)
    code = fcl__error_setx(e, FCL_E_SPAWN, ERROR_FILENAME_EXCED_RANGE,
                           "cannot start %s: its arguments have %lu characters, and Windows takes "
                           "%d; shorten argv",
                           path, (unsigned long) len, COMMAND_MAX - 1);
  if (code != FCL_OK) {
    fcl__free(memory, line);
    return code;
  }
  line[len] = 0;
  *out = line;
  return FCL_OK;
}

/* ---- The environment ---- */

typedef struct variables {
  wchar_t **at;
  size_t count;
} variables;

/* Names may begin with '=': the current folders of drives do, in our own environment. */
static size_t name_len(const wchar_t *variable) {
  const wchar_t *end = variable[0] ? wcschr(variable + 1, L'=') : NULL;
  return end ? (size_t) (end - variable) : wcslen(variable);
}

static int compare_names(const wchar_t *a, const wchar_t *b) {
  return CompareStringOrdinal(a, (int) name_len(a), b, (int) name_len(b), TRUE) - CSTR_EQUAL;
}

static int compare(const void *a, const void *b) {
  return compare_names(*(wchar_t *const *) a, *(wchar_t *const *) b);
}

static wchar_t **find(variables *v, const wchar_t *variable) {
  size_t i;
  for (i = 0; i < v->count; i++)
    if (compare_names(v->at[i], variable) == 0)
      return &v->at[i];
  return NULL;
}

/* Takes the memory of `variable`. */
static void set(variables *v, wchar_t *variable, const fcl__memory *memory) {
  wchar_t **old = find(v, variable);
  if (old == NULL)
    old = &v->at[v->count++];
  else
    fcl__free(memory, *old);
  *old = variable;
}

static wchar_t *copy_of(const wchar_t *text, const fcl__memory *memory) {
  size_t size = (wcslen(text) + 1) * sizeof *text;
  wchar_t *copy = fcl__realloc(memory, NULL, size);
  return copy ? memcpy(copy, text, size) : NULL;
}

static fcl_code set_all(variables *v, const char *path, const char *const *env,
                        const fcl__memory *memory, fcl_error *e) {
  for (; env && *env; env++) {
    int is_bad;
    wchar_t *wide = fcl__wide(memory, *env, &is_bad);
    if (wide == NULL)
      return is_bad ? bad_text(path, "the variable", *env, e) : no_memory(path, e);
    set(v, wide, memory);
  }
  return FCL_OK;
}

static void drop(variables *v, const wchar_t *name, const fcl__memory *memory) {
  wchar_t **old = find(v, name);
  if (old == NULL)
    return;
  fcl__free(memory, *old);
  *old = v->at[--v->count];
}

static fcl_code set_own(variables *v, const wchar_t *block, const char *path,
                        const fcl__memory *memory, fcl_error *e) {
  for (; *block; block += wcslen(block) + 1) {
    wchar_t *copy = copy_of(block, memory);
    if (copy == NULL)
      return no_memory(path, e);
    set(v, copy, memory);
  }
  return FCL_OK;
}

/* Sockets, random numbers and much else fail without SystemRoot; PHP impersonates only with OS. */
static fcl_code set_missing(variables *v, const wchar_t *block, const char *path,
                            const fcl__memory *memory, fcl_error *e) {
  static const wchar_t *const needed[] = {L"OS=Windows_NT", L"SystemRoot=C:\\Windows", L"TEMP="};
  size_t i;
  for (i = 0; i < sizeof needed / sizeof *needed; i++) {
    const wchar_t *at = block, *chosen = i < 2 ? needed[i] : NULL;
    wchar_t *copy;
    for (; *at; at += wcslen(at) + 1)
      if (compare_names(at, needed[i]) == 0)
        chosen = at;
    if (chosen == NULL || find(v, chosen))
      continue;
    copy = copy_of(chosen, memory);
    if (copy == NULL)
      return no_memory(path, e);
    set(v, copy, memory);
  }
  return FCL_OK;
}

static size_t count(const char *const *vector) {
  size_t n = 0;
  while (vector && vector[n])
    n++;
  return n;
}

static size_t count_block(const wchar_t *block) {
  size_t n = 0;
  for (; *block; block += wcslen(block) + 1)
    n++;
  return n;
}

static fcl_code join(wchar_t **out, variables *v, const char *path, const fcl__memory *memory,
                     fcl_error *e) {
  size_t i, units = 2;
  wchar_t *to;
  for (i = 0; i < v->count; i++)
    units += wcslen(v->at[i]) + 1;
  to = *out = fcl__realloc(memory, NULL, units * sizeof **out);
  if (to == NULL)
    return no_memory(path, e);
  qsort(v->at, v->count, sizeof *v->at, compare);
  for (i = 0; i < v->count; i++) {
    size_t size = wcslen(v->at[i]) + 1;
    memcpy(to, v->at[i], size * sizeof *to);
    to += size;
  }
  to[0] = to[1] = 0;
  return FCL_OK;
}

/* PHP_FCGI_CHILDREN would make php-cgi a manager, which asks nobody whether it shall leave, of
   children that share one end of a pipe and take each other's requests. */
static fcl_code fill(variables *v, const wchar_t *own, const char *path, const char *const *env,
                     const char *const *more, const fcl__memory *memory, fcl_error *e) {
  fcl_code code = env ? set_all(v, path, env, memory, e) : set_own(v, own, path, memory, e);
  if (code == FCL_OK)
    code = set_missing(v, own, path, memory, e);
  drop(v, L"PHP_FCGI_CHILDREN", memory);
  return code == FCL_OK ? set_all(v, path, more, memory, e) : code;
}

static fcl_code make_block(wchar_t **out, const wchar_t *own, const char *path,
                           const char *const *env, const char *const *more,
                           const fcl__memory *memory, fcl_error *e) {
  variables v = {NULL, 0};
  size_t i, most = count(env) + count(more) + count_block(own) + 3;
  fcl_code code;
  v.at = fcl__zalloc(memory, most * sizeof *v.at);
  if (v.at == NULL)
    return no_memory(path, e);
  code = fill(&v, own, path, env, more, memory, e);
  if (code == FCL_OK)
    code = join(out, &v, path, memory, e);
  for (i = 0; i < v.count; i++)
    fcl__free(memory, v.at[i]);
  fcl__free(memory, v.at);
  return code;
}

fcl_code fcl__words_block(wchar_t **out, const char *path, const char *const *env,
                          const char *const *more, const fcl__memory *memory, fcl_error *e) {
  wchar_t *own = GetEnvironmentStringsW();
  fcl_code code;
  *out = NULL;
  if (own == NULL)
    return no_memory(path, e);
  code = make_block(out, own, path, env, more, memory, e);
  FreeEnvironmentStringsW(own);
  return code;
}
