/* describe.c: what is known about a place's process, for sentences. */
#include "client/internal.h"
#include "platform/doing.h"
#include <stdio.h>
#include <string.h>

/* ---- Last words ---- */

static size_t trimmed(const char *line, size_t len) {
  while (len && strchr(" \t\r\n", line[len - 1]) && line[len - 1])
    len--;
  return len;
}

/* Behind what was said before, of which as much is forgotten as there is no room for. */
void fcl__place_hear(fcl__place *place, const char *line, size_t len) {
  static const char between[] = " | ";
  size_t room = sizeof place->last_words - 1, used = strlen(place->last_words);
  const char *next = place->last_words;
  len = trimmed(line, len);
  if (len == 0)
    return;
  if (len > room)
    len = room;
  while (used && used + sizeof between - 1 + len > room) {
    next = strstr(next, between);
    next = next ? next + sizeof between - 1 : place->last_words + strlen(place->last_words);
    used = strlen(next);
  }
  memmove(place->last_words, next, used + 1);
  snprintf(place->last_words + used, room + 1 - used, "%s%.*s", used ? between : "", (int) len,
           line);
}

/* The last whole lines that a request in its hand has got in STDERR records. */
static void add_stderr(const fcl__place *place, char *out, size_t cap) {
  const fcl__list *tickets = &place->member->tickets, *at;
  for (at = tickets->next; at != tickets; at = at->next) {
    fcl_slice all = fcl_request_stderr(FCL__OF(at, const fcl_request, ticket.link));
    size_t len = trimmed(all.base, all.len), from = len > cap - 1 ? len - (cap - 1) : 0;
    while (from > 0 && from < len && all.base[from - 1] != '\n')
      from++;
    if (from < len) {
      snprintf(out, cap, "%.*s", (int) (len - from), all.base + from);
      return;
    }
  }
}

/* ---- The command ---- */

static int is_plain(const char *word) {
  return *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "@%+=:,./_-")] == 0;
}

/* As a shell takes it. */
static void add_word(char *out, size_t cap, const char *word) {
  size_t used = strlen(out);
  const char *blank = used ? " " : "";
  if (is_plain(word))
    snprintf(out + used, cap - used, "%s%s", blank, word);
  else if (strchr(word, '\'') == NULL)
    snprintf(out + used, cap - used, "%s'%s'", blank, word);
  else
    snprintf(out + used, cap - used, "%s\"%s\"", blank, word);
}

static void describe_command(const fcl_pool_options *o, char *out, size_t cap) {
  const char *const *arg = o->argv && o->argv[0] ? o->argv + 1 : NULL;
  add_word(out, cap, o->program);
  for (; arg && *arg; arg++)
    add_word(out, cap, *arg);
}

void fcl__place_describe(const fcl__place *place, fcl__fact fact, char *out, size_t cap) {
  out[0] = 0;
  if (place->address)
    return;
  switch (fact) {
  case FCL__COMMAND:
    describe_command(&place->pool->options, out, cap);
    break;
  case FCL__LAST_WORDS:
    snprintf(out, cap, "%s", place->last_words);
    if (out[0] == 0)
      add_stderr(place, out, cap < sizeof place->last_words ? cap : sizeof place->last_words);
    break;
  case FCL__DOING_NOW:
    fcl__doing_now(place->member->pid, out, cap);
    break;
  case FCL__UNREADY:
    snprintf(out, cap, "%s", place->unready);
    break;
  }
}
