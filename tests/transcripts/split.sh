# split.sh: the same claims hold when what the application sends is cut at every byte; with FCGICLIENT_TEST_ALL over TCP too.
# usage: sh split.sh FCGI FOLDER
[ -n "$FCGICLIENT_TEST_ALL" ] || set -- "$@" --on unix
fcgi=$1 folder=$2
shift 2
exec sh "$(dirname "$0")/play.sh" "$fcgi" "$folder" --split "$@"
