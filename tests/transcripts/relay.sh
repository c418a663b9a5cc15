# relay.sh: the same claims hold through a relay: cut at every byte both ways, and as seeds draw it.
# usage: sh relay.sh FCGI FOLDER
fcgi=$1 folder=$2
set -- --split --relay --limit 20s
if [ -n "$FCGICLIENT_TEST_ALL" ]; then set -- "$@" --seeds 50; else set -- "$@" --seeds 3 --on unix; fi
exec sh "$(dirname "$0")/play.sh" "$fcgi" "$folder" "$@"
