/* task.c: the thread, and its queue. */
#include "task.h"
#include <stddef.h>
#include <uv.h>

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static uv_cond_t changed;
static uv_thread_t thread;
static int is_running, is_ending;
static task *first, **last = &first;

static void init(void) {
  uv_mutex_init(&lock);
  uv_cond_init(&changed);
}

static void work(void *unused) {
  uv_mutex_lock(&lock);
  while (first || !is_ending) {
    task *t = first;
    if (t == NULL) {
      uv_cond_wait(&changed, &lock);
      continue;
    }
    first = t->next;
    if (first == NULL)
      last = &first;
    uv_mutex_unlock(&lock);
    t->run(t);
    uv_mutex_lock(&lock);
  }
  uv_mutex_unlock(&lock);
}

int task_open(void) {
  int ok;
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  if (!is_running)
    is_running = uv_thread_create(&thread, work, NULL) == 0;
  ok = is_running;
  uv_mutex_unlock(&lock);
  return ok;
}

void task_add(task *t) {
  uv_mutex_lock(&lock);
  t->next = NULL;
  *last = t;
  last = &t->next;
  uv_cond_signal(&changed);
  uv_mutex_unlock(&lock);
}

void task_close(void) {
  int was_running;
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  was_running = is_running;
  is_ending = 1;
  uv_cond_signal(&changed);
  uv_mutex_unlock(&lock);
  if (was_running)
    uv_thread_join(&thread);
  is_running = is_ending = 0;
}
