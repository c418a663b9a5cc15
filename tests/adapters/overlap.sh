# overlap.sh: overlapped recycling: two worker processes with the module side by side; the old one ends while it has requests
# in hand, and no request is lost, and nobody of its applications stays.
# usage: sh overlap.sh SERVE MODULE APP GUARDIAN
#        sh overlap.sh SERVE.exe MODULE.dll APP.exe     under Wine: WINEPREFIX says where Windows is
failures=0 checks=0
claim() {
  checks=$((checks + 1))
  "$@" || { failures=$((failures + 1)) && echo "FAILED: $*"; }
}
command -v curl >/dev/null || { echo "skipped: there is no curl"; exit 77; }
serve=$1 module=$2 app=$3
export FCGICLIENT_GUARDIAN="${4:-}"
at=$(mktemp -d)
mkdir "$at/root" && : >"$at/root/a.php"
own=${app##*/} wine= # so that its processes are told from others'
case $app in
  *.exe) cp "$app" "$at/" && wine=${FCGICLIENT_WINE:-/usr/lib/wine/wine64} module=Z:$module drive=Z: ;;
  *) ln -s "$app" "$at/$own" && drive= ;;
esac
processes() { # how many there are; Windows' programs are named with backslashes
  ps -eo args | grep -v 'grep\|_serve' | grep -c "${at##*/}.$own"
}

begin() { # begin NAME: its standard input is held open by a descriptor of its own
  mkfifo "$at/$1.in"
  $wine "$serve" "$module" "$at/root" 4 later 0 NamedPipe "$drive$at/$own" <"$at/$1.in" >"$at/$1.out" 2>"$at/$1.log" 5>&- &
}
port() {
  until port=$(sed -n 's/listening on //p' "$at/$1.out" | tr -d '\r') && [ -n "$port" ]; do sleep 0.1; done
}
ask() { # ask PORT QUERY: how many bytes came
  curl -s -o - "http://127.0.0.1:$1/a.php?$2" | wc -c | tr -d ' '
}

begin old
old=$!
exec 5>"$at/old.in"
port old && old_port=$port
claim [ "$(ask "$old_port" size=1000)" = 1000 ]
begin new
new=$!
exec 6>"$at/new.in"
port new && new_port=$port
claim [ "$(ask "$new_port" size=1000)" = 1000 ]
clients=
for n in 1 2 3 4; do # these are under way when the old one is told to end
  curl -s -N -o "$at/part.$n" "http://127.0.0.1:$old_port/a.php?size=5000&slow=100&pieces=10" 5>&- 6>&- &
  clients="$clients $!"
done
for n in 1 2 3 4; do
  until [ -s "$at/part.$n" ]; do sleep 0.1; done
done
exec 5>&-
claim [ "$(ask "$new_port" size=1000)" = 1000 ]
wait $old
claim [ $? = 0 ]
wait $clients
for n in 1 2 3 4; do
  claim [ "$(wc -c <"$at/part.$n" | tr -d ' ')" = 5000 ]
done
exec 6>&-
wait $new
claim [ $? = 0 ]
tries=0 # Windows ends a job's processes behind the call
until [ "$(processes)" = 0 ] || [ $((tries += 1)) = 50 ]; do sleep 0.1; done
claim [ "$(processes)" = 0 ]
[ $failures = 0 ] || cat "$at"/*.log
rm -rf "$at"
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
