# support.sh: what the scripts of this folder share: claims that are counted, a recording of the library with an application.
checks=0 failures=0
folder=$(mktemp -d)
recorder=
trap 'stop; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

claim() { # claim SENTENCE COMMAND...
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" >"$folder/said" 2>&1 && return
  failures=$((failures + 1))
  echo "FAILED: $sentence: $*"
  tail -n 20 "$folder/said"
}

finish() {
  echo "Checks: $checks, Failures: $failures, Errors: 0"
  [ "$failures" = 0 ]
  exit
}

# start NAME TARGET...: records what TARGET and whoever connects to $address say, into $folder/NAME.fcgi and $folder/NAME/
start() {
  name=$1
  shift
  address=unix:$folder/$name.sock
  "$fcgi" record --listen "$address" -o "$folder/$name.fcgi" --raw "$folder/$name" "$@" 2>"$folder/$name.err" &
  recorder=$!
  tries=0
  until [ -S "$folder/$name.sock" ] || [ $tries = 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}

stop() { # ends the recorder; its exit status is left in $recorded
  [ -n "$recorder" ] || return 0
  kill -TERM "$recorder" 2>/dev/null
  wait "$recorder"
  recorded=$?
  recorder=
}
