/* notes.c: the queue behind the verbs: a lock-free stack that is taken whole and turned round. */
#include "client/notes.h"
#include <stddef.h>

int fcl__notes_post(fcl__notes *notes, fcl__note *note, unsigned bit) {
  fcl__note *head;
  if (atomic_fetch_or_explicit(&note->bits, bit, memory_order_acq_rel) != 0)
    return 0; /* it stands in the queue already */
  head = atomic_load_explicit(&notes->head, memory_order_relaxed);
  do {
    note->next = head;
  } while (!atomic_compare_exchange_weak_explicit(&notes->head, &head, note, memory_order_acq_rel,
                                                  memory_order_relaxed));
  return head == NULL;
}

static fcl__note *take_in_order(fcl__notes *notes) {
  fcl__note *newest = atomic_exchange_explicit(&notes->head, NULL, memory_order_acq_rel),
            *oldest = NULL;
  while (newest) {
    fcl__note *next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  return oldest;
}

int fcl__notes_act(fcl__notes *notes) {
  fcl__note *note = take_in_order(notes);
  int any = note != NULL;
  while (note) {
    fcl__note *next = note->next;
    note->act(note, atomic_exchange_explicit(&note->bits, 0, memory_order_acq_rel));
    note = next;
  }
  return any;
}
