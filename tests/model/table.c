/* table.c: prints the pool's table of states as the model takes it, so that the model checks the
 * table that the library runs. */
#include "pool/pool.h"
#include <ctype.h>
#include <stdio.h>

static void print_upper(const char *name) {
  for (; *name; name++)
    putchar(toupper((unsigned char) *name));
}

int main(void) {
  int state, event;
  for (state = FCL__ABSENT; state <= FCL__KILLING; state++) {
    printf("#define ");
    print_upper(fcl__member_state_name((fcl__member_state) state));
    printf(" %d\n", state);
  }
  for (event = FCL__ORDERED; event <= FCL__GONE; event++) {
    printf("#define ");
    print_upper(fcl__member_event_name((fcl__member_event) event));
    printf(" %d\n", event);
  }
  puts("inline become(m, event) {\n  if");
  for (state = FCL__ABSENT; state <= FCL__KILLING; state++)
    for (event = FCL__ORDERED; event <= FCL__GONE; event++) {
      int to = fcl__member_next((fcl__member_state) state, (fcl__member_event) event);
      if (to >= 0)
        printf("  :: state[m] == %d && event == %d -> state[m] = %d\n", state, event, to);
    }
  puts("  :: else -> assert(false) /* the table has no such event */\n  fi\n}");
  return 0;
}
