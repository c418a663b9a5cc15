# app_planted.sh: faults planted one at a time in how `fcgi app` shares connections; `fcgi check` finds each.
# usage: sh app_planted.sh FCGI COMPILER SOURCE
fcgi=$1 cc=$2 source=$3
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1
mkdir -p a/b/c examples
cp "$source"/adapters/harness/fcgi/app_*.[ch] "$source"/adapters/harness/fcgi/fcgi.h a/b/c
cp "$source"/adapters/harness/*.h a/b
cp "$source"/examples/app*.[ch] examples
cat >main.c <<'C'
#include "a/b/c/app_shared.h"
#include "a/b/c/app_workers.h"
static void serve(app_common *c, int fd, unsigned slot) { app_serve_shared(fd, &c->limits, slot); }
void fcgi_say(const char *fmt, ...) {}
int main(void) {
  app_common *c = app_common_new();
  c->limits.connections = 64, c->limits.requests = 1000, c->limits.is_shared = 1;
  app_workers_run(app_workers_inherited(), c, serve);
  return 0;
}
C
build() { # build FILE: the program, with that file in place of its own
  "$cc" -D_GNU_SOURCE -I"$source/include" -I"$source/adapters/harness/include" -o app main.c "$@" a/b/c/app_limits.c a/b/c/app_workers_posix.c examples/app_answer.c examples/app_pairs.c \
    examples/app_term_posix.c examples/app_process_posix.c "$source/lib/codec/record.c" "$source/lib/codec/pairs.c" \
    "$source/adapters/harness/sync_posix.c" "$source/adapters/harness/net_posix.c" -pthread 2>err || { cat err; return 1; }
}
check() { "$fcgi" check --strict --timeout 1s -c 6 ./app >out; }
failed() { sed -n 's/^  [Ff][Aa][Ii][Ll]  \([0-9.]*\) .*/\1/p' out | tr '\n' ' '; }

sound() { build a/b/c/app_shared.c a/b/c/app_requests.c && check; }
planted() { # planted FILE SED NUMBER...: with that change these cases, and perhaps others, fail
  file=$1 change=$2
  shift 2
  sed "$change" a/b/c/$file >a/b/c/planted.c
  ! cmp -s a/b/c/$file a/b/c/planted.c || { echo "the change found no place"; return 1; }
  other=app_requests.c
  [ $file = app_shared.c ] || other=app_shared.c
  build a/b/c/planted.c a/b/c/$other || return 1
  ! check || { echo "fcgi check found nothing"; return 1; }
  for number; do
    case " $(failed)" in *" $number "*) ;; *) echo "failed: $(failed)"; return 1 ;; esac
  done
}
claim "as it is, it passes" sound
claim "an application that shares, and says it does not" planted app_shared.c 's/l->requests, l->is_shared);/l->requests, 0);/; s/requests, l->is_shared);/requests, 0);/' 6.2
[ -n "${FCGICLIENT_TEST_ALL:-}" ] || finish
claim "one that says it shares, and refuses" planted app_shared.c 's/is_busy && !c->limits->is_shared/is_busy/' 6.2
claim "one that ends a request under another id" planted app_requests.c 's/fcl_put_end(at, r->id,/fcl_put_end(at, 1,/' 6.1
claim "one that gives parameters to the request that came last" planted app_shared.c 's/while (r && r->id != id)/while (0)/' 6.4
claim "one that mixes up two bodies" planted app_shared.c 's/request \*r = find(c, record->id);/request *r = c->requests;/' 6.5
claim "one whose ABORT_REQUEST hits all" planted app_shared.c 's/^  r->is_aborted = 1;/  for (request *x = d->conn->requests; x; x = x->next) x->is_aborted = 1;/' 6.7
claim "one that answers only when all have come" planted app_requests.c 's/^  answer(r);/  while (c->requests->next) request_pause(r, 10);\n  answer(r);/' 6.6
finish
