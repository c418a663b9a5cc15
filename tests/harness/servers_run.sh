# servers_run.sh: web servers in front of a FastCGI application at an address: each writes its configuration and runs in the
# foreground.  Sourced.  $folder is the place for all of it, $port the server's, $to the application's; $fcgi, $httpd: our programs.
PATH=$PATH:/usr/sbin
user=$(id -un)

free_port() { # one that nobody listens on at the moment
  "$fcgi" app --listen tcp:127.0.0.1:0 2>port.txt >port.json &
  finder=$!
  until grep -q 'listening on' port.txt 2>/dev/null; do sleep 0.02; done
  kill $finder
  wait $finder
  sed -n 's/.*listening on tcp:127.0.0.1://p' port.txt
  rm -f port.txt
}

# ---- The servers: each writes its configuration and runs in the foreground; $port is its, $to the application's ----
run_nginx() { # run_nginx LOCATION-OPTIONS
  cat >nginx.conf <<CONF
daemon off; pid $folder/nginx.pid; error_log $folder/server.log;
$([ "$(id -u)" = 0 ] && echo "user $user;")
events { worker_connections 256; }
http {
  access_log off; client_max_body_size 100m;
  client_body_temp_path $folder/n1; fastcgi_temp_path $folder/n2; proxy_temp_path $folder/n3;
  uwsgi_temp_path $folder/n4; scgi_temp_path $folder/n5;
  upstream application { server 127.0.0.1:$to; keepalive 4; }
  server {
    listen 127.0.0.1:$port; server_name localhost; root $folder/site;
    location / { include /etc/nginx/fastcgi.conf; fastcgi_pass application; $1 }
  }
}
CONF
  exec nginx -p "$folder" -c "$folder/nginx.conf"
}
nginx_() { run_nginx; }
nginx_keep() { run_nginx "fastcgi_keep_conn on; fastcgi_request_buffering off;"; }

run_apache() { # run_apache PROXY-PARAMETERS
  modules=/usr/lib/apache2/modules
  cat >apache.conf <<CONF
ServerRoot $folder
PidFile $folder/apache.pid
ErrorLog $folder/server.log
Listen 127.0.0.1:$port
ServerName localhost
DocumentRoot $folder/site
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_fcgi_module $modules/mod_proxy_fcgi.so
ProxyPass / fcgi://127.0.0.1:$to/srv/ $1
CONF
  exec apache2 -X -f "$folder/apache.conf"
}
apache() { run_apache; }
apache_keep() { run_apache enablereuse=on; }

run_lighttpd() { # run_lighttpd SETTINGS
  cat >lighttpd.conf <<CONF
server.modules = ( "mod_fastcgi" )
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$folder/site"
server.errorlog = "$folder/server.log"
server.upload-dirs = ( "$folder" )
$1
fastcgi.server = ( "/" => (( "host" => "127.0.0.1", "port" => $to, "check-local" => "disable" )) )
CONF
  exec lighttpd -D -f lighttpd.conf
}
lighttpd_() { run_lighttpd; }
lighttpd_stream() {
  run_lighttpd 'server.stream-request-body = 2
server.stream-response-body = 2'
}

haproxy_() {
  cat >haproxy.cfg <<CONF
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend web
  bind 127.0.0.1:$port
  default_backend applications
backend applications
  use-fcgi-app any
  server one 127.0.0.1:$to proto fcgi
fcgi-app any
  docroot $folder/site
  option keep-conn
CONF
  exec haproxy -db -f haproxy.cfg
}

h2o_() {
  cat >h2o.conf <<CONF
user: $user
num-threads: 1
listen: {host: 127.0.0.1, port: $port}
error-log: $folder/server.log
hosts:
  default:
    paths:
      /:
        fastcgi.connect: {host: 127.0.0.1, port: $to, type: tcp}
CONF
  exec h2o -c h2o.conf
}

caddy_() {
  cat >Caddyfile <<CONF
{
  admin off
  auto_https off
}
http://127.0.0.1:$port {
  reverse_proxy 127.0.0.1:$to {
    transport fastcgi {
      root $folder/site
    }
  }
}
CONF
  HOME=$folder exec caddy run --config Caddyfile --adapter caddyfile
}

httpd_() { exec "$httpd" --listen 127.0.0.1:$port --root "$folder/site" --connect "/=tcp:127.0.0.1:$to" --quiet; }
