# against_slow.sh: what a fast client gets while many slow ones are served by the same four php-cgi: httpd, and nginx with its
# buffers (fastcgi_buffering and fastcgi_request_buffering are on unless they are switched off).  Sourced by run.sh.
php=$(command -v php-cgi)
seconds=3

# For nginx, four processes that somebody else has started.  Connections are not kept: one that idles would hold one of the four.
slow_nginx() {
  nginx_conf "master_process off; worker_processes 1"
  sed -i -e "s,server unix:[^;]*;.*,server unix:$folder/php; }," -e "s,fastcgi_keep_conn on;,," nginx.conf
  run_nginx
}

slow_httpd() {
  exec "$programs/../bin/httpd" --listen 127.0.0.1:"$port" --root "$folder/www" --app .php="$php" --processes 4 --min-processes 4 \
    --max-requests never --env PHP_FCGI_MAX_REQUESTS=0 --queue-ms 100000 --quiet
}

php_for_nginx() { # as spawn-fcgi does it
  rm -f "$folder/php"
  PHP_FCGI_CHILDREN=4 PHP_FCGI_MAX_REQUESTS=0 "$php" -b "$folder/php" >>"$folder/php.log" 2>&1 &
  processes=$!
  until [ -S "$folder/php" ]; do sleep 0.05; done
}

fast() { # requests/s of one client on a kept connection, one after another
  wrk -t1 -c1 -d$seconds "http://127.0.0.1:$port/small.php" >"$folder/wrk"
  grep -E 'Non-2xx|Socket errors' "$folder/wrk" >&2
  awk '/^Requests\/sec/ { print $2 }' "$folder/wrk"
}

among_slow() { # among_slow SERVER: appends what the fast client gets, alone and among them
  up "slow_$1" small.php
  fast >>"$folder/$1.alone"
  : >"$folder/served"
  "$programs/../tests/httpd_slow_clients" "$port" 150 50 0 2000000 >"$folder/served" &
  crowd=$!
  until [ -s "$folder/served" ]; do sleep 0.1; done # in ten seconds at most
  fast >>"$folder/$1.among"
  tail -n 1 "$folder/served" | sed 's/.*[^0-9]//' >>"$folder/$1.served"
  stop "$crowd"
  stop "$front"
  crowd= front=
}

if [ -n "$php" ]; then
  echo '<?php echo "small\n";' >"$folder/www/small.php"
  echo '<?php echo strlen(file_get_contents("php://input")), "\n";' >"$folder/www/up.php"
  echo '<?php echo str_repeat("0123456789abcdef", (int) $_GET["n"] / 16);' >"$folder/www/down.php"
  round=0
  while [ $round -lt $((rounds < 3 ? rounds : 3)) ]; do
    for server in nginx httpd; do
      [ $server = httpd ] || php_for_nginx
      among_slow $server
      stop "$processes"
      processes=
    done
    round=$((round + 1))
  done
  line ""
  line "## A fast client among slow ones"
  line ""
  line "Four php-cgi, 150 clients that read 2 MB and 50 that upload 200 kB, at 20 kB/s each; beside them one that asks for a small"
  line "page as fast as it comes, on one connection. Medians of $((rounds < 3 ? rounds : 3)) rounds of $seconds s; wanted of httpd: at least as many as nginx with its buffers."
  line ""
  line "| | requests/s alone | among the slow | slow readers being answered |"
  line "|---|---|---|---|"
  for server in nginx httpd; do
    line "| $server | $(median "$folder/$server.alone") | **$(median "$folder/$server.among")** | $(median "$folder/$server.served") of 150 |"
  done
fi
