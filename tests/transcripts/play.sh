# play.sh: every transcript here is as it says, against the library, over Unix sockets (named pipes on Windows) and TCP.
# usage: sh play.sh FCGI FOLDER [OPTION]...   FCGICLIENT_EMULATOR runs fcgi where it is of another system
fcgi=$1 folder=$2
shift 2
said=$($FCGICLIENT_EMULATOR "$fcgi" play "$@" "$folder"/*.fcgi 2>&1)
status=$?
printf '%s\n' "$said" | grep -v '^ok '
ok=$(printf '%s\n' "$said" | grep -c '^ok ')
failed=$(printf '%s\n' "$said" | sed -n 's/^[0-9]* cases.*, \([0-9]*\) failed$/\1/p')
[ "$ok" -ge 40 ] || { echo "only $ok claims were met"; failed=$((failed + 1)); }
[ $status = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
echo "Checks: $((ok + failed)), Failures: $failed, Errors: 0"
[ "$failed" = 0 ]
