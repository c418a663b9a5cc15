# against_nginx.sh: httpd against nginx: one worker each, kept connections to the same responder, wrk.  Sourced by run.sh.
seconds=4

nginx_config() {
  mkdir -p "$folder/nginx" "$folder/www"
  : >"$folder/www/index.php"
  chmod 755 "$folder" "$folder/www"
  for name in body fastcgi proxy uwsgi scgi; do
    echo "${name}_temp_path $folder/nginx/$name;" | sed 's/^body/client_body/'
  done >"$folder/nginx/temp.conf"
  cat >"$folder/nginx.conf" <<CONF
daemon off; master_process off; worker_processes 1;
pid $folder/nginx/pid; error_log $folder/nginx/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; include $folder/nginx/temp.conf;
  upstream app { server unix:$folder/socket; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:$1; root $folder/www;
    location / {
      include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
      fastcgi_keep_conn on; fastcgi_pass app;
    }
  }
}
CONF
}

start_nginx() {
  nginx_config 18231
  /usr/sbin/nginx -c "$folder/nginx.conf" 2>>"$folder/nginx.errors" &
  front=$! url=http://127.0.0.1:18231
}

start_httpd() {
  build/bench/bin/httpd --listen 127.0.0.1:18232 --root "$folder/www" --connect .php=unix:"$folder/socket" --threads 1 \
    --quiet >"$folder/httpd.log" 2>&1 &
  front=$! url=http://127.0.0.1:18232
}

ticks() { # CPU of the front so far, in ticks of 10 ms
  sed 's/.*) //' "/proc/$front/stat" | awk '{ print $12 + $13 }'
}

load() { # load NAME: appends microseconds per request
  tries=0
  until curl -sf -o "$folder/page" "$url/index.php"; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || { echo "$1 does not answer" >&2; exit 1; }
    sleep 0.1
  done
  wrk -t1 -c32 -d1 "$url/index.php" >/dev/null
  before=$(ticks)
  wrk -t1 -c32 -d$seconds "$url/index.php" >"$folder/wrk"
  after=$(ticks)
  grep -E 'Non-2xx|Socket errors' "$folder/wrk" && exit 1
  awk -v t=$((after - before)) '/requests in/ { printf "%.2f\n", t * 10000 / $1 }' "$folder/wrk" >>"$folder/$1.cpu"
  awk '/^Requests\/sec/ { print $2 }' "$folder/wrk" >>"$folder/$1.rate"
  stop "$front"
  front=
}

versus() { # versus NAME ANSWER-BYTES
  respond "$2"
  rm -f "$folder"/*.cpu "$folder"/*.rate
  round=0
  while [ $round -lt $((rounds < 5 ? rounds : 5)) ]; do
    start_nginx && load nginx
    start_httpd && load httpd
    round=$((round + 1))
  done
  nginx=$(median "$folder/nginx.cpu") httpd=$(median "$folder/httpd.cpu")
  line "| $1 | $nginx | $httpd | **$(ratio $httpd $nginx)** | $(median "$folder/nginx.rate") | $(median "$folder/httpd.rate") |"
}

line ""
line "## httpd against nginx: CPU of one request in the front, in microseconds (wrk, 32 connections, one worker each)"
line ""
line "| | nginx $(dpkg-query -W -f '${Version}' nginx-light) | httpd | ratio (limit 1.0) | nginx requests/s | httpd requests/s |"
line "|---|---|---|---|---|---|"
versus "13 bytes" 13
versus "64 KiB" 65536
