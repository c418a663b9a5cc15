/* slot.h: a caller, and the request that it has. */
#ifndef CHAOS_SLOT_H
#define CHAOS_SLOT_H
#include "chaos/chaos.h"

typedef struct slot {
  pthread_mutex_t lock;
  chance chance;
  unsigned client;
  which pool;
  plan plan;
  fcl_request *request;
  int is_running, is_canceled, is_wrong, was_whole, status;
  int is_writing; /* on_wake shall do so */
  unsigned holds; /* so far */
  unsigned lends;
  uint64_t sent, got;
  uint64_t began;                                    /* its request */
  int is_late;                                       /* that was said */
  uint64_t start_at, write_at, resume_at, cancel_at; /* 0: not */
  char text[64];
  char error[1024]; /* of the last one */
} slot;
#endif
