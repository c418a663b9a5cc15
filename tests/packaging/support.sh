# support.sh: claims in shell, counted as Check counts.  Sourced; end with `finish`.
checks=0 failures=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP

# claim SENTENCE COMMAND...: the command must succeed; what it said is shown when it does not.
claim() {
  sentence=$1
  shift
  checks=$((checks + 1))
  if "$@" >"$folder/said" 2>&1; then
    return 0
  fi
  failures=$((failures + 1))
  echo "FAILED: $sentence"
  sed 's/^/  /' "$folder/said" | tail -n 40
  return 1
}

finish() {
  echo "Checks: $checks, Failures: $failures, Errors: 0"
  [ $failures = 0 ]
  exit
}
