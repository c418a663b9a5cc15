# under_wine.sh: the bench's client as it is built for Windows, under Wine (WINEPREFIX is made already), with the responder of this
# system, over TCP.  Its figures say nothing about Windows: they are for comparing with what they were before.
# usage: under_wine.sh FOLDER-OF-PROGRAMS BUILD-FOR-WINDOWS
programs=$1 client=$2/bench/client.exe
wine=${FCGICLIENT_WINE:-/usr/lib/wine/wine64}
. "$(dirname "$0")/../packaging/support.sh"
. "$(dirname "$0")/figures.sh"
for needed in "$wine" "$programs/responder" "$client"; do
  [ -x "$needed" ] || { echo "skipped: there is no $needed"; exit 77; }
done
responder= port=$((20000 + $$ % 12000))
trap 'stop "$responder"; rm -rf "$folder"' EXIT

answer() { # answer BODY-BYTES: a responder on the next port that is free
  stop "$responder"
  for try in 1 2 3 4 5; do
    port=$((port + 1))
    "$programs/responder" $port "$1" &
    responder=$!
    sleep 0.3
    kill -0 $responder 2>/dev/null && return
  done
}

measure() { # measure NAME LOOP IN-FLIGHT REQUESTS ANSWER-BYTES REQUEST-BYTES
  name=$1 how=$2
  shift 2
  : >"$folder/figures"
  for round in 1 2 3; do
    claim "$name, $how: every answer comes, whole" timeout 120 "$wine" "$client" "$how" tcp:127.0.0.1:$port "$@"
    cat "$folder/said" >>"$folder/figures"
  done
  tr -d '\r' <"$folder/figures" >"$folder/lines"
  for figure in requests/s cpu_us; do field $figure "$folder/lines" >"$folder/$(basename $figure)"; done
  echo "| $name, $how | $(median "$folder/s") | $(median "$folder/cpu_us") |"
}

echo "| under Wine, over TCP; medians of 3 | requests/s | CPU of a request, us |"
echo "|---|---|---|"
answer 13
for how in uv thread; do measure "small answers, 16 in flight" $how 16 5000 13 0; done
measure "small answers, 256 in flight" uv 256 2000 13 0
measure "1 MiB uploads, 16 in flight" uv 16 200 13 1048576
answer 1048576
measure "1 MiB answers, 16 in flight" uv 16 200 1048576 0
finish
