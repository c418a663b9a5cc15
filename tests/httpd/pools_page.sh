# pools_page.sh: /-/pools in headless Chromium, with requests that wait, fail and take long; leaves pictures in the build folder.
# usage: sh pools_page.sh HTTPD APP PICTURES
httpd=$1 app=$2 pictures=$3
here=$(cd "$(dirname "$0")" && pwd)
for name in chromium-headless-shell chromium google-chrome; do
  chromium=$(command -v $name) && break
done
[ -n "$chromium" ] || { echo "no Chromium (Debian: chromium-headless-shell)"; exit 77; }
perl -MMIME::Base64 -e 1 || exit 77
. "$here/../packaging/support.sh"
server= load=
trap 'kill $load $server 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT

"$httpd" --listen 127.0.0.1:0 --threads 2 --processes 4 --app "/=$app" --connect .gone=unix:/nowhere --quiet --unchecked-scripts --rapid-fails never \
  >"$folder/url" 2>/dev/null &
server=$!
i=0
while [ ! -s "$folder/url" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
url=$(sed 's/^listening on //; s,/$,,' "$folder/url")

# Eight clients: most answers come soon, some take two seconds, some never come.
asks() {
  n=0
  while :; do
    n=$((n + 1))
    case $((n % 13)) in
      3) at="/<b>slow</b>?slow=2000" ;;
      7) at="/soon?slow=5"; [ $((n % 39)) = 7 ] && at="/crash?before=5&exit=3" ;;
      9) at="/x.gone" ;;
      *) at="/soon?slow=$((n * 7 % 40))" ;;
    esac
    curl -s -g -o /dev/null "$url$at"
  done
}
for i in 1 2 3 4 5 6; do asks & load="$load $!"; done

ready="document.body && document.body.dataset.looks >= 12"
cards="document.querySelectorAll('.card').length"
first="document.querySelector('h2').textContent"
paths="document.querySelectorAll('svg path').length > 5"
rows="document.querySelectorAll('tbody tr').length >= 3"
markup="document.querySelectorAll('td b').length"
shown="document.body.textContent.includes('Failed')"
banner="getComputedStyle(document.getElementById('banner')).display"
fits="document.documentElement.scrollWidth <= innerWidth"

look() { # look SCHEME
  perl "$here/browser.pl" "$chromium" "$url/-/pools" "$pictures/pools-$1.png" "$1" "$ready" \
    "$cards" "$first" "$paths" "$rows" "$markup" "$shown" "$banner" "$fits" >"$folder/values"
  cat "$folder/values"
  printf '2\n/\ntrue\ntrue\n0\ntrue\nnone\ntrue\n' | diff - "$folder/values"
}
is_picture() { [ "$(wc -c <"$pictures/pools-$1.png")" -gt 20000 ]; }

claim "the page shows both pools, plots, members and failures; texts are no markup (light)" look light
claim "likewise in the dark" look dark
claim "the picture of the light page is in $pictures" is_picture light
claim "the picture of the dark page is too" is_picture dark
finish
