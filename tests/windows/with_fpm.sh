#!/bin/sh
# Runs a command while this machine's php-fpm listens: FCGICLIENT_TEST_FPM tells its address, FCGICLIENT_TEST_FPM_FOLDER where the
# script n.php lies.  Where there is no php-fpm, or it does not start, the command runs without; the exit status is the command's.
# usage: with_fpm.sh COMMAND ARGUMENTS...
[ $# -gt 0 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
fpm=
for at in /usr/sbin/php-fpm*; do [ -x "$at" ] && fpm=$at; done
[ -z "$fpm" ] || [ -n "${FCGICLIENT_TEST_NO_PHP:-}" ] && exec "$@"
dir=$(mktemp -d) || exit 1
pid= child=
finish() {
  kill $child $pid 2>/dev/null
  wait 2>/dev/null
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 143' INT TERM HUP
chmod 755 "$dir" # fpm's workers may be another user
cat >"$dir/n.php" <<'PHP'
<?php
if (isset($_GET['n']))
  echo $_GET['n'];
if (isset($_GET['echo']))
  echo file_get_contents('php://input');
if (isset($_GET['size']))
  echo str_repeat('x', (int) $_GET['size']);
PHP

is_ready() {
  tries=0
  until grep -q 'ready to handle' "$dir/fpm.log" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] && kill -0 $pid 2>/dev/null || return 1
    sleep 0.1
  done
}

listen() { # listen PORT: false when another has it
  printf '[global]\nerror_log = %s\ndaemonize = no\n[test]\nlisten = 127.0.0.1:%s\npm = static\npm.max_children = 4\nuser = nobody\n' \
    "$dir/fpm.log" $1 >"$dir/fpm.conf"
  "$fpm" -n -F -y "$dir/fpm.conf" >"$dir/fpm.out" 2>&1 </dev/null &
  pid=$!
  is_ready
}

port=$((20000 + $$ % 12000))
for turn in 1 2 3 4 5; do
  port=$((port + turn))
  listen $port || continue
  export FCGICLIENT_TEST_FPM="tcp:127.0.0.1:$port" FCGICLIENT_TEST_FPM_FOLDER="$dir"
  break
done
[ -n "${FCGICLIENT_TEST_FPM:-}" ] || { echo "with_fpm.sh: php-fpm does not start:" && cat "$dir/fpm.out"; } >&2
"$@" &
child=$!
wait $child
status=$?
child=
exit $status
