# smoke.sh: the programs of the bench work: every answer comes, whole.  usage: sh smoke.sh FOLDER-OF-PROGRAMS
programs=$1
. "$(dirname "$0")/../packaging/support.sh"
responder=
trap 'kill $responder 2>/dev/null; rm -rf "$folder"' EXIT

respond() {
  [ -z "$responder" ] || kill $responder
  rm -f "$folder/socket"
  "$programs/responder" "$folder/socket" "$1" &
  responder=$!
  until [ -S "$folder/socket" ]; do sleep 0.05; done
}

for size in 13 300000; do
  respond $size
  claim "raw gets $size bytes a thousand times" "$programs/raw" "$folder/socket" 8 1000 $size 0
  claim "the client gets $size bytes a thousand times" "$programs/client" uv "$folder/socket" 8 1000 $size 0
  claim "and sends 100,000 bytes" "$programs/client" uv "$folder/socket" 8 1000 $size 100000
  claim "or many at once on one connection" "$programs/client" uv "$folder/socket" 100 1000 $size 0 1 100
  claim "and does it on a thread of its own" "$programs/client" thread "$folder/socket" 8 1000 $size 0
done
finish
