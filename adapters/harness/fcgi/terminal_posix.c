/* terminal_posix.c: a terminal by POSIX. */
#define _GNU_SOURCE
#include "terminal.h"
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static int is_raw;
static volatile sig_atomic_t is_over, has_resized;

int terminal_is_one(void) {
  return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
}

static void on_signal(int number) {
  if (number == SIGWINCH)
    has_resized = 1;
  else
    is_over = 1;
}

static void listen_to(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal; /* without SA_RESTART: poll is to end */
  sigaction(number, &action, NULL);
}

void terminal_begin(void) {
  listen_to(SIGINT);
  listen_to(SIGTERM);
  listen_to(SIGHUP);
  listen_to(SIGWINCH);
}

void terminal_keys(void) {
  struct termios raw;
  if (tcgetattr(STDIN_FILENO, &before))
    return;
  raw = before;
  raw.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
  is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void terminal_leave(void) {
  if (is_raw)
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void terminal_size(unsigned *width, unsigned *height) {
  struct winsize size;
  *width = 80;
  *height = 24;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    *width = size.ws_col;
    *height = size.ws_row;
  }
}

int terminal_wait(int reads_keys, int ms, char *key) {
  struct pollfd keys = {STDIN_FILENO, POLLIN, 0};
  *key = 0;
  return poll(&keys, reads_keys ? 1 : 0, ms) != 1 || read(STDIN_FILENO, key, 1) == 1;
}

int terminal_is_over(void) {
  return is_over;
}

int terminal_has_resized(void) {
  int has = has_resized;
  has_resized = 0;
  return has;
}
