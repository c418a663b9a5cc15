/* test_pipe.c: a named pipe as a wire: addresses, connecting, bytes both ways, and its ends. */
#include "support/suite.h"
#include "support/allocator.h"
#include "transport/wire.h"
#include <stdio.h>
#include <string.h>

static uv_loop_t loop;
static test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
static fcl__blocks blocks;
static fcl__wire w;
static HANDLE server;
static char address[80], got[4096];
static size_t came, written;
static int ended, closed, written_status;

/* ---- Events ---- */

static void on_opened(fcl__wire *it, int status) {
}

static int on_came(fcl__wire *it, char *block, size_t len) {
  if (came + len <= sizeof got)
    memcpy(got + came, block, len);
  came += len;
  return 0;
}

static void on_ended(fcl__wire *it, int status) {
  ended = status;
}

static void on_written(fcl__wire *it, size_t len, int status) {
  written += len;
  written_status = status;
}

static void on_closed(fcl__wire *it) {
  closed++;
}

static const fcl__wire_events events = {on_opened, on_came, on_ended, on_written, on_closed};

/* ---- Beginning and end ---- */

static void setup(void) {
  snprintf(address, sizeof address, "pipe:\\\\.\\pipe\\fcl-wire-%lu", GetCurrentProcessId());
  server =
      CreateNamedPipeA(address + 5, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 65536, 65536, 0, NULL);
  ck_assert_ptr_ne(server, INVALID_HANDLE_VALUE);
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  memset(&w, 0, sizeof w);
  came = written = 0;
  ended = closed = written_status = 0;
}

static void teardown(void) {
  if (w.has_handle && !w.is_closing)
    fcl__wire_close(&w);
  uv_run(&loop, UV_RUN_DEFAULT);
  if (server)
    CloseHandle(server);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
}

static int connect_to(const char *text) {
  fcl__address a;
  fcl_error e;
  int n;
  ck_assert_msg(fcl__address_parse(&a, text, &e) == FCL_OK, "%s", e.text);
  n = fcl__wire_connect(&w, &loop, &a, &blocks, &events);
  if (n == 1)
    uv_ref(&w.uv.handle);
  return n;
}

static void write_far(const char *text) {
  DWORD n;
  ck_assert_int_ne(WriteFile(server, text, (DWORD) strlen(text), &n, NULL), 0);
}

static size_t read_far(char *into, size_t size) {
  DWORD n = 0, waiting = 0;
  if (!PeekNamedPipe(server, NULL, 0, NULL, &waiting, NULL) || waiting == 0)
    return 0;
  return ReadFile(server, into, (DWORD) size, &n, NULL) ? n : 0;
}

static void run_until_ended(void) {
  ck_assert_int_eq(fcl__wire_read(&w), 0);
  while (!ended)
    uv_run(&loop, UV_RUN_ONCE);
}

/* ---- Addresses ---- */

static const struct {
  const char *text, *words;
} refusals[] = {
    {"unix:/run/app.sock", "not reached on Windows"},
    {"unix:@app", "not reached on Windows"},
    {"pipe:app", "names no pipe of this machine"},
    {"pipe:\\\\.\\pipe\\", "names no pipe of this machine"},
    {"pipe:\\\\server\\pipe\\app", "names no pipe of this machine"},
    {"/run/app.sock", "give pipe:"},
};

START_TEST(what_is_no_address_here_is_refused_with_the_forms_there_are) {
  fcl__address a;
  fcl_error e = {0};
  ck_assert_int_eq(fcl__address_parse(&a, refusals[_i].text, &e), FCL_E_CONFIG);
  ck_assert_msg(strstr(e.text, refusals[_i].words) != NULL, "%s", e.text);
}
END_TEST

/* ---- Connecting ---- */

START_TEST(a_pipe_is_connected_at_once) {
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_uint_eq(w.is_open, 1);
}
END_TEST

START_TEST(a_missing_pipe_is_told_at_once) {
  CloseHandle(server);
  server = NULL;
  ck_assert_int_eq(connect_to(address), UV_ENOENT);
  ck_assert_uint_eq(w.has_handle, 0);
}
END_TEST

