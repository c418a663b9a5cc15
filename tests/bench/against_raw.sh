# against_raw.sh: the library client against the do-nothing client.  Sourced by run.sh.

compare() { # compare NAME IN-FLIGHT REQUESTS ANSWER-BYTES REQUEST-BYTES LIMIT
  respond "$4"
  : >"$folder/raw"; : >"$folder/uv"; : >"$folder/thread"
  round=0
  while [ $round -lt "$rounds" ]; do
    "$programs/raw" "$folder/socket" "$2" "$3" "$4" "$5" >>"$folder/raw" || exit 1
    "$programs/client" uv "$folder/socket" "$2" "$3" "$4" "$5" >>"$folder/uv" || exit 1
    "$programs/client" thread "$folder/socket" "$2" "$3" "$4" "$5" >>"$folder/thread" || exit 1
    round=$((round + 1))
  done
  for kind in raw uv thread; do
    field cpu_us "$folder/$kind" >"$folder/numbers"
    eval "$kind=$(median "$folder/numbers")"
  done
  field allocations "$folder/uv" >"$folder/numbers"
  line "| $1 | $raw | $uv | **$(ratio $uv $raw)** | $6 | $(ratio $thread $raw) | $(median "$folder/numbers") |"
}

calls() { # calls REQUESTS PROGRAM...: system calls by name
  strace -f -c -o "$folder/strace" "$@" >/dev/null 2>&1
  awk '$1 ~ /^[0-9.]+$/ && $NF != "total" { print $NF, $4 }' "$folder/strace"
}

# What a request costs: the difference of a long and a short run, so that start and end do not count.
calls_each() { # calls_each SHORT LONG COMMAND-WITH-N...
  short=$1 long=$2
  shift 2
  for n in $short $long; do
    strace -f -c -o "$folder/strace.$n" $(echo "$@" | sed "s/ N / $n /") >/dev/null 2>&1
  done
  awk -v requests=$((long - short)) '
    $1 ~ /^[0-9.]+$/ && $NF != "total" { n[$NF] += (FILENAME ~ /\.'$long'$/ ? 1 : -1) * $4 }
    END { for (name in n) if (n[name] / requests >= 0.005) printf "%s %.2f, ", name, n[name] / requests }' \
    "$folder/strace.$short" "$folder/strace.$long" | sed 's/, $//'
}

instructions_each() { # instructions_each SHORT LONG COMMAND-WITH-N...
  short=$1 long=$2
  shift 2
  for n in $short $long; do
    valgrind --tool=callgrind --callgrind-out-file="$folder/callgrind.$n" $(echo "$@" | sed "s/ N / $n /") >/dev/null 2>&1
  done
  echo $((($(total callgrind.$long) - $(total callgrind.$short)) / (long - short)))
}

total() {
  sed -n 's/^\(summary\|totals\): //p' "$folder/$1" | head -n 1
}

line ""
line "## CPU of one request, in microseconds, against a client that does nothing"
line ""
line "| | raw | library | ratio | wanted | own thread: ratio | allocations each |"
line "|---|---|---|---|---|---|---|"
compare "small answers, 16 in flight" 16 200000 13 0 1.25
compare "small answers, 256 in flight" 256 200000 13 0 1.25
compare "1 MiB answers, 16 in flight" 16 2000 1048576 0 1.15
compare "1 MiB uploads, 16 in flight" 16 2000 13 1048576 1.15

respond 13
line ""
line "## One small request, 16 in flight, counted"
line ""
line "| | system calls | instructions (callgrind) |"
line "|---|---|---|"
for kind in raw "client uv"; do
  line "| ${kind%% *} | $(calls_each 2000 12000 "$programs/$kind $folder/socket 16 N 13 0") | $(instructions_each 2000 12000 "$programs/$kind $folder/socket 16 N 13 0") |"
done
line ""
line "## 1,000 requests in flight: on one connection, by multiplexing, and on 16"
line ""
line "| | requests/s | CPU of one request |"
line "|---|---|---|"
share() { # share NAME CONNECTIONS PER-CONNECTION: each of some rounds; sets $rate
  i=0
  : >"$folder/shared"
  while [ $i -lt "$rounds" ]; do
    "$programs/client" uv "$folder/socket" 1000 200000 13 0 "$2" "$3" >>"$folder/shared" || exit 1
    i=$((i + 1))
  done
  field requests/s "$folder/shared" >"$folder/numbers"
  rate=$(median "$folder/numbers")
  field cpu_us "$folder/shared" >"$folder/numbers"
  line "| $1 | $rate | $(median "$folder/numbers") |"
}
share "16 connections" 16 1
single=$rate
share "one connection" 1 1000
line "| ratio (at least 1.5) | **$(ratio "$rate" "$single")** | |"
stop "$responder"
responder=
