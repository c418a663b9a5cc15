# applications.sh: what the tests of whole applications share: httpd, claims, pages, a browser.  Sourced.
apps=$here/../../examples/apps
checks=0 failures=0 server=

skip() {
  echo "skipped: $*"
  exit 77
}

program() { # program NAME PACKAGE
  command -v "$1" >/dev/null || skip "$1 is not there (Debian's $2)"
}

begin() { # begin HTTPD [PICTURES]: a folder; pictures are kept where they are wanted
  httpd=$(realpath "$1") pictures=${2:-}
  [ -x "$httpd" ] || { echo "usage: $(basename "$0") HTTPD [PICTURES]" >&2; exit 2; }
  [ -z "$pictures" ] || { mkdir -p "$pictures" && pictures=$(realpath "$pictures"); }
  folder=$(mktemp -d) || exit 1
  trap '[ -z "$server" ] || { kill $server; wait $server; }; rm -rf "$folder"' EXIT
  trap 'exit 1' INT TERM HUP
  mkdir "$folder/site"
  cd "$folder" || exit 1
}

serve() { # serve OPTIONS...: httpd; its URL is in $url
  : >"$folder/url"
  "$httpd" --listen 127.0.0.1:0 --root "$folder/site" --quiet "$@" >"$folder/url" 2>"$folder/log" &
  server=$!
  until grep -q http "$folder/url"; do
    kill -0 $server 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.02
  done
  url=$(sed -n 's|^listening on \(.*\)/$|\1|p' "$folder/url")
}

claim() { # claim SENTENCE COMMAND...
  sentence=$1
  shift
  checks=$((checks + 1))
  "$@" >"$folder/said" 2>&1 && return
  failures=$((failures + 1))
  echo "FAILED: $sentence"
  head -c 600 "$folder/said"
  tail -n 3 "$folder/log"
}

wait_for() {
  for one; do wait "$one" || return 1; done
}

# visit PATH-OR-URL [CURL-OPTIONS...]: with cookies; the page is in `page`, its head in `head`
visit() {
  case $1 in http*) to=$1 ;; *) to=$url$1 ;; esac
  shift
  curl -s -m 60 -b "$folder/jar" -c "$folder/jar" -D "$folder/head" -o "$folder/page" "$@" "$to"
}

status() {
  sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$folder/head" | grep -x "$1" || { head -n 1 "$folder/head"; return 1; }
}

has() {
  grep -q -- "$1" "$folder/page" || { echo "no $1 in:"; sed 's/<[^>]*>//g' "$folder/page" | grep -v '^ *$' | head -c 500; return 1; }
}

is() { # is STATUS URL
  visit "$2" && status "$1"
}

shows() { # shows URL TEXT
  visit "$1" && status 200 && has "$2"
}

# browser: is there what drives Chromium?  world.sh installs it.
browser() {
  chromium=$(command -v chromium-headless-shell || command -v chromium) || { echo "there is no Chromium (Debian's chromium-headless-shell)"; return 1; }
  NODE_PATH=${FCGICLIENT_NODE_MODULES:-} node -e 'require("puppeteer-core")' 2>/dev/null ||
    { echo "puppeteer-core (of npm) is not in FCGICLIENT_NODE_MODULES"; return 1; }
}

# drive NAME [ARGUMENT...]: NAME.js visits httpd with headless Chromium; its claims are ours.
drive() {
  driver=$1
  shift
  browser || return
  mkdir -p "$folder/browser"
  TMPDIR=$folder/browser NODE_PATH=$FCGICLIENT_NODE_MODULES CHROMIUM=$chromium \
    timeout 500 node "$here/$driver.js" "$url/" "$pictures" "$@" >"$folder/driven" 2>&1 || grep -q '^FAILED' "$folder/driven" ||
    echo "FAILED: $driver.js: $(tail -n 5 "$folder/driven")" >>"$folder/driven"
  checks=$((checks + $(grep -cE '^(ok|FAILED)' "$folder/driven")))
  failures=$((failures + $(grep -c '^FAILED' "$folder/driven")))
  grep -E '^(FAILED|told|made)' "$folder/driven"
  ! grep -q '^FAILED' "$folder/driven" || tail -n 5 "$folder/log"
}

finish() {
  kill $server
  claim "httpd ends in order" wait $server
  server=
  echo "Checks: $checks, Failures: $failures, Errors: 0"
  [ $failures = 0 ]
}
