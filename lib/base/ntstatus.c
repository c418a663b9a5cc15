/* ntstatus.c: names of the exit statuses by which Windows tells of crashes, and what to do. */
#include "base/ntstatus.h"
#include <stddef.h>
#include <stdint.h>

static const char module[] =
    "It crashed: the event log of Windows (Application) may name the module that was to blame.";
static const char missing[] =
    "A DLL that it needs was not found: put it beside the program, or its folder into PATH.";
static const char other[] =
    "A DLL that it needs is of another version: install the C runtime library that it was built "
    "with.";
static const char memory[] = "The system, or its job (memory_limit), is short of memory.";

static const struct {
  uint32_t status;
  const char *name, *advice;
} names[] = {
    {0x80000002, "STATUS_DATATYPE_MISALIGNMENT", module},
    {0x80000003, "STATUS_BREAKPOINT", module},
    {0xc0000005, "STATUS_ACCESS_VIOLATION", module},
    {0xc0000006, "STATUS_IN_PAGE_ERROR", "The disk, or the share, that it was read from is gone."},
    {0xc0000008, "STATUS_INVALID_HANDLE", module},
    {0xc0000017, "STATUS_NO_MEMORY", memory},
    {0xc000001d, "STATUS_ILLEGAL_INSTRUCTION",
     "It was built for another processor, or it crashed: the event log of Windows may tell."},
    {0xc0000022, "STATUS_ACCESS_DENIED",
     "Its user must be allowed to read each DLL that it needs."},
    {0xc0000025, "STATUS_NONCONTINUABLE_EXCEPTION", module},
    {0xc0000044, "STATUS_QUOTA_EXCEEDED", memory},
    {0xc000007b, "STATUS_INVALID_IMAGE_FORMAT",
     "A DLL that it needs is for another kind of program: 32 and 64 bit do not mix."},
    {0xc000008c, "STATUS_ARRAY_BOUNDS_EXCEEDED", module},
    {0xc000008e, "STATUS_FLOAT_DIVIDE_BY_ZERO", module},
    {0xc0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO", module},
    {0xc0000095, "STATUS_INTEGER_OVERFLOW", module},
    {0xc0000096, "STATUS_PRIVILEGED_INSTRUCTION", module},
    {0xc00000fd, "STATUS_STACK_OVERFLOW",
     "It called itself too deeply: look for a recursion in what it runs."},
    {0xc000012d, "STATUS_COMMITMENT_LIMIT", memory},
    {0xc0000135, "STATUS_DLL_NOT_FOUND", missing},
    {0xc0000138, "STATUS_ORDINAL_NOT_FOUND", other},
    {0xc0000139, "STATUS_ENTRYPOINT_NOT_FOUND", other},
    {0xc000013a, "STATUS_CONTROL_C_EXIT", "Somebody pressed Ctrl-C, or closed its console."},
    {0xc0000142, "STATUS_DLL_INIT_FAILED",
     "Its user (run_as) may not use the window station of this session, or a DLL of it failed."},
    {0xc0000144, "STATUS_UNHANDLED_EXCEPTION", module},
    {0xc000026b, "STATUS_DLL_INIT_FAILED_LOGOFF", "The session was ending."},
    {0xc0000374, "STATUS_HEAP_CORRUPTION", module},
    {0xc0000409, "STATUS_STACK_BUFFER_OVERRUN", module},
    {0xc0000417, "STATUS_INVALID_CRUNTIME_PARAMETER", module},
    {0xc0000420, "STATUS_ASSERTION_FAILURE", module},
    {0xc06d007e, "a module that it loads late was not found", missing},
    {0xc06d007f, "a function of a module that it loads late was not found", other},
    {0xe0434352, "an exception of .NET that nobody caught", module},
    {0xe06d7363, "an exception of C++ that nobody caught", module},
};

static size_t find(int status) {
  size_t i = 0;
  while (i < sizeof names / sizeof *names && names[i].status != (uint32_t) status)
    i++;
  return i;
}

const char *fcl__ntstatus_name(int status) {
  size_t i = find(status);
  return i < sizeof names / sizeof *names ? names[i].name : NULL;
}

/* The two highest bits say that it is an error; -1 and its like are what programs exit with. */
int fcl__ntstatus_is_crash(int status) {
  uint32_t bits = (uint32_t) status;
  return fcl__ntstatus_name(status) != NULL || (bits >= 0xc0000000 && bits < 0xd0000000);
}

const char *fcl__ntstatus_advice(int status) {
  size_t i = find(status);
  return i < sizeof names / sizeof *names ? names[i].advice : module;
}
