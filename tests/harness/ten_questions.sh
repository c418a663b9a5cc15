# ten_questions.sh: the commands of ten-questions.md say what stands there, but for numbers.
# usage: sh ten_questions.sh FCGI HTTPD APP PAGE [show]   show: the page with the outputs of now, on stdout
fcgi=$1 httpd=$2 app=$3 page=$4 show=${5:-}
. "$(dirname "$0")/../packaging/support.sh"
cd "$folder" || exit 1
server=
trap 'kill $server 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
control=unix:$folder/run/control gone=unix:$folder/gone.sock
ln -s "$app" application

"$httpd" --listen 127.0.0.1:0 --processes 2 --app ".app=$folder/application" --connect ".gone=$gone" --unchecked-scripts \
  --rapid-fails never --control "$control" --quiet >url 2>/dev/null &
server=$!
i=0
while [ ! -s url ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
url=$(sed 's/^listening on //; s,/$,,' url)

for i in 1 2 3 4 5 6 7 8 9 10; do curl -s -o /dev/null "$url/page.app"; done
curl -s -o /dev/null "$url/broken.app?before=1&exit=3" # once more on another process
curl -s -o /dev/null "$url/page.gone"
for i in 1 2 3 4 5; do curl -s -o /dev/null "$url/report.app?hang=1" & done
# An address that has failed four times in a row rests for eight seconds.
i=0
until "$fcgi" ctl --lines "$control" | grep -q 'failures=4'; do
  i=$((i + 1))
  [ $i -lt 200 ] || break
  curl -s -o /dev/null "$url/page.gone"
  sleep 0.1
done
i=0
until "$fcgi" ctl "$control" | grep -q 'queue      3 of'; do i=$((i + 1)); [ $i -lt 100 ] || break; sleep 0.1; done

# A command of the page, here and now.
run() {
  pid=
  case $1 in *' stop '*) pid=$("$fcgi" ctl --lines "$control" | sed -n 's/^member name="process \([0-9]*\)" state="busy".*/\1/p' | head -n 1) ;; esac
  echo "$1" | sed "s,unix:/run/httpd/control,$control,; s,unix:/run/gone.sock,$gone,; s,^fcgi,$fcgi,; s,stop 4711,stop $pid,; s,| *fcgi,| $fcgi," >command
  sh ./command 2>&1 | sed "s,$gone,unix:/run/gone.sock,g; s,$(readlink -f "$app"),/srv/application,g; s,$folder,/srv,g"
}
# Numbers, times and sizes are of the moment, and so is how wide they are.
plain() { sed -E 's/[0-9]+(\.[0-9]+)? (us|ms|s)\b/T/g; s/[0-9]+m[0-9]+s/T/g; s/[0-9.]+ (B|KiB|MiB)\b/M/g; s/[0-9]+(\.[0-9]+)?/N/g; s/ +/ /g'; }

in_block= expected=$folder/expected got=$folder/got
: >"$expected"
: >"$got"
while IFS= read -r line; do
  case $line in
    '```console') in_block=1; echo "$line" >>"$expected"; echo "$line" >>"$got" ;;
    '```') in_block=; echo "$line" >>"$expected"; echo "$line" >>"$got" ;;
    '$ '*) echo "$line" >>"$expected"; echo "$line" >>"$got"; run "${line#$ }" >>"$got" </dev/null ;;
    *) if [ -z "$in_block" ]; then echo "$line" >>"$expected"; echo "$line" >>"$got"; else echo "$line" >>"$expected"; fi ;;
  esac
done <"$page"
[ -z "$show" ] || { cat "$got"; exit 0; }

says_that() { plain <"$expected" >a; plain <"$got" >b; diff a b; }
has_all() { [ "$(grep -c '^\$ fcgi' "$page")" -ge 10 ] && [ "$(grep -c '^## ' "$page")" = 10 ]; }
claim "the page has ten questions" has_all
claim "each command says what stands there" says_that
finish
