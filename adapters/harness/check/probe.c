/* probe.c: what answers: a script that we bring or that is named, or the program itself. */
#include "suite.h"
#include "../files.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A plain request: 2 when a probe has answered it, 1 when something else has, 0 when nothing. */
static int try_it(suite *s) {
  ask plain = {.id = 1};
  host_answer *answer;
  memset(&s->result, 0, sizeof s->result);
  if (!host_dial(s))
    return 0;
  ask_put(s, &plain);
  answer = host_send(s) ? ask_ended(s, &plain) : NULL;
  if (answer == NULL)
    return 0;
  return 1 + ask_has_line(answer, "FCGI_CHECK", s->id);
}

static int looks_like_php(const suite *s) {
  const host_answer *answer = host_find(&s->host, 1);
  return answer && answer->out.base &&
         (strstr(answer->out.base, "X-Powered-By: PHP") ||
          strstr(answer->out.base, "\r\n\r\nFile not found.\n") || /* php-fpm */
          strstr(answer->out.base, "No input file specified"));
}

static int make_php(suite *s) {
  FILE *file = fcl__file_open(s->file, "w");
  int is_made = file && fputs(check_probe_php, file) >= 0;
  if (file)
    is_made &= fclose(file) == 0;
  if (!is_made)
    fcgi_say("cannot write %s: %s", s->file, strerror(errno));
  else if (s->target->address) /* it may run as another user, who has to read the probe */
    is_made = chmod(s->folder, 0711) == 0 && chmod(s->file, 0644) == 0;
  s->script = s->file;
  return is_made;
}

static int say_no_probe(suite *s) {
  const host_answer *answer = host_find(&s->host, 1);
  const char *got = answer && answer->out.len ? answer->out.base : "an empty answer";
  fcgi_say("%s does not answer as a probe: a plain request got \"%.*s\". Can the application read "
           "that file, and is it one of share/fcgiclient/probes?",
           s->script, (int) strcspn(got, "\r\n"), got);
  return 0;
}

int probe_find(suite *s) {
  int is_php = s->probe && strcmp(s->probe, "php") == 0;
  int is_none = s->probe && strcmp(s->probe, "none") == 0;
  int found;
  snprintf(s->id, sizeof s->id, "0");
  if (is_php && !make_php(s))
    return 0;
  if (s->probe && !is_php && !is_none)
    s->script = s->probe;
  found = try_it(s);
  if (found == 1 && s->probe == NULL && looks_like_php(s))
    found = make_php(s) ? try_it(s) : 0;
  if (found == 0)
    fcgi_say("a plain request was not answered, so nothing is checked: %s", s->result.why);
  else if (found == 1 && s->probe && !is_none)
    return say_no_probe(s);
  s->has_probe = found == 2 && !is_none;
  return found > 0;
}
