#!/bin/sh
# Claim: after many requests (100,000 with FCGICLIENT_TEST_ALL, else 5,000) Apache's process has the memory, the descriptors and the
# threads that it had before.
# usage: many.sh LOAD SITE   (variables: see apache.sh)
here=$(dirname "$0")
. "$here/apache.sh"
load=$1 site=$2
checks=0 failures=0
apache_can_run || exit 77
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap 'kill -9 $(apache_ours "$dir") 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $*"
}

# Small pages, pages of several pieces, refusals by the extension; on kept connections and on new ones.
ask() { # ask TIMES: 20 requests each time
  "$load" "$port" /hello.php "hello
" 8 $(($1 * 12)) keep >"$dir/small" &
  small=$!
  "$load" "$port" '/bytes.php?n=70000' - 2 $(($1 * 2)) keep >"$dir/large" &
  large=$!
  "$load" "$port" /none.php - 2 $(($1 * 2)) >"$dir/missing" &
  missing=$!
  "$load" "$port" /app/ext.so/hello.php "hello
" 4 $(($1 * 4)) >"$dir/single" &
  wait $small $large $missing $!
}
answered() { # answered FILE TIMES
  read -r _ asked _ answered _ wrong _ <"$dir/$1"
  [ "$asked" = "$2" ] && [ "$answered" = "$2" ]
}
# What the server's process has when nothing is going on: all kept connections have been closed, the processes are there.
measure() {
  child=$(apache_ours "$dir" apache2 | grep -vx "$(cat "$dir/httpd.pid")" | head -n 1)
  guardian=$(apache_ours "$dir" fcl-guardian | head -n 1)
  rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$child/status")
  threads=$(sed -n 's/^Threads:[^0-9]*//p' "/proc/$child/status")
  fds=$(ls "/proc/$child/fd" | wc -l)
  guardian_rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$guardian/status")
  guardian_fds=$(ls "/proc/$guardian/fd" | wc -l)
}
fds_settle() { # fds_settle MOST: within ten seconds
  deadline=$(($(now_ms) + 10000))
  measure
  until [ "$fds" -le "$1" ]; do
    [ "$(now_ms)" -lt $deadline ] || { ls -l "/proc/$child/fd"; return 1; }
    sleep 0.1
    measure
  done
}

times=250
[ -z "${FCGICLIENT_TEST_ALL:-}" ] || times=5000
cp -R "$site" "$dir/root" && PROCESSES=4 apache_make "$dir" && apache_start "$dir" || exit 1
ask 100
sleep 0.5
measure
before="$rss kB, $threads threads, $fds descriptors; the guardian $guardian_rss kB, $guardian_fds descriptors"
child_before=$child rss_before=$rss threads_before=$threads fds_before=$fds g_rss=$guardian_rss g_fds=$guardian_fds
ask $times
claim "every small page was answered ($(cat "$dir/small"))" answered small $((times * 12))
claim "every large one ($(cat "$dir/large"))" answered large $((times * 2))
claim "every page on a connection of its own ($(cat "$dir/single"))" answered single $((times * 4))
claim "every missing one was refused ($(cat "$dir/missing"))" grep -q "wrong $((times * 2)) lost 0 refused 0" "$dir/missing"
claim "descriptors are not more than $fds_before" fds_settle $((fds_before + 4)) # processes that are being replaced
claim "it is the same process" [ "$child" = "$child_before" ]
claim "threads are as many as before" [ "$threads" = "$threads_before" ]
claim "memory has grown by less than 4 MB ($rss_before to $rss kB)" [ "$rss" -lt $((rss_before + 4000)) ]
claim "the guardian's has grown by less than 200 kB ($g_rss to $guardian_rss kB)" [ "$guardian_rss" -lt $((g_rss + 200)) ]
claim "the guardian's descriptors are not more ($g_fds to $guardian_fds)" [ "$guardian_fds" -le $((g_fds + 4)) ]
echo "after $((times * 20)) requests: $rss kB, $threads threads, $fds descriptors; the guardian $guardian_rss kB, $guardian_fds descriptors"
echo "before: $before"
claim "Apache ends in order" apache_stop "$dir"
[ $failures = 0 ] || tail -n 20 "$dir/log"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
