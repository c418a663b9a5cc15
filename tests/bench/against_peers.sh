# against_peers.sh: httpd against other web servers, in front of the same responder, wrk, all in turn, several times over.
# Sourced by run.sh after figures.sh and peers.sh.
seconds=3
port=18231

family() { # of a process: itself and its children
  echo "$1" $(cat /proc/"$1"/task/*/children 2>/dev/null)
}

ticks() { # CPU of these so far, in ticks of 10 ms
  for pid in "$@"; do sed 's/.*) //' "/proc/$pid/stat"; done 2>/dev/null | awk '{ n += $12 + $13 } END { print n }'
}

rss() { # of these, in kB
  for pid in "$@"; do sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"; done 2>/dev/null | awk '{ n += $1 } END { print n }'
}

up() { # up PEER [PAGE]: until it answers
  (cd "$folder" && trap - EXIT && $1) >>"$folder/$1.log" 2>&1 &
  front=$!
  tries=0
  until curl -sf -o "$folder/page" "http://127.0.0.1:$port/${2:-index.php}"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "$1 does not answer: $(tail -n 3 "$folder/$1.log")" >&2; exit 1; }
    sleep 0.1
  done
}

hit() { # hit SECONDS: wrk with what the work wants
  POST_BYTES=$upload wrk -t1 -c"$connections" -d"$1" ${upload:+-s "$here/upload.lua"} --latency "http://127.0.0.1:$port/index.php"
}

load() { # load PEER: appends what a request costs
  up "peer_$1"
  hit 1 >/dev/null
  pids=$(family $front)
  before=$(ticks $pids)
  hit $seconds >"$folder/wrk"
  after=$(ticks $pids)
  rss $pids >>"$folder/$1.rss"
  grep -E 'Non-2xx|Socket errors' "$folder/wrk" && { echo "$1 failed" >&2; exit 1; }
  awk -v t=$((after - before)) '/requests in/ { printf "%.2f\n", t * 10000 / $1 }' "$folder/wrk" >>"$folder/$1.cpu"
  awk '/^Requests\/sec/ { print $2 }' "$folder/wrk" >>"$folder/$1.rate"
  awk '$1 == "99%" { n = $2; print n * (n ~ /us$/ ? 0.001 : n ~ /ms$/ ? 1 : 1000) }' "$folder/wrk" >>"$folder/$1.p99"
  stop "$front"
  front=
}

spread() { # the least and the most of some numbers
  sort -n "$1" | awk 'NR == 1 { least = $1 } END { print least " to " $1 }'
}

lesser() { # of two numbers, of which the first may be missing
  printf '%s\n' $1 "$2" | sort -g | head -n 1
}

# Sets best (CPU), best_rate, best_p99: of those that are not httpd.
find_best() {
  best= best_rate= best_p99=
  for peer in "$@"; do
    [ "${peer%%_*}" != httpd ] || continue
    best=$(lesser "$best" "$(median "$folder/$peer.cpu")")
    best_rate=$(printf '%s\n' $best_rate "$(median "$folder/$peer.rate")" | sort -g | tail -n 1)
    best_p99=$(lesser "$best_p99" "$(median "$folder/$peer.p99")")
  done
}

row() { # row PEER
  line "| $1 $(peer_version "$1") | $(median "$folder/$1.cpu") | $(spread "$folder/$1.cpu") | **$(ratio "$(median "$folder/$1.cpu")" "$best")** | $(median "$folder/$1.rate") | $(ratio "$(median "$folder/$1.rate")" "$best_rate") | $(median "$folder/$1.p99") | $(ratio "$(median "$folder/$1.p99")" "$best_p99") | $(median "$folder/$1.rss") |"
}

work() { # work NAME ANSWER-BYTES CONNECTIONS UPLOAD-BYTES LIMIT PEER...
  name=$1 connections=$3 upload=$4 limit=$5
  respond "$2"
  shift 5
  rm -f "$folder"/*.cpu "$folder"/*.rate "$folder"/*.p99 "$folder"/*.rss
  round=0
  while [ $round -lt "$peer_rounds" ]; do
    for peer in "$@"; do load "$peer"; done
    round=$((round + 1))
  done
  find_best "$@"
  line ""
  line "### $name"
  line ""
  line "| | CPU of a request, us | spread | to the best other | requests/s | to the best | 99 % within, ms | to the best | RSS, kB |"
  line "|---|---|---|---|---|---|---|---|---|"
  for peer in "$@"; do row "$peer"; done
  line ""
  line "Wanted of httpd: at most $limit of the best other's CPU."
}

peer_rounds=$((rounds < 5 ? rounds : 5))
line ""
line "## httpd and other web servers"
line ""
line "In front of the same responder, wrk beside them, in turn; medians of $peer_rounds rounds of $seconds s. CPU is that of the server"
line "alone, of all its processes and threads; RSS is what they have when the load ends."
work "13 bytes, 32 connections" 13 32 "" 0.8 $peers
work "1 MiB answers, 16 connections" 1048576 16 "" 0.8 $peers
work "1 MiB uploads, 8 connections" 13 8 1048576 0.7 $peers
work "13 bytes, 32 connections, two workers" 13 32 "" 0.8 $peers_of_two
work "1 MiB answers, 16 connections, two workers" 1048576 16 "" 0.8 $peers_of_two
work "1 MiB uploads, 8 connections, two workers" 13 8 1048576 0.7 $peers_of_two
stop "$responder"
responder=
