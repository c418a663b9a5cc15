/* requirements.c: the table of requirements, and what an inspector found of each. */
#include "inspector.h"

static const fcl_requirement table[] = {
#define XX(name, id, source, text) {id, source, text},
    FCL__RULE_MAP(XX)
#undef XX
};

const fcl_requirement *fcl_requirements(size_t *count) {
  *count = FCL__RULES;
  return table;
}

unsigned fcl_inspector_judged(const fcl_inspector *i, size_t requirement, unsigned *broken,
                              const char **first) {
  const fcl__judged *j = &i->judged[requirement];
  *broken = j->broken;
  *first = j->broken ? j->first : NULL;
  return j->times;
}
