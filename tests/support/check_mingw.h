/* check_mingw.h: Check's assertions take the words of C99's printf, as everything here does; comes
   before all else, so that the compiler knows. */
#ifndef TEST_CHECK_MINGW_H
#define TEST_CHECK_MINGW_H
#include <stdio.h>
#define printf gnu_printf
#include <check.h>
#undef printf
#endif
