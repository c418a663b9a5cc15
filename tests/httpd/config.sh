#!/bin/sh
# httpd --config: applications from a fcgiext.ini or applicationHost.config, read again on SIGHUP.  usage: config.sh HTTPD APP
httpd=$(realpath "$1") app=$(realpath "$2") || exit 1
dir=$(mktemp -d) || exit 1
host=
checks=0 failures=0
trap 'kill $host 2>/dev/null; wait; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
mkdir -p "$dir/root/shop"
for name in a.cgi b.txt shop/c.cgi shop/d.txt; do echo "text of $name" >"$dir/root/$name"; done
ini=$dir/fcgiext.ini log=$dir/log

claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $*"
}
until_said() { # until_said COUNT WORDS FILE: the words stand there so often, within 20 s
  for turn in $(seq 200); do
    [ "$(grep -c -- "$2" "$3")" -ge "$1" ] && return
    sleep 0.1
  done
  return 1
}
serve() { # serve CONFIG OPTION...
  config=$1
  shift
  : >"$dir/out"
  "$httpd" --listen 127.0.0.1:0 --root "$dir/root" --quiet --config "$config" "$@" >"$dir/out" 2>$log &
  host=$!
  until_said 1 '^listening on ' "$dir/out" || { cat "$log" "$dir/out"; exit 1; }
  url=$(sed -n 's/^listening on //p' "$dir/out")
}
end() {
  kill $host
  wait $host
}
get() { curl -s -m 20 "$url$1"; }
code() { curl -s -m 20 -o /dev/null -w '%{http_code}' "$@"; }
param() { get "$1" | sed -n "s/^$2=//p"; }

cat >$ini <<X
[Types]
cgi=One
*:/lm/w3svc/1/root/shop=Shop
cgi:4=Another site
[One]
ExePath=$app
EnvironmentVars=WHO:one
MaxInstances=2
[Shop]
ExePath=$app
IgnoreExistingFiles=1
[Another site]
ExePath=/bin/false
X
serve $ini
claim "an extension goes to its application" [ "$(param a.cgi SCRIPT_NAME)" = /a.cgi ]
claim "a file of another extension is served as it is" [ "$(get b.txt)" = "text of b.txt" ]
claim "an application of the server takes everything below it" [ "$(param shop/x/y PATH_INFO)" = /shop/x/y ]
claim "but not the files that are there, with IgnoreExistingFiles" [ "$(get shop/d.txt)" = "text of shop/d.txt" ]
claim "its application comes before an extension" [ "$(get shop/c.cgi | grep -c '^SCRIPT_NAME=/shop/c.cgi$')" = 1 ]
pid=$(get 'shop/x?pid=1')
sed -i 's/MaxInstances=2/MaxInstances=x/' $ini
kill -HUP $host
claim "a bad file is named on SIGHUP" until_said 1 'MaxInstances is "x"; give a number' $log
claim "and changes nothing" until_said 1 'the applications stay as they were' $log
claim "requests go on as before" [ "$(param a.cgi SCRIPT_NAME)" = /a.cgi ]
sed -i -e 's/MaxInstances=x/MaxInstances=1/' -e 's/^cgi=One/txt=One/' $ini
kill -HUP $host
for turn in $(seq 100); do
  [ "$(get b.txt | head -c 4)" = text ] || break
  sleep 0.1
done
claim "a good one is followed on SIGHUP" [ "$(param b.txt SCRIPT_NAME)" = /b.txt ]
claim "an application that has not changed keeps its process" [ "$pid $(get 'shop/x?pid=1')" = "$pid $pid" ]
claim "a script that nobody serves here is not sent as text" [ "$(code ${url}a.cgi)" = 404 ]
end
claim "it ends with status 0" [ $? = 0 ]

# Reloads under load: nobody notices.
sed -i 's/^txt=One/cgi=One/; s/^MaxInstances=1/MaxInstances=2/' $ini
serve $ini --threads 2
(
  for round in $(seq 10); do
    sleep 0.2
    sed -i "s/WHO:.*/WHO:round$round/" $ini
    kill -HUP $host
  done
) &
reloads=$!
n=0 good=0
while kill -0 $reloads 2>/dev/null; do
  curl -s -Z --no-progress-meter --parallel-max 8 -m 20 -o /dev/null -w '%{http_code}\n' "${url}a.cgi?size=1000&n=[1-100]" >"$dir/codes"
  n=$((n + 100))
  good=$((good + $(grep -c '^200$' "$dir/codes")))
done
wait $reloads
claim "ten reloads under load lose none of $n requests" [ $good = $n ]
for turn in $(seq 40); do
  get a.cgi >/dev/null # both threads have their processes
done
started=$(grep -c 'was started' $log)
sed -i 's/^RequestTimeout.*//; s/^MaxInstances=2/MaxInstances=2\nRequestTimeout=300\nIdleTimeout=400/' $ini
kill -HUP $host
sleep 1
kill -HUP $host
n=0
while [ $n -lt 20 ] && [ "$(param a.cgi SCRIPT_NAME)" = /a.cgi ]; do
  n=$((n + 1))
done
claim "limits that change, and a file that is the same, keep the processes" \
  [ "$n $(grep -c 'was started' $log)" = "20 $started" ]
end
left=0
for pid in $(sed -n 's/.*: process \([0-9]*\) .* was started.*/\1/p' $log); do
  kill -0 $pid 2>/dev/null && left=$((left + 1))
done
claim "no process is left of earlier configurations" [ $left = 0 ]
claim "each reload ended the processes that it replaced" [ "$(grep -c 'left as asked' $log)" -ge 10 ]
claim "no process was ended by force" [ "$(grep -c 'by force\|SIGKILL' $log)" = 0 ]

cat >"$dir/web.config" <<X
<configuration><system.webServer>
<fastCgi><application fullPath="$app" maxInstances="1"><environmentVariables>
<environmentVariable name="WHO" value="xml"/></environmentVariables></application></fastCgi>
<handlers><add name="A" path="*.cgi" verb="GET,HEAD" modules="FastCgiModule" scriptProcessor="$app"/></handlers>
</system.webServer></configuration>
X
serve "$dir/web.config"
if grep -q 'which this build does not read' $log; then
  echo "(XML is not tried: built without expat)"
else
  claim "a handler of IIS serves its extension" [ "$(param a.cgi SCRIPT_NAME)" = /a.cgi ]
  claim "for its verbs only, and a script is never sent as text" [ "$(code -X DELETE ${url}a.cgi)" = 405 ]
  claim "and nothing else" [ "$(get b.txt)" = "text of b.txt" ]
  end
fi
host=

"$httpd" --listen 127.0.0.1:0 --config "$dir/gone.ini" >"$dir/out" 2>&1
claim "without its file it does not start" [ $? = 1 ]
claim "and says why" grep -q 'gone.ini: cannot read the configuration' "$dir/out"
"$httpd" --config $ini --app .x=/bin/cat >"$dir/out" 2>&1
claim "--app beside --config is refused" [ $? = 2 ]
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
