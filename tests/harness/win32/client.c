/* client.c: a web server's side of a named pipe, made by hand. */
#include "client.h"

const char *new_address(void) {
  static char address[128];
  static unsigned number;
  snprintf(address, sizeof address, "pipe:\\\\.\\pipe\\fcl-test-%lu-%u", GetCurrentProcessId(),
           ++number);
  return address;
}

HANDLE dial(const char *address) {
  const char *name = address + 5;
  HANDLE pipe;
  do
    pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  while (pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY &&
         WaitNamedPipeA(name, 20000));
  return pipe;
}

void say_bytes(HANDLE pipe, const void *bytes, size_t len) {
  DWORD n;
  ck_assert_msg(WriteFile(pipe, bytes, (DWORD) len, &n, NULL), "error %lu", GetLastError());
  ck_assert_uint_eq(n, len);
}

size_t hear_once(HANDLE pipe, void *bytes, size_t cap) {
  DWORD n;
  ck_assert_msg(ReadFile(pipe, bytes, (DWORD) cap, &n, NULL), "error %lu", GetLastError());
  return n;
}

void hear_bytes(HANDLE pipe, const void *bytes, size_t len) {
  char *got = malloc(len);
  size_t at = 0;
  while (at < len)
    at += hear_once(pipe, got + at, len - at);
  ck_assert_mem_eq(got, bytes, len);
  free(got);
}

DWORD hear_end(HANDLE pipe) {
  char byte;
  DWORD n, error = ReadFile(pipe, &byte, 1, &n, NULL) ? ERROR_SUCCESS : GetLastError();
  ck_assert_uint_ne(error, ERROR_SUCCESS);
  return error;
}

fcl_script *start(const char *address, void (*play)(fcl_script *, void *), void *user) {
  fcl_script *s;
  fcl_script_options o = {0};
  fcl_error e;
  o.address = address;
  o.play = play;
  o.user = user;
  o.limit_ms = 20000;
  ck_assert_msg(fcl_script_start(&s, &o, &e) == FCL_OK, "%s", e.text);
  return s;
}

void end_well(fcl_script *s) {
  fcl_error e;
  ck_assert_msg(fcl_script_end(s, &e) == FCL_OK, "%s", e.text);
}

void one_request(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_read_request(script);
  fcl_script_expect_param(script, "A", "B");
  fcl_script_expect_body(script, "abc", 3);
  fcl_script_answer(script, "hi");
}
