#!/bin/sh
# Claim: inside Apache too, `fcgi ctl` and `fcgi top` see the pools of every server process, and are obeyed.
# usage: control.sh FCGI   (variables: see apache.sh)
here=$(dirname "$0")
fcgi=$1
. "$here/apache.sh"
checks=0 failures=0
apache_can_run || exit 77
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap 'kill -9 $(apache_ours "$dir") 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
SERVERS=2 CONTROL=unix:$dir/meet/control/%p

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $*"
}
soon() { i=0; until "$@"; do i=$((i + 1)); [ $i -lt 100 ] || return 1; sleep 0.1; done; }

apache_make "$dir" || exit 1
echo '<?php echo "hello";' >"$dir/root/a.php"
echo '<?php sleep(30);' >"$dir/root/slow.php"
apache_start "$dir" || exit 1
at="unix:$dir/meet/control/*"
get() { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/$1"; }
lines() { "$fcgi" ctl --lines "$at"; }
number() { lines | sed -n "s/^pool .* $1=\([0-9]*\).*/\1/p"; }

# Requests until both server processes have had one.
ask_both() { soon sh -c "curl -s -o /dev/null http://127.0.0.1:$port/a.php; [ \$(ls '$dir/meet/control' | wc -l) = 2 ]"; }
sums_up() { [ "$(number pools)" = 2 ] && [ "$(number started)" -ge 2 ] && lines | grep -q '^pool name="PHP"'; }
is_private() { [ "$(stat -c %a "$dir/meet/control")" = 700 ] && [ -z "$(find "$dir/meet/control" -type s ! -perm 600)" ]; }
sees_slow() { "$fcgi" ctl "$at" | grep -q 'busy.*slow\.php'; }
busy_pid() { lines | sed -n 's/^member name="process \([0-9]*\)" state="busy".*/\1/p' | head -n 1; }
stops() {
  get slow.php >"$dir/code" &
  asker=$!
  soon sees_slow && pid=$(busy_pid) && "$fcgi" ctl "$at" stop "$pid" now | grep -q '1 process:' && wait $asker &&
    [ "$(cat "$dir/code")" = 502 ]
}
recycles() { "$fcgi" ctl "$at" recycle PHP | grep -q 'pool of this name' && get a.php | grep -q 200; }
tops() { "$fcgi" top --once --interval 200ms "$at" | grep -q 'PHP'; }
others_cannot() { # another user than the server's and root
  [ "$(id -u)" = 0 ] || return 0
  ! setpriv --reuid=nobody --clear-groups "$fcgi" ctl "$at" >/dev/null 2>&1
}

claim "each server process has an address of its own" ask_both
claim "what they do is summed up" sums_up
claim "the sockets are for their owner" is_private
claim "a request that takes long is seen, and its process stopped: its client gets 502" stops
claim "processes are recycled" recycles
claim "top shows it" tops
claim "other users get no answer" others_cannot
claim "Apache ends as it should" apache_stop "$dir"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
