/* show.c: requirements and results as text. */
#include "suite.h"
#include <stdio.h>

static const char *level(const check_case *c) {
  return c->level == MUST ? "MUST" : "SHOULD";
}

static const char *sign(const check_case *c) {
  return c->section[0] >= '0' && c->section[0] <= '9' ? "§" : "";
}

void show_list(void) {
  const check_group *g;
  const check_case *c;
  for (g = check_groups; g->name; g++) {
    show_group(g, (int) (g - check_groups) + 1);
    for (c = g->cases; c->claim; c++)
      printf("  %2d.%-3d %-6s %s (%s%s)%s\n", (int) (g - check_groups) + 1,
             (int) (c - g->cases) + 1, level(c), c->claim, sign(c), c->section,
             c->needs & NEEDS_PROBE ? " [probe]" : "");
  }
}

void show_group(const check_group *g, int number) {
  printf("%s%d %s\n", number > 1 ? "\n" : "", number, g->name);
}

void show_result(const check_case *c, const char *id, const check_result *r) {
  static const char *const verdicts[] = {"pass", "FAIL", "skip"};
  printf("  %s  %-5s %-6s %s (%s%s)\n",
         r->verdict == FAILED && c->level == SHOULD ? "fail" : verdicts[r->verdict], id, level(c),
         c->claim, sign(c), c->section);
  if (r->why[0])
    printf("              %s\n", r->why);
  fflush(stdout);
}

void show_counts(const check_counts *n) {
  printf("\n%u requirements: %u passed, %u failed (MUST), %u deviations (SHOULD), %u skipped\n",
         n->passed + n->failed + n->deviated + n->skipped, n->passed, n->failed, n->deviated,
         n->skipped);
}
