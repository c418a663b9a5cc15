# ctl.sh: `fcgi ctl` and `fcgi top` with a running httpd and real processes.
# usage: sh ctl.sh FCGI HTTPD APP
fcgi=$1 httpd=$2 app=$3
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1
server=
trap 'kill $server 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
at=unix:$folder/run/control

"$httpd" --listen 127.0.0.1:0 --threads 2 --processes 2 --min-processes 1 --app "/=$app" --control "$at" --quiet \
  >url 2>events &
server=$!
i=0
while [ ! -s url ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
url=$(sed 's/^listening on //; s,/$,,' url)

ask() { "$fcgi" ctl "$@"; }
get() { curl -s -o /dev/null -w '%{http_code}' "$url/$1"; }
get_many() { for i in 1 2 3 4 5 6 7 8; do [ "$(get '')" = 200 ] || return 1; done; }
pid() { ask --lines "$at" | sed -n 's/^member.* pid=\([0-9]*\) .*/\1/p' | sed -n "${1:-1}p"; }
number() { ask --lines "$at" | sed -n "s/^pool .* $1=\([0-9]*\).*/\1/p"; }
left() { ask --lines "$at" | sed -n "s/^left.* $1=\([0-9]*\).*/\1/p"; }
# Waits until a command says so.
soon() { i=0; until "$@"; do i=$((i + 1)); [ $i -lt 100 ] || return 1; sleep 0.1; done; }

shows_requests() { get_many && ask "$at" >out && grep -q 'requests   8 in all' out && grep -q 'MEMBER  *STATE' out; }
sums_threads() { [ "$(number pools)" = 2 ] && [ "$(number max_processes)" = 2 ]; }
adds_up() { [ "$(number started)" = "$(ask --lines "$at" | sed -n 's/^ended OK=\([0-9]*\).*/\1/p')" ]; }
has_left() { [ "$(left "$1")" = "$2" ]; }
stops() { p=$(pid) && ask "$at" stop "$p" && soon has_left stopped 1 && ! kill -0 "$p" 2>/dev/null; }
stops_now() { get_many && p=$(pid) && ask "$at" stop "$p" now && soon has_left stopped 2; }
recycles() { get_many; p=$(pid) && ask "$at" recycle / | grep -q '^2 pools' && soon sh -c "! kill -0 $p 2>/dev/null" && get_many; }
resumes() { ask "$at" resume / | grep -q '^2 pools'; }
refuses() { ask "$at" recycle nothing 2>err; [ $? = 68 ] && grep -q 'no pool named "nothing"' err; }
names_nobody() { ask unix:/nowhere/x 2>err; [ $? = 66 ] && grep -q 'Does the server run' err; }
is_json() { ask --json "$at" | grep -q '^{"version":"'; }
is_prometheus() { ask --prometheus "$at" | grep -q '^# TYPE fcgiclient_requests_total counter'; }
finds_by_star() { ask "unix:$folder/run/*" | grep -q 'processes'; }
tells_help() { ask --help | grep -q 'recycle POOL'; }
shows_top() { (get_many &) ; "$fcgi" top --once --interval 300ms "$at" >out && grep -q 'in progress' out; }
top_goes_on() { "$fcgi" top -i 100ms "$at" | head -n 60 | grep -c '^[0-9:]*  unix:' | grep -qE '^[2-9]|^[1-9][0-9]'; }
top_in_terminal() { # a terminal of its own; q ends it
  command -v script >/dev/null || return 0
  (sleep 1; printf q) | script -qec "stty cols 60 rows 12; $fcgi top $at" typescript >/dev/null || return 1
  grep -q '1049h' typescript && grep -q '1049l' typescript && grep -q 'requests' typescript
}
resizes() { # lines are cut at the width
  command -v script >/dev/null || return 0
  (sleep 1; printf q) | script -qec "stty cols 40 rows 12; $fcgi top $at" typescript >/dev/null
  tr -d '\r' <typescript | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' | grep 'queue  ' | awk 'length($0) > 40 { bad = 1 } END { exit bad }'
}

claim "stats shows the requests of both threads" shows_requests
claim "the threads of httpd are summed up" sums_threads
claim "what was started has ended" adds_up
claim "stop ends a process behind its request, and it is counted" stops
claim "stop now ends one at once" stops_now
claim "recycle replaces processes" recycles
claim "resume is told to all" resumes
claim "what cannot be done is exit status 68" refuses
claim "nobody there is exit status 66, with a question" names_nobody
claim "--json is JSON" is_json
claim "--prometheus is that" is_prometheus
claim "a star finds sockets" finds_by_star
claim "--help lists the commands" tells_help
claim "top --once shows a page" shows_top
claim "top in a pipe writes page after page" top_goes_on
claim "top in a terminal uses the other screen, and q ends it" top_in_terminal
claim "top cuts lines at the width of the terminal" resizes
claim "nothing is left of the address when the server has ended" sh -c "kill $server; while kill -0 $server 2>/dev/null; do sleep 0.1; done; [ ! -e '$folder/run/control' ]"
finish
