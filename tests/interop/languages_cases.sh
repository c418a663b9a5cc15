# languages_cases.sh: the cases of languages.sh: each is a function that says what came in the place of what was to come, or
# nothing.  Sourced.

cases="get head post_0 post_1 post_65535 post_65536 post_65537 post_10m cookies redirect own_404 own_500 stderr utf8 path_info
  many stream leave killed keep recycle"

describe() { # describe CASE
  case $1 in
    get) echo "GET" ;;
    head) echo "HEAD" ;;
    post_0) echo "POST of 0 bytes" ;;
    post_1) echo "POST of 1 byte" ;;
    post_65535) echo "POST of 64 KiB - 1" ;;
    post_65536) echo "POST of 64 KiB" ;;
    post_65537) echo "POST of 64 KiB + 1" ;;
    post_10m) echo "POST of 10 MB, by hash" ;;
    cookies) echo "cookies both ways" ;;
    redirect) echo "redirect" ;;
    own_404) echo "404 of its own" ;;
    own_500) echo "500 of its own" ;;
    stderr) echo "what it says on stderr is in the log" ;;
    utf8) echo "UTF-8 and percent signs in the path" ;;
    path_info) echo "PATH_INFO" ;;
    many) echo "more than 200 parameters, 90 of them header fields, and 200 in the query" ;;
    stream) echo "the first bytes come before the last are written" ;;
    leave) echo "clients that leave hold nobody up" ;;
    killed) echo "killed in the middle: the client sees it, and the next request is served" ;;
    keep) echo "connections are kept" ;;
    recycle) echo "replaced after 30 requests, and none is lost" ;;
    end) echo "httpd ends in order" ;;
  esac
}

run_case() { # run_case CASE
  result=$folder/results/$name.$1
  case " $lacks " in *" $1 "*)
    echo "cannot: $(cat "$dir/cannot.$1")" >"$result"
    return
    ;;
  esac
  if [ "$(date +%s)" -gt $until_then ]; then
    echo "no time was left" >"$result"
    return
  fi
  "case_$1" >"$result" 2>&1
  [ -s "$result" ] || echo yes >"$result"
}

check_end() {
  if [ "$ended" = 0 ]; then echo yes; else echo "exit status $ended"; fi >"$folder/results/$name.end"
}

# ---- What cases say ----
get() { # get PATH [OPTIONS...]: the answer is in `answer`, its head in `head`; 1 when there is none
  path=$1
  shift
  curl -sS --max-time 20 -D head -o answer "$@" "$url$base$path" || return 1
}

status() { # status NUMBER
  sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' head | grep -qx "$1" || echo "status: $(head -n 1 head)"
}

body() { # body PATTERN: a line of the body fits
  grep -qE -- "$1" answer || echo "body: $(head -c 200 answer)"
}

field() { # field PATTERN
  tr -d '\r' <head | grep -qiE -- "$1" || echo "no $1 in: $(tr -d '\r' <head | tr '\n' '|')"
}

# ---- The cases ----
case_get() { get /hello && status 200 && body '^Hello, world! I am process [0-9]+\.$' && field '^Content-Type: text/plain'; }
case_head() { get /hello -I && status 200 && field '^Content-Type: text/plain' && [ ! -s answer ] || get /hello && status 200; }

make_bodies() { # with what must be said of them
  /usr/bin/perl -MCompress::Raw::Zlib -e '
    my ($state, $data) = (1, "");
    $data .= pack "N", $state = ($state * 1103515245 + 12345) & 0x7fffffff for 1 .. 20000;
    for (0, 1, 65535, 65536, 65537, 10000000) {
      my $body = substr $data x (1 + $_ / length $data), 0, $_;
      open my $to, ">:raw", "$ARGV[0]/body.$_" or die;
      print $to $body;
      printf "%d %08x\n", $_, Compress::Raw::Zlib::adler32($body);
    }' "$folder" >"$folder/sums"
}

post() { # post SIZE
  get /sum -H Expect: -H 'Content-Type: application/octet-stream' --data-binary "@$folder/body.$1" &&
    status 200 && body "^$1 bytes, Adler-32 $(sed -n "s/^$1 //p" "$folder/sums")\$"
}

case_post_0() { post 0; }
case_post_1() { post 1; }
case_post_65535() { post 65535; }
case_post_65536() { post 65536; }
case_post_65537() { post 65537; }
case_post_10m() { post 10000000; }

case_cookies() {
  get /visits -b 'visits=41; other=x' && status 200 && body '^visit 42$' && field '^Set-Cookie: visits=42\b' &&
    field '^Set-Cookie: last=[a-z+]+\b'
}
case_redirect() {
  get /old && status 302 && field "^Location: (http://[^/]*)?$base/hello\$" && get /old -L && body '^Hello, world!'
}
case_own_404() { get /no/such/page && status 404 && body '^there is no such page|^there is no page'; }
case_own_500() { get /broken && status 500 && body '^something broke'; }

