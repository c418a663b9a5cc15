# relay.sh: the same claims hold through a relay: as seeds draw it, and with FCGICLIENT_TEST_ALL cut at every byte both ways.
# usage: sh relay.sh FCGI FOLDER
fcgi=$1 folder=$2
set -- --limit 20s
if [ -n "$FCGICLIENT_TEST_ALL" ]; then set -- "$@" --split --relay --seeds 50; else set -- "$@" --seeds 3 --on unix; fi
exec sh "$(dirname "$0")/play.sh" "$fcgi" "$folder" "$@"
