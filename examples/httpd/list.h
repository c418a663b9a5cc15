/* list.h: rings whose links live inside what they link. */
#ifndef HTTPD_LIST_H
#define HTTPD_LIST_H
#include <stddef.h>

typedef struct ring {
  struct ring *prev, *next; /* NULL: in no ring */
} ring;

/* The struct of `type` whose member `field` is `link`. */
#define OWNER(link, type, field) ((type *) (void *) ((char *) (link) -offsetof(type, field)))

static inline void ring_init(ring *head) {
  head->prev = head->next = head;
}

static inline ring *ring_first(const ring *head) {
  return head->next == head ? NULL : head->next;
}

static inline void ring_append(ring *head, ring *link) {
  link->prev = head->prev;
  link->next = head;
  head->prev->next = link;
  head->prev = link;
}

/* Harmless for a link that is in no ring. */
static inline void ring_remove(ring *link) {
  if (link->next == NULL)
    return;
  link->prev->next = link->next;
  link->next->prev = link->prev;
  link->prev = link->next = NULL;
}
#endif
