/* host_serve.c: an adapter in the tests' own server (tests/adapters/serve.c), as the server of the
 * page suite.  Words: iis7 or isapi, how completions come (later, early, inline, sync), and for
 * IIS 7 the responseBufferLimit.  FCGICLIENT_PAGES_WINDOWS names a build for Windows: then it is
 * that one's, under Wine, and php-cgi is reached through a relay. */
#include "pages/pages.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server, php; /* php: the relay's */
static int input;         /* its end ends the server */
static unsigned php_port;

static const char redirects[] = "another URL is not executed in the place of one";
static const host_limit limits_iis7[] = {
    {HOST_BAD_GATEWAY, 500, "IIS says 500 of applications that fail"},
    {HOST_LOCAL_REDIRECT, 302, redirects},
    {HOST_NOTHING, 0, NULL}};
static const host_limit limits_isapi[] = {{HOST_LOCAL_REDIRECT, 302, redirects},
                                          {HOST_NOTHING, 0, NULL}};

/* ---- Programs ---- */

static void redirect(const host *h, int in, int out) {
  char log[80];
  int err;
  snprintf(log, sizeof log, "%s/log", h->folder);
  err = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
}

/* This system's server, with processes of php-cgi. */
static void run(const host *h, char **words) {
  char root[80], processes[16], program[200] = "";
  FILE *which = popen("command -v php-cgi", "r");
  if (which == NULL || fscanf(which, "%199s", program) != 1)
    _exit(127);
  snprintf(root, sizeof root, "%s/root", h->folder);
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES);
  setenv("FCGICLIENT_GUARDIAN", GUARDIAN, 1);
  execl(SERVE, SERVE, MODULE, root, processes, words[2], words[3], "NamedPipe", program, PAGES_PHP,
        (char *) NULL);
}

/* Windows' server, with relays to php-cgi. */
static void run_windows(const host *h, const char *build, char **words) {
  const char *wine = getenv("FCGICLIENT_WINE");
  char root[80], processes[16], port[16], serve[1000], module[1000], relay[1000], log[100];
  snprintf(root, sizeof root, "%s/root", h->folder);
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES);
  snprintf(port, sizeof port, "%u", php_port);
  snprintf(serve, sizeof serve, "%s/tests/%s_serve.exe", build, words[1]);
  snprintf(module, sizeof module, "Z:%s/bin/fcgiclient_%s.dll", build, words[1]);
  snprintf(relay, sizeof relay, "Z:%s/tests/pages_relay.exe", build);
  snprintf(log, sizeof log, "Z:%s/log", h->folder);
  setenv("FCGICLIENT_LOG", log, 1);
  wine = wine ? wine : "/usr/lib/wine/wine64";
  execl(wine, wine, serve, module, root, processes, words[2], words[3], "Tcp", relay, port,
        (char *) NULL);
}

static int listen_somewhere(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) != 0 || listen(fd, 100) != 0 ||
      getsockname(fd, (struct sockaddr *) &a, &len) != 0)
    return -1;
  php_port = ntohs(a.sin_port);
  return fd;
}

/* As many processes as the relays have, and some more for what is about to end. */
static void begin_php(const host *h) {
  int listener = listen_somewhere(), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  char processes[16], command[500];
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES * 2);
  snprintf(command, sizeof command, "exec php-cgi %s", PAGES_PHP);
  php = fork();
  if (php == 0) {
    redirect(h, listener, nowhere);
    setenv("PHP_FCGI_CHILDREN", processes, 1);
    setenv("PHP_FCGI_MAX_REQUESTS", "0", 1);
    execl("/bin/sh", "sh", "-c", command, (char *) NULL);
    _exit(127);
  }
  close(listener);
  close(nowhere);
}

static int wait_for(pid_t of) {
  int status = 0;
  while (of > 0 && waitpid(of, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}

/* ---- The host ---- */

static int start(host *h, char **argv) {
  const char *build = getenv("FCGICLIENT_PAGES_WINDOWS");
  int in[2], out[2];
  char line[100];
  FILE *said;
  if (build)
    begin_php(h);
  if (pipe(in) != 0 || pipe(out) != 0 || fcntl(in[1], F_SETFD, FD_CLOEXEC) != 0 ||
      (server = fork()) < 0)
    return 1;
  if (server == 0) {
    redirect(h, in[0], out[1]);
    if (build)
      run_windows(h, build, argv);
    else
      run(h, argv);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  input = in[1];
  said = fdopen(out[0], "r");
  if (said == NULL || fgets(line, sizeof line, said) == NULL ||
      sscanf(line, "listening on %u", &h->port) != 1)
    return fprintf(stderr, "the server does not listen\n"), 1;
  return 0;
}

int host_start(host *h, int argc, char **argv) {
  static char name[64];
  if (argc != 4)
    return fprintf(stderr, "usage: %s iis7|isapi later|early|inline|sync LIMIT\n", argv[0]), 1;
  snprintf(name, sizeof name, "pages/host-%s/%s/%s%s", argv[1], argv[2], argv[3],
           getenv("FCGICLIENT_PAGES_WINDOWS") ? "/wine" : "");
  h->name = name;
  h->prefix = h->script_prefix = "";
  h->limits = strcmp(argv[1], "iis7") == 0 ? limits_iis7 : limits_isapi;
  if (strcmp(argv[2], "later") != 0 && getenv("FCGICLIENT_TEST_ALL") == NULL)
    return fprintf(stderr, "skipped: FCGICLIENT_TEST_ALL is not set\n"), 77;
  if (getenv("FCGICLIENT_TEST_NO_PHP") || system("command -v php-cgi >/dev/null") != 0)
    return fprintf(stderr, "skipped: there is no php-cgi\n"), 77;
  return start(h, argv);
}

int host_stop(host *h) {
  int status;
  close(input);
  status = wait_for(server);
  if (php > 0)
    kill(php, SIGTERM);
  wait_for(php);
  if (status != 0)
    fprintf(stderr, "the server ended with wait status %d\n", status);
  return status != 0;
}
