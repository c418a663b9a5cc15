/* gathering.h: uploads that are gathered, and the applications that take them. */
#ifndef TEST_GATHERING_H
#define TEST_GATHERING_H
#include "client/wire.h"
#include "support/files.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB   (1024 * 1024)
#define SPOOL 2 /* upload.is_unknown: FCL_BODY_SPOOL */
extern world w;
extern exchange y;
extern upload u;
extern size_t size;
void take_bodies(fcl_script *s, void *user);
void ck_assert_hello(const exchange *x);
void open_upload(int64_t length, fcl_body unknown);
void lend(const char *text);
void take_in_pieces(fcl_script *s, void *user);

TCase *gathering_case(const char *name);
#endif
