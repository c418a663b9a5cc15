/* site.c: the folder, and exchanges in it. */
#include "adapters/site.h"
#include "support/scratch.h"

exchange x;
static char folder[300];

const char *site_path(const char *name) {
  static char paths[4][400];
  static int next;
  next = (next + 1) % 4;
  snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

/* ---- The folder ---- */

void site_make_folder(void) {
  memset(&x, 0, sizeof x);
  test_folder_make(folder);
}

static void make_folder(const char *path) {
  uv_fs_t made;
  int code = uv_fs_mkdir(NULL, &made, path, 0755, NULL);
  uv_fs_req_cleanup(&made);
  ck_assert(code == 0 || code == UV_EEXIST);
}

void site_write(const char *name, const char *text) {
  char path[400], *slash;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  for (slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    make_folder(path);
    *slash = '/';
  }
  test_file_write(path, text, strlen(text));
}

/* What somebody still has loaded stays. */
static void take_away(const char *from) {
  uv_fs_t list, one;
  uv_dirent_t entry;
  char path[600];
  uv_fs_scandir(NULL, &list, from, 0, NULL);
  while (uv_fs_scandir_next(&list, &entry) == 0) {
    snprintf(path, sizeof path, "%s/%s", from, entry.name);
    if (entry.type == UV_DIRENT_DIR)
      take_away(path);
    else
      test_file_delete(path);
  }
  uv_fs_req_cleanup(&list);
  uv_fs_rmdir(NULL, &one, from, NULL);
  uv_fs_req_cleanup(&one);
}

void site_remove_folder(void) {
  take_away(folder);
}

/* ---- Exchanges ---- */

void site_run(void) {
  server_run(&x);
  ck_assert_str_eq(x.fault, "");
}

void site_gate_make(site_gate *g) {
  uv_sem_init(&g->asked, 0);
  uv_sem_init(&g->opened, 0);
}

int site_ask(void *gate) {
  site_gate *g = gate;
  uv_sem_post(&g->asked);
  uv_sem_wait(&g->opened);
  return 1;
}

void site_run_of(void *of) {
  server_run(of);
}

const char *site_text(void) {
  return x.out ? x.out : "";
}

char *site_random_bytes(size_t size) {
  char *bytes = malloc(size);
  size_t i;
  for (i = 0; i < size; i++)
    bytes[i] = (char) (i * 2654435761u >> 13);
  return bytes;
}

void site_expect_pattern(const exchange *of, size_t size) {
  size_t i;
  ck_assert_uint_eq(of->out_len, size);
  for (i = 0; i < size; i++)
    if (of->out[i] != (char) ((uint32_t) i * 2654435761u >> 24))
      ck_abort_msg("byte %lu is wrong", (unsigned long) i);
}

const char *site_param(const char *name) {
  static char values[4][10000];
  static int next;
  const char *line = site_text();
  size_t len = strlen(name);
  for (; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
    if (strncmp(line, name, len) == 0 && line[len] == '=') {
      next = (next + 1) % 4;
      snprintf(values[next], sizeof values[next], "%.*s", (int) strcspn(line + len + 1, "\r\n"),
               line + len + 1);
      return values[next];
    }
  return "(absent)";
}
