/* list.h: doubly linked rings whose nodes live inside what they link.  A zeroed node is in no list;
   a head is made by fcl__list_init. */
#ifndef FCL__LIST_H
#define FCL__LIST_H
#include <stddef.h>

typedef struct fcl__list {
  struct fcl__list *prev, *next;
} fcl__list;

/* The struct of `type` whose member `field` is the node `node`. */
#define FCL__OF(node, type, field) ((type *) (void *) ((char *) (node) -offsetof(type, field)))

/* Walks a list; the body may unlink `at` (but no other node). */
#define FCL__LIST_EACH(at, after, head)                                                            \
  for ((at) = (head)->next, (after) = (at)->next; (at) != (head);                                  \
       (at) = (after), (after) = (at)->next)

static inline void fcl__list_init(fcl__list *head) {
  head->prev = head->next = head;
}

static inline int fcl__list_empty(const fcl__list *head) {
  return head->next == head;
}

static inline int fcl__list_linked(const fcl__list *node) {
  return node->next != NULL;
}

static inline void fcl__list_append(fcl__list *head, fcl__list *node) {
  node->prev = head->prev;
  node->next = head;
  head->prev->next = node;
  head->prev = node;
}

static inline void fcl__list_prepend(fcl__list *head, fcl__list *node) {
  fcl__list_append(head->next, node);
}

/* Harmless for a node that is in no list. */
static inline void fcl__list_remove(fcl__list *node) {
  if (node->next == NULL)
    return;
  node->prev->next = node->next;
  node->next->prev = node->prev;
  node->prev = node->next = NULL;
}
#endif
