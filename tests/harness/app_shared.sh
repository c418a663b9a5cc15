# app_shared.sh: `fcgi app` answers several requests at once on a connection, in any order, within its limits.
# usage: sh app_shared.sh FCGI
fcgi=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../packaging/support.sh"
cd "$folder" || exit 1

shown() { grep -F -A3 "$1" out; false; }
each() { # each FILE OPTION...: every case of it, played against fcgi app
  file=$1
  shift
  "$fcgi" play --server "$here/$file" -- "$fcgi" app "$@" >out 2>err
  while read -r verdict _ sentence; do
    case $verdict in
    ok) claim "$sentence" true ;;
    FAILED) claim "$sentence" shown "$sentence" ;;
    esac
  done <out
  claim "$file was played to its end" grep -q ' cases, 0 failed' out
}
each app_shared.fcgi --requests 3 --connections 2
each app_alone.fcgi --no-mpxs --connections 2

meets_all() { "$fcgi" check --strict "$fcgi" app "$@" >out 2>err || { grep -A1 '^  [Ff][Aa]' out; cat err; false; }; }
skipped() { grep -q " $1 skipped" out || { grep skip out; false; }; }
claim "fcgi check finds nothing wrong with it" meets_all
claim "it skips only what is about applications that do not multiplex" skipped 1
claim "nor without multiplexing" meets_all --no-mpxs

shares() { # 200 at once, each its own, on the one connection that the report counts
  "$fcgi" app --listen unix:app.sock --report >report 2>err &
  app=$!
  until grep -q 'listening on' err 2>/dev/null; do kill -0 $app && sleep 0.02 || return 1; done
  "$fcgi" bench -c 200 -n 3000 --per-connection 200 -q 'size=40000&pieces=4' "unix:$folder/app.sock" >bench
  went=$?
  kill $app
  wait $app || { cat report; return 1; }
  [ $went = 0 ] && grep -q '3000 answered, 0 failed' bench && grep -q '^3000 requests on 1 connections' report &&
    grep -q '^kept      3.3-1 ' report || { cat bench; head -n 3 report; return 1; }
}
claim "200 requests at once share a connection, and the server keeps every requirement" shares
finish
