/* parts.h: what process.c and start.c share: a client's processes, and one of them. */
#ifndef FCL__PARTS_H
#define FCL__PARTS_H
#include "platform/posix/endpoint.h"
#include "platform/posix/lines.h"
#include "platform/posix/link.h"
#include "platform/process.h"

struct fcl__processes {
  uv_loop_t *loop;
  fcl__memory memory;
  const char *guardian, *runtime_directory;
  const fcl__process_events *events;
  const char *const *policy; /* the terms for each guardian; NULL: there are none */
  uint32_t policy_count;
  int is_sealed; /* a policy was given: then nothing runs without a user */
  fcl__directory directory;
  fcl__link *current; /* the guardian that takes orders; NULL: none */
  fcl__link *told;    /* the guardian that knows the directory; NULL: none */
  fcl__list links;    /* with those that are dying */
  fcl__list list;     /* processes that are not freed */
  unsigned closing_outputs;
  uint32_t last_id;
  uv_timer_t last; /* its close callback is the last */
  int is_closing, is_closed;
  void (*closed)(void *user);
  void *user;
};

typedef enum fcl__process_state {
  FCL__ORDERED, /* the guardian was told to start it */
  FCL__STARTED,
  FCL__ENDED /* `failed` or `exited` was reported */
} fcl__process_state;

struct fcl__process {
  fcl__list link;
  fcl__processes *all;
  fcl__link *guardian; /* NULL: ended */
  void *owner;
  uint32_t id;
  long pid;
  fcl__process_state state;
  int lacks_limits;
  fcl__parcel *ask, *force; /* orders to stop it, made beforehand: stopping must not need memory */
  fcl__endpoint endpoint;
  uv_poll_t output;
  int output_fd;
  fcl__lines lines;
  const char *directory, *user; /* behind the path */
  char path[];
};

extern const fcl__link_events fcl__process_link_events;
#endif
