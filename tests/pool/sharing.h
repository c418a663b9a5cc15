/* sharing.h: pools whose members take several requests at once. */
#ifndef TEST_SHARING_H
#define TEST_SHARING_H
#include "pool/recorder.h"

void prepare(unsigned processes, unsigned per_connection);
void open_with(unsigned processes, unsigned per_connection);
void open_addresses(unsigned count, unsigned connections, unsigned per_connection);

TCase *sharing_case(const char *name);
#endif
