/* wire.c: relays with faults by seed, each before an application; in a process of their own, so
 * that the host's descriptors are its own. */
#include "chaos/chaos.h"
#include <fcgiclient/harness.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t wire;
static int to_wire = -1, from_wire = -1;
static long wire_host;

void wire_address(unsigned i, char out[64]) {
  snprintf(out, 64, "unix:@fcl-chaos-%ld-%u", wire_host, i);
}

/* ---- There ---- */

static fcl_program *programs[WIRES];
static fcl_relay *relays[WIRES];

static void put_relay(unsigned i, uint64_t seed) {
  fcl_relay_options o = {0};
  fcl_error e;
  char address[64];
  wire_address(i, address);
  fcl_relay_end(relays[i]);
  relays[i] = NULL;
  o.address = address;
  o.target = fcl_program_address(programs[i]);
  if (seed) {
    fcl_faults_draw(&o.faults[FCL_SIDE_SERVER], seed, 30000);
    fcl_faults_draw(&o.faults[FCL_SIDE_APP], seed + 1, 30000);
  }
  if (fcl_relay_start(&relays[i], &o, &e) != FCL_OK) {
    fprintf(stderr, "chaos: %s\n", e.text);
    _exit(1);
  }
}

static void start_program(unsigned i) {
  fcl_program_options o = {0};
  fcl_error e;
  o.path = CHAOS_APP;
  o.is_quiet = 1;
  if (fcl_program_start(&programs[i], &o, &e) != FCL_OK) {
    fprintf(stderr, "chaos: %s\n", e.text);
    _exit(1);
  }
}

/* The first relay never has faults, but ends as the others do. */
static void serve(uint64_t seed, int in, int out) {
  chance c = {seed};
  unsigned i;
  char order;
  for (i = 0; i < WIRES; i++)
    start_program(i), put_relay(i, 0);
  while (write(out, "", 1) == 1 && read(in, &order, 1) == 1) {
    i = chance_below(&c, WIRES);
    if (order == 'r')
      put_relay(i, i ? chance_next(&c) | 1 : 0);
    else
      for (i = 0; i < WIRES; i++)
        put_relay(i, 0);
  }
  for (i = 0; i < WIRES; i++)
    fcl_relay_end(relays[i]), fcl_program_end(programs[i]);
}

/* ---- Here ---- */

static void await(void) {
  char byte;
  if (read(from_wire, &byte, 1) != 1) {
    fprintf(stderr, "chaos: the relays are gone\n");
    exit(1);
  }
}

/* Before there are threads. */
void wire_start(uint64_t seed) {
  int orders[2], answers[2];
  wire_host = (long) getpid();
  if (pipe(orders) || pipe(answers))
    abort();
  wire = fork();
  if (wire == 0) {
    close(orders[1]);
    close(answers[0]);
    serve(seed, orders[0], answers[1]);
    _exit(0);
  }
  close(orders[0]);
  close(answers[1]);
  to_wire = orders[1];
  from_wire = answers[0];
  await();
}

static void order(char what) {
  if (write(to_wire, &what, 1) != 1)
    abort();
  await();
}

void wire_redraw(void) {
  order('r');
}

void wire_clean(void) {
  order('c');
}

void wire_end(void) {
  int status = -1;
  close(to_wire);
  close(from_wire);
  conclude(waitpid(wire, &status, 0) == wire && status == 0, "the relays ended as they should");
}
