#!/bin/sh
# Claim: applications in every language (examples/apps), each with the library that people use there, run behind httpd.
# usage: languages.sh HTTPD [--front FRONT] [--install] [--table FILE] [NAME...]
# Without names: php_cgi php_fpm perl ruby go c, or with FCGICLIENT_TEST_ALL all.  --install: on Debian, what all of them need;
# services stay off.  What is not there is left out, with the reason.  --table: what came of it, as languages.md.
# --front: another server in front than httpd, from the same build: isapi, isapi_host, iis7, run.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../lib/packaging/debian.sh"
. "$here/languages_start.sh"
. "$here/languages_fronts.sh"
. "$here/languages_there.sh"
. "$here/languages_cases.sh"
. "$here/languages_table.sh"
apps=$here/../../examples/apps
httpd=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$httpd" ] || { echo "usage: languages.sh HTTPD [--front FRONT] [--install] [--table FILE] [NAME...]" >&2; exit 2; }
shift
usual="php_cgi php_fpm perl ruby go c"
all="php_cgi php_fpm php_fpm_tcp perl perl_fast perl_plack perl_dancer perl_mojo perl_async ruby ruby_rack python python_uwsgi
  django django_uwsgi go go_address c c_threads cpp lua fcgiwrap node java csharp"
table= front=httpd build=$(dirname "$(dirname "$httpd")")
while :; do
  case ${1:-} in
    --install) need $packages || exit 1; off ;;
    --table) table=$2; shift ;;
    --front) front=$2; shift; front_about "$front" >/dev/null || { echo "there is no front $front" >&2; exit 2; } ;;
    *) break ;;
  esac
  shift
done
names=$*
[ -n "$names" ] || { [ -n "${FCGICLIENT_TEST_ALL:-}" ] && names=$all || names=$usual; }

folder=$(mktemp -d) || exit 1
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$folder/results"
make_bodies

# One language, in a shell and a folder of its own: its claims are in results/NAME.CASE, each "yes" or what came in its place.
try() { # try NAME
  name=$1 dir=$folder/$1
  lacks= helpers= server= buffers= closes= hides= number= is_cgi=
  prefix=/app.php # behind a script map every application is a script
  [ $front != httpd ] || prefix=
  mkdir "$dir"
  trap 'stop >/dev/null 2>&1' EXIT
  trap 'exit 1' INT TERM HUP
  cd "$dir" || exit 1
  "in_$name" >"$dir/start" 2>&1 || { tail -n 3 "$dir/start" >"$folder/results/$name.absent"; return; }
  echo "$about" >"$folder/results/$name.about"
  until_then=$(($(date +%s) + 200))
  for case in $cases; do run_case "$case"; done
  stop 2>/dev/null
  check_end
}

for name in $names; do
  (try "$name") &
  running="${running:-} $!"
  set -- $running
  if [ $# = 2 ]; then # two at once
    wait "$1"
    running=$2
  fi
done
wait $running

# ---- What came of it ----
checks=0 failures=0 there=
for name in $names; do
  if [ -e "$folder/results/$name.absent" ]; then
    echo "left out: $name: $(cat "$folder/results/$name.absent")"
    continue
  fi
  there="$there $name"
  for case in $cases end; do
    result=$(cat "$folder/results/$name.$case" 2>/dev/null)
    case $result in
      yes) checks=$((checks + 1)) ;;
      cannot*) ;;
      *)
        checks=$((checks + 1)) failures=$((failures + 1))
        echo "FAILED: $name: $(describe "$case"): $result"
        tail -n 5 "$folder/$name/log" 2>/dev/null
        ;;
    esac
  done
done
[ -z "$table" ] || make_table >"$table"
[ -n "$there" ] || { echo "skipped: none of these is installed: $names"; exit 77; }
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
