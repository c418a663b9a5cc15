/* main.c: makes the folder that a server is started on, runs all cases against it. */
#include "pages/pages.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The site, and what cannot lie in a repository: odd names, a folder named as a script, a script
 * outside the root. */
static const char recipe[] = "set -e; umask 022; cp -R '" PAGES_SITE
                             "' '%1$s/root'; cd '%1$s'; mkdir meet root/folder.php root/dir "
                             "root/dir/deep; cp root/hello.php root/dir/; cp root/vars.php "
                             "root/dir/deep/; cp root/hello.php outside.php; "
                             "cp root/hello.php root/avatar.jpg; cp root/hello.php 'root/b c.php'; "
                             "cp root/hello.php root/größe.php; "
                             "cp root/hello.php root/plus+.php; cp root/hello.php "
                             "root/per%%cent.php; chmod -R a+rX .; chmod 777 meet";

static int make_folder(host *h) {
  char command[2000];
  umask(022);
  snprintf(h->folder, sizeof h->folder, "/tmp/pages-XXXXXX");
  if (mkdtemp(h->folder) == NULL || chmod(h->folder, 0755) != 0)
    return -1;
  snprintf(command, sizeof command, recipe, h->folder);
  return system(command);
}

static void remove_folder(const host *h) {
  char command[100];
  snprintf(command, sizeof command, "rm -rf '%s'", h->folder);
  if (system(command) != 0)
    fprintf(stderr, "%s failed\n", command);
}

/* What the server said, when something was wrong. */
static void show_log(const host *h) {
  char command[100];
  snprintf(command, sizeof command, "tail -n 40 '%s/log' >&2", h->folder);
  if (system(command) != 0)
    fprintf(stderr, "no log\n");
}

/* For hosts.sh. */
static void show_limits(const host *h) {
  const host_limit *l;
  for (l = h->limits; getenv("FCGICLIENT_PAGES_LIMITS") && l->what != HOST_NOTHING; l++)
    printf("limit:%d:%s\n", l->status, l->why);
  fflush(stdout);
}

static int run(void) {
  TCase *const cases[] = {cases_requests(), cases_bodies(), cases_answers(), cases_variables(),
                          cases_paths(),    cases_ends(),   cases_crowds()};
  return test_suite_run(pages_host.name, cases, sizeof cases / sizeof *cases);
}

int main(int argc, char **argv) {
  int status;
  if (make_folder(&pages_host) != 0) {
    fprintf(stderr, "cannot make %s\n", pages_host.folder);
    return 1;
  }
  status = host_start(&pages_host, argc, argv);
  if (status == 0) {
    show_limits(&pages_host);
    status = run();
    status |= host_stop(&pages_host);
  }
  if (status == 1)
    show_log(&pages_host);
  remove_folder(&pages_host);
  return status;
}
