# against_peers.sh: httpd against other web servers, in front of the same responder, wrk, all in turn, several times over.
# Sourced by run.sh after figures.sh and peers.sh.
seconds=4
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

up() { # up PEER: until it answers
  (cd "$folder" && trap - EXIT && peer_$1) >>"$folder/$1.log" 2>&1 &
  front=$!
  tries=0
  until curl -sf -o "$folder/page" "http://127.0.0.1:$port/index.php"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "$1 does not answer: $(tail -n 3 "$folder/$1.log")" >&2; exit 1; }
    sleep 0.1
  done
}

hit() { # hit SECONDS: wrk with what the work wants
  POST_BYTES=$upload wrk -t1 -c"$connections" -d"$1" ${upload:+-s "$here/upload.lua"} --latency "http://127.0.0.1:$port/index.php"
}

load() { # load PEER: appends what a request costs
  up "$1"
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

work() { # work NAME ANSWER-BYTES CONNECTIONS UPLOAD-BYTES LIMIT
  connections=$3 upload=$4
  respond "$2"
  rm -f "$folder"/*.cpu "$folder"/*.rate "$folder"/*.p99 "$folder"/*.rss
  round=0
  while [ $round -lt $((rounds < 5 ? rounds : 5)) ]; do
    for peer in $peers; do load "$peer"; done
    round=$((round + 1))
  done
  best=
  for peer in $peers; do
    cpu=$(median "$folder/$peer.cpu")
    [ "${peer%%_*}" = httpd ] || best=$(printf '%s\n' $best "$cpu" | sort -n | head -n 1)
  done
  line ""
  line "### $1"
  line ""
  line "| | CPU of a request, us | spread | to the best other | requests/s | 99 % within, ms | RSS, kB |"
  line "|---|---|---|---|---|---|---|"
  for peer in $peers; do
    cpu=$(median "$folder/$peer.cpu")
    line "| $peer $(peer_version $peer) | $cpu | $(spread "$folder/$peer.cpu") | **$(ratio "$cpu" "$best")** | $(median "$folder/$peer.rate") | $(median "$folder/$peer.p99") | $(median "$folder/$peer.rss") |"
  done
  line ""
  line "Wanted of httpd: at most $5 of the best other's CPU."
}

line ""
line "## httpd and other web servers"
line ""
line "One worker each in front of the same responder, wrk beside them, in turn; medians of $((rounds < 5 ? rounds : 5)) rounds of $seconds s. CPU is that of"
line "the server alone."
work "13 bytes, 32 connections" 13 32 "" 0.8
work "1 MiB answers, 16 connections" 1048576 16 "" 0.8
work "1 MiB uploads, 8 connections" 13 8 1048576 0.7
