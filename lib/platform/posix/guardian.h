/* guardian.h: what the files of the program fcl-guardian share. */
#ifndef FCL__GUARDIAN_H
#define FCL__GUARDIAN_H
#include "platform/posix/guardian_cgroup.h"
#include "platform/posix/guardian_policy.h"
#include <sys/types.h>

/* One application process, from its fork until its exit is reported. */
typedef struct child {
  struct child *next;
  uint32_t id; /* the host's name for it */
  pid_t pid;   /* of the process and of its group */
  uint32_t stop_ms;
  int status_fd;    /* says why exec failed, or ends when it worked; -1 when that is known */
  int has_failed;   /* reported as failed: its exit is not reported */
  uint64_t kill_at; /* while ending */
  cgroup cgroup;    /* its control group; it may outlive it */
  int lacks_limits; /* that its terms asked for */
} child;

typedef struct guardian {
  int socket;  /* -1: the host closed it */
  int host_fd; /* a pidfd of the host; -1: this kernel has none */
  pid_t host;  /* 0: no hello yet */
  enum {
    GO_ON,
    END_POLITELY,
    END_BY_FORCE
  } order_to_end; /* the host is gone, or told us to leave */
  int is_ending;
  char *directory;       /* of the sockets; NULL: none yet */
  uid_t directory_owner; /* whoever the host was when it told us */
  policy policy;
  int has_started; /* anything yet: then the policy is what it is */
  child *children;
  child *leavings; /* have been reaped, but somebody is left in their control groups */
  cgroups cgroups;

  uint8_t head[FCL__ORDER_HEAD]; /* the order that is coming in */
  size_t head_len;
  fcl__order order;
  char *text;
  size_t text_len, text_have;
  int fds[2];
  unsigned fd_count;

  uint8_t *out; /* reports that the socket did not take yet */
  size_t out_len, out_cap;
} guardian;

uint64_t guardian_now(void); /* milliseconds */

/* guardian_orders.c */
void guardian_read(
    guardian *g); /* takes and carries out the orders that have come; may set order_to_end */
void guardian_write(guardian *g); /* sends the reports that wait */
void guardian_report(guardian *g, fcl__report_kind kind, uint32_t id, uint32_t number,
                     uint32_t detail);

/* guardian_children.c */
void child_start(guardian *g, const fcl__order *o, const int fds[2]);
void child_stop(guardian *g, uint32_t id, int force);
void child_settle(guardian *g, child *c); /* has exec worked? */
void children_reap(guardian *g);
void children_ask(guardian *g, int force); /* the beginning of the end */
int children_wait(guardian *g); /* ms until the next must be killed; -1: the time of all is over, or
                                   none is left */

/* reaper.c */
typedef struct pids {
  pid_t *at;
  size_t count, cap;
} pids;
/* Both add the children of a process, zombies included: by the kernel's list (0: it keeps none), or
 * by asking everyone. */
int reaper_list_children(pids *list, pid_t parent);
void reaper_search_children(pids *list, pid_t parent);
void reaper_adopt(void);         /* become the parent of orphaned descendants */
void reaper_end_tree(pid_t pid); /* ends the process, its group and its descendants */
void reaper_end_all(void);       /* ends every descendant of ours; returns when none is left */
/* Removes a directory of the host's, and the sockets in it, with the rights of its owner. */
void reaper_remove(const char *directory, uid_t owner);
uid_t reaper_owner(pid_t pid); /* whose process that is; ours, when nobody can tell */
#endif
