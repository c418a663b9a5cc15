/* task.h: a thread for what may not run on the client's loop.  Any thread. */
#ifndef TASK_H
#define TASK_H

/* Somebody else's memory, until `run` is called. */
typedef struct task {
  void (*run)(struct task *);
  struct task *next;
} task;

/* Begins the thread, if there is none.  Returns 0 when there cannot be one. */
int task_open(void);
/* `run` will be called on that thread; tasks come one after the other, in their order. */
void task_add(task *);
/* Waits until all are done, and ends the thread. */
void task_close(void);
#endif
