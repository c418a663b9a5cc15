# check_faults.sh: each requirement of `fcgi check` can fail, and then it alone does: an application is broken in one way after
# the other.  Plainly every fourth requirement is broken, and its own group run; with FCGICLIENT_TEST_ALL all of them.
# usage: sh check_faults.sh FCGI SUBJECT
fcgi=$1 subject=$2
. "$(dirname "$0")/../packaging/support.sh"

failed() { sed -n 's/^  [Ff][Aa][Ii][Ll]  \([0-9.]*\) .*/\1/p' "$folder/out" | tr '\n' ' '; }

# fails NUMBERS ARGUMENT...: exactly these fail, in the groups of $only.
fails() {
  wanted=$1
  shift
  "$fcgi" check $only --timeout 2s "$subject" "$@" >"$folder/out"
  grep -q ' requirements: ' "$folder/out" && [ "$(failed)" = "$wanted" ] && return 0
  echo "failed: $(failed)"
  grep -A1 '^  [Ff][Aa]' "$folder/out"
  return 1
}

only=
claim "an application without a fault passes" fails ""
skipped=$(sed -n 's/.* \([0-9]*\) skipped$/\1/p' "$folder/out")
claim "only what is about applications that do not multiplex is skipped with it" [ "$skipped" = 1 ]
claim "one that does not multiplex passes too" fails "" --single
exits() { # exits STATUS ARGUMENT...
  wanted=$1
  shift
  "$fcgi" check "$@" >"$folder/out"
  got=$?
  [ $got = "$wanted" ] || { echo "exit status $got"; return 1; }
}
claim "a MUST that is not met is the exit status" exits 68 -c 9.8 "$subject" 9.8
claim "a SHOULD that is not met is not" exits 0 -c 2.23 "$subject" 2.23
claim "but it is with --strict" exits 68 --strict -c 2.23 "$subject" 2.23
"$fcgi" check --list | sed -n 's/^ *\([0-9]*\.[0-9]*\) .*/\1/p' >"$folder/numbers"
if [ -z "${FCGICLIENT_TEST_ALL:-}" ]; then sed -n "1~4p" "$folder/numbers" >"$folder/some" && mv "$folder/some" "$folder/numbers"; fi
for number in $(cat "$folder/numbers"); do
  mode=
  [ $number != 6.3 ] || mode=--single
  [ -n "${FCGICLIENT_TEST_ALL:-}" ] || only="-c ${number%.*}"
  claim "when $number is broken, it alone fails" fails "$number " $mode $number
done
finish
