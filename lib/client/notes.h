/* notes.h: verbs take note, the loop acts: a queue in call order that any thread may add to,
 * without memory. */
#ifndef FCL__NOTES_H
#define FCL__NOTES_H
#include <stdatomic.h>

/* One object's place in the queue.  A verb is a bit; the loop acts once on all bits that have come
   together, in the order of their values, so that a verb that must come first has the lower bit. */
typedef struct fcl__note fcl__note;
struct fcl__note {
  fcl__note *next;
  atomic_uint bits;
  void (*act)(fcl__note *note, unsigned bits); /* on the loop */
};

typedef struct fcl__notes {
  _Atomic(fcl__note *) head; /* newest first */
} fcl__notes;

/* [any thread]  Returns 1 if the queue was empty: then somebody must wake the loop.  What the
   caller wrote before is visible to `act`. */
int fcl__notes_post(fcl__notes *notes, fcl__note *note, unsigned bit);
/* Acts on what has been noted.  On the loop.  Returns 0 when there was nothing. */
int fcl__notes_act(fcl__notes *notes);
#endif
