/* site_root.c: the files of a site. */
#include "site_system.h"
#include "support/scratch.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_file(const site *s, const char *name, const char *data, size_t len) {
  char path[256];
  FILE *f;
  snprintf(path, sizeof path, "%s/%s", s->root, name);
  f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(data, 1, len, f), len);
  fclose(f);
}

static void put_text(const site *s, const char *name, const char *text) {
  put_file(s, name, text, strlen(text));
}

static void put_directory(const site *s, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", s->root, name);
  site_make_directory(path);
}

char big_byte(unsigned n) {
  return (char) (n * 2654435761u >> 24);
}

static void put_big(const site *s) {
  char *big = malloc(BIG_SIZE);
  unsigned n;
  for (n = 0; n < BIG_SIZE; n++)
    big[n] = big_byte(n);
  put_file(s, "big.bin", big, BIG_SIZE);
  free(big);
}

void site_make_root(site *s) {
  char path[300];
  test_folder_make(path);
  ck_assert_uint_lt(strlen(path), sizeof s->root);
  strcpy(s->root, path);
  snprintf(s->socket, sizeof s->socket, "%s.sock", s->root);
  put_directory(s, "dir");
  put_directory(s, "empty");
  put_directory(s, ".well-known");
  put_directory(s, "apps.app");
  put_text(s, "a.txt", "hello\n");
  put_text(s, "b c.txt", "blank\n");
  put_text(s, "none.txt", "");
  put_text(s, ".secret", "secret\n");
  put_text(s, ".well-known/x", "known\n");
  put_text(s, "avatar.jpg", "picture\n");
  put_text(s, "dir/index.html", "index\n");
  put_text(s, "dir/index.app", "SOURCE\n");
  put_text(s, "hello.app", "SOURCE\n");
  put_text(s, "UPPER.APP", "SOURCE\n");
  put_text(s, "apps.app/x", "SOURCE\n");
  put_text(s, "hello.one", "SOURCE\n");
  put_text(s, "hello.dead", "SOURCE\n");
  put_big(s);
}