case_stderr() { # the application's own words may take a moment to the log
  waited=0
  until cat log beside fpm.log 2>/dev/null | grep -q 'this page is broken on purpose'; do
    waited=$((waited + 1))
    [ $waited -lt 200 ] || { echo "not in $(wc -l <log) lines"; return; }
    sleep 0.05
  done
}

case_utf8() { get '/hello/gr%C3%B6%C3%9Fe%20%2B%25%3F' && status 200 && body '^Hello, größe \+%\?! I am'; }
case_path_info() { get '/params/a%20b/c?d=%20e' && body '^PATH_INFO=/params/a b/c$' && body '^QUERY_STRING=d=%20e$'; }

case_many() {
  set --
  n=0 query=
  while [ $n -lt 200 ]; do
    n=$((n + 1))
    [ $n -gt 90 ] || set -- "$@" -H "X-P-$n: value $n"
    query="$query&p$n=$n"
  done
  get "/params/many?${query#&}" "$@" && status 200 && body "^QUERY_STRING=p1=1&.*&p200=200\$"
  [ "$(grep -cE '^HTTP_X_P_[0-9]+=value [0-9]+$' answer)" = 90 ] || echo "$(grep -c '^HTTP_X_P_' answer) fields came"
  [ $front != httpd ] || [ -n "${hides:-}" ] || [ "$(grep -cE '^P_[0-9]+=value [0-9]+$' answer)" = 110 ] ||
    echo "$(grep -c '^P_' answer) of httpd's --param came"
}

# The application goes on for 20 s after its first line.
case_stream() {
  line=$(curl -sN --max-time 18 "$url$base/clock?ticks=200" | head -n 1)
  case $line in "process "*) ;; *) echo "first line: $line" ;; esac
}

case_leave() {
  for n in 1 2 3; do
    curl -s --max-time 0.3 -o /dev/null "$url$base/clock?ticks=10" &
    visitor=$!
    curl -s --max-time 0.3 --limit-rate 100k -o /dev/null --data-binary "@$folder/body.10000000" "$url$base/sum"
    wait $visitor
  done
  get /hello && status 200 && get /clock?ticks=2 && status 200 && body '^tick 2$'
}

busy() { # the process that has a request in hand
  pools | tr '{' '\n' | sed -n 's/.*"pid":\([1-9][0-9]*\),.*"in_hand":1,.*/\1/p' | head -n 1
}

answering() { # the process that answers: it says so, or is the one that is busy
  if [ -n "${buffers:-}" ]; then busy; else sed -n '1s/^process \([0-9]*\)$/\1/p' killed; fi
}

case_killed() {
  : >killed
  while [ -n "$(busy)" ]; do sleep 0.05; done # with those who left
  curl -sfN --max-time 60 -o killed "$url$base/clock?ticks=40" &
  visitor=$!
  until [ -n "$(answering)" ]; do
    kill -0 $visitor 2>/dev/null || { echo "no first line"; return; }
    sleep 0.02
  done
  kill -9 "$(answering)"
  if wait $visitor && [ -z "${buffers:-}${is_cgi:-}" ]; then echo "the client sees no error"; fi # a GET without an answer is sent again
  get /hello && status 200 && body '^Hello'
}

# Connections to the application that are open.
connections() {
  ss -xH state established | grep -c "$dir/"
  [ -z "${number:-}" ] || ss -tnH state established "dport = :$number" | wc -l
}

are_open() {
  connections | grep -qvx 0
}

case_keep() {
  for n in 1 2 3; do # a process closes its connection behind its last request
    curl -s -o /dev/null "$url$base/hello?[1-5]"
    [ -z "${closes:-}" ] && are_open && return
  done
  [ -n "${closes:-}" ] || { echo "none is open"; return; }
  waited=0
  while are_open; do
    waited=$((waited + 1))
    [ $waited -lt 200 ] || { echo "it was thought to close them"; return; }
    sleep 0.05
  done
  echo "cannot: it closes each connection behind the answer"
}

processes() { # of httpd, or workers
  pools | tr '{' '\n' | sed -n 's/.*"pid":\([1-9][0-9]*\),.*/\1/p'
  sed -n 's/^Hello, .* I am process \([0-9]*\)\.$/\1/p' answers
}

case_recycle() {
  curl -s "$url$base/hello" >answers
  processes >before
  curl -s -w '%{stderr}%{http_code}\n' "$url$base/hello?[1-100]" >answers 2>statuses
  [ "$(grep -cx 200 statuses)" = 100 ] || echo "statuses: $(sort statuses | uniq -c | tr '\n' ' ')"
  processes | grep -qvxFf before || echo "none is new"
}