START_TEST(a_busy_pipe_is_to_be_tried_again) {
  HANDLE other = CreateFileA(address + 5, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
  int n = connect_to(address);
  CloseHandle(other);
  ck_assert_int_eq(n, UV_EAGAIN);
}
END_TEST

/* ---- Bytes ---- */

/* The loop has not turned: whether the system took them all nobody has heard. */
START_TEST(small_slices_have_gone_at_once_and_arrive_in_order) {
  char letters[] = "abcdef", text[16];
  fcl_slice vecs[3] = {{letters, 2}, {letters + 2, 3}, {letters + 5, 1}};
  size_t n = 0;
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq((int) fcl__wire_write(&w, vecs, 3), 6);
  ck_assert_uint_eq(w.writing, 0);
  memset(letters, 'x', 6); /* they are ours again */
  while ((n = read_far(text, sizeof text)) == 0)
    uv_run(&loop, UV_RUN_NOWAIT);
  ck_assert_uint_eq(n, 6);
  ck_assert_mem_eq(text, "abcdef", 6);
}
END_TEST

START_TEST(what_follows_at_once_waits_and_is_told_of) {
  fcl_slice first = {"abc", 3}, second = {"def", 3};
  char text[16];
  size_t n = 0;
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq((int) fcl__wire_write(&w, &first, 1), 3);
  ck_assert_int_eq((int) fcl__wire_write(&w, &second, 1), 0);
  ck_assert_uint_eq(w.writing, 3);
  while (written < 3)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_int_eq(written_status, 0);
  ck_assert_uint_eq(w.writing, 0);
  while (n < 6) {
    n += read_far(text + n, sizeof text - n);
    uv_run(&loop, UV_RUN_NOWAIT);
  }
  ck_assert_mem_eq(text, "abcdef", 6);
}
END_TEST

START_TEST(without_memory_lent_bytes_go_out_themselves) {
  fcl_slice vecs[2] = {{"abc", 3}, {"def", 3}};
  char text[16];
  ck_assert_int_eq(connect_to(address), 1);
  test_allocator_fail(&memory, 1, 1);
  ck_assert_int_eq((int) fcl__wire_write(&w, vecs, 2), 0);
  ck_assert_uint_eq(w.writing, 3); /* one slice; the caller goes on behind it */
  while (written < 3)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_uint_eq(read_far(text, sizeof text), 3);
  ck_assert_mem_eq(text, "abc", 3);
}
END_TEST

/* More than the pipe holds, and more than goes at once. */
START_TEST(large_and_small_slices_arrive_whole) {
  static char big[300000], text[65536];
  fcl_slice vecs[3] = {{"head", 4}, {big, sizeof big}, {"tail", 4}};
  size_t all = 0, sum = 0, n, i, part, gone = 0;
  for (i = 0; i < sizeof big; i++)
    big[i] = (char) (i * 2654435761u >> 24);
  ck_assert_int_eq(connect_to(address), 1);
  while (sum < sizeof big + 8) {
    fcl_slice rest[3];
    size_t count = 0, skip = gone;
    for (i = 0; i < 3; i++) {
      part = skip < vecs[i].len ? skip : vecs[i].len;
      skip -= part;
      rest[count].base = vecs[i].base + part;
      rest[count].len = vecs[i].len - part;
      count += rest[count].len > 0;
    }
    if (w.writing == 0 && count > 0) {
      gone += (size_t) fcl__wire_write(&w, rest, count);
      gone += w.writing;
    }
    uv_run(&loop, UV_RUN_NOWAIT);
    n = read_far(text, sizeof text);
    for (i = 0; i < n; i++, all++)
      ck_assert_int_eq(text[i], all < 4                ? "head"[all]
                                : all < 4 + sizeof big ? big[all - 4]
                                                       : "tail"[all - 4 - sizeof big]);
    sum += n;
  }
}
END_TEST

START_TEST(what_comes_is_read_and_nothing_while_paused) {
  int i;
  ck_assert_int_eq(connect_to(address), 1);
  fcl__wire_read(&w);
  fcl__wire_pause(&w);
  write_far("abc");
  for (i = 0; i < 5; i++)
    uv_run(&loop, UV_RUN_NOWAIT);
  ck_assert_uint_eq(came, 0);
  fcl__wire_read(&w);
  while (came < 3)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_mem_eq(got, "abc", 3);
}
END_TEST

START_TEST(a_pipe_is_quiet_until_something_comes_or_it_is_closed) {
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq(fcl__wire_is_quiet(&w), 1);
  write_far("x");
  ck_assert_int_eq(fcl__wire_is_quiet(&w), 0);
}
END_TEST

/* ---- Its ends ---- */

START_TEST(an_application_that_closes_ends_the_stream_behind_what_it_sent) {
  ck_assert_int_eq(connect_to(address), 1);
  write_far("pong");
  CloseHandle(server);
  server = NULL;
  run_until_ended();
  ck_assert_int_eq(ended, UV_EOF);
  ck_assert_uint_eq(came, 4);
}
END_TEST

START_TEST(an_application_that_disconnects_ends_the_stream_likewise) {
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq(fcl__wire_read(&w), 0);
  DisconnectNamedPipe(server);
  run_until_ended();
  ck_assert_int_eq(ended, UV_EOF);
}
END_TEST

START_TEST(a_write_where_nobody_reads_is_an_error_and_loses_no_memory) {
  fcl_slice vecs[2] = {{"abc", 3}, {"def", 3}};
  ssize_t n;
  ck_assert_int_eq(connect_to(address), 1);
  CloseHandle(server);
  server = NULL;
  n = fcl__wire_write(&w, vecs, 2);
  while (n >= 0 && written_status == 0)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_int_lt(n >= 0 ? written_status : (int) n, 0);
  fcl__wire_has_failed(&w, n >= 0 ? written_status : (int) n);
  ck_assert_int_eq(w.failure, 0); /* the peer has gone, and reading tells so */
}
END_TEST

START_TEST(a_pipe_closes_with_a_write_on_its_way) {
  static char big[300000];
  fcl_slice vec = {big, sizeof big};
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq((int) fcl__wire_write(&w, &vec, 1), 65536);
  ck_assert_uint_gt(w.writing, 0);
  fcl__wire_close(&w);
  while (!closed)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_int_lt(written_status, 0);
  ck_assert_int_eq(closed, 1);
}
END_TEST

START_TEST(of_what_has_gone_nothing_is_told_when_the_pipe_closes) {
  fcl_slice vec = {"abc", 3};
  ck_assert_int_eq(connect_to(address), 1);
  ck_assert_int_eq((int) fcl__wire_write(&w, &vec, 1), 3);
  fcl__wire_close(&w);
  while (!closed)
    uv_run(&loop, UV_RUN_ONCE);
  ck_assert_uint_eq(written, 0);
  ck_assert_int_eq(written_status, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("pipe");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, what_is_no_address_here_is_refused_with_the_forms_there_are, 0,
                      sizeof refusals / sizeof *refusals);
  tcase_add_test(t, a_pipe_is_connected_at_once);
  tcase_add_test(t, a_missing_pipe_is_told_at_once);
  tcase_add_test(t, a_busy_pipe_is_to_be_tried_again);
  tcase_add_test(t, small_slices_have_gone_at_once_and_arrive_in_order);
  tcase_add_test(t, what_follows_at_once_waits_and_is_told_of);
  tcase_add_test(t, without_memory_lent_bytes_go_out_themselves);
  tcase_add_test(t, large_and_small_slices_arrive_whole);
  tcase_add_test(t, what_comes_is_read_and_nothing_while_paused);
  tcase_add_test(t, a_pipe_is_quiet_until_something_comes_or_it_is_closed);
  tcase_add_test(t, an_application_that_closes_ends_the_stream_behind_what_it_sent);
  tcase_add_test(t, an_application_that_disconnects_ends_the_stream_likewise);
  tcase_add_test(t, a_write_where_nobody_reads_is_an_error_and_loses_no_memory);
  tcase_add_test(t, a_pipe_closes_with_a_write_on_its_way);
  tcase_add_test(t, of_what_has_gone_nothing_is_told_when_the_pipe_closes);
  return test_suite_run("pipe", &t, 1);
}
