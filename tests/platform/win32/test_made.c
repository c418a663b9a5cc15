/* test_made.c: what the system is asked for when the pipe of a program is made: Wine does not tell
   it afterwards.  The linker puts our function between (x86_64 only, for its name's sake). */
#include "support/suite.h"
#include "platform/win32/own_pipe.h"
#include <windows.h>

typedef HANDLE(WINAPI *maker)(const wchar_t *name, DWORD open, DWORD mode, DWORD most, DWORD out,
                              DWORD in, DWORD ms, SECURITY_ATTRIBUTES *security);
extern maker __real___imp_CreateNamedPipeW, __wrap___imp_CreateNamedPipeW;

static struct {
  DWORD open, mode, most;
  int has_list, is_inherited;
} made[4];
static unsigned count;

static HANDLE WINAPI note(const wchar_t *name, DWORD open, DWORD mode, DWORD most, DWORD out,
                          DWORD in, DWORD ms, SECURITY_ATTRIBUTES *security) {
  if (count < 4) {
    made[count].open = open;
    made[count].mode = mode;
    made[count].most = most;
    made[count].has_list = security && security->lpSecurityDescriptor;
    made[count].is_inherited = security && security->bInheritHandle;
  }
  count++;
  return __real___imp_CreateNamedPipeW(name, open, mode, most, out, in, ms, security);
}

maker __wrap___imp_CreateNamedPipeW = note;

START_TEST(it_is_the_first_of_its_name_and_takes_no_one_from_afar) {
  fcl__own_pipe p = {0};
  fcl_error e;
  unsigned i;
  ck_assert_int_eq(fcl__own_pipe_make(&p, &e), FCL_OK);
  ck_assert_uint_eq(count, 2);
  ck_assert_uint_ne(made[0].open & FILE_FLAG_FIRST_PIPE_INSTANCE, 0);
  for (i = 0; i < 2; i++) {
    ck_assert_uint_eq(made[i].open & FILE_FLAG_OVERLAPPED, 0);
    ck_assert_uint_eq(made[i].mode, PIPE_REJECT_REMOTE_CLIENTS); /* bytes, waiting: 0 */
    ck_assert_uint_eq(made[i].most, 2);
    ck_assert(made[i].has_list && !made[i].is_inherited);
  }
  fcl__own_pipe_close(&p);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("made");
  tcase_add_test(t, it_is_the_first_of_its_name_and_takes_no_one_from_afar);
  return test_suite_run("made", &t, 1);
}
