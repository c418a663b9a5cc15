/* sharing.c: pools whose members take several requests at once. */
#include "pool/sharing.h"

void prepare(unsigned processes, unsigned per_connection) {
  world_prepare();
  w.settings.max_processes = processes;
  w.settings.per_connection = per_connection;
}

void open_with(unsigned processes, unsigned per_connection) {
  unsigned i;
  prepare(processes, 1); /* so that each request starts a process */
  world_open();
  world_with_idle(processes);
  w.settings.per_connection = per_connection;
  for (i = 0; i < processes; i++)
    shares(i, per_connection, 1);
}

void open_addresses(unsigned count, unsigned connections, unsigned per_connection) {
  world_prepare_addresses(count);
  w.settings.max_connections = connections;
  w.settings.per_connection = per_connection;
  world_open();
}

TCase *sharing_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, NULL, world_end);
  return t;
}
