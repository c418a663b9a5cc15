# peers.sh: web servers in front of the responder, one worker each, kept connections to it, no log: each as its own manual
# advises for speed (nginx: keepalive in ngx_http_upstream_module and fastcgi_keep_conn; HAProxy: http-reuse always and
# keep-conn; lighttpd: nothing to set; h2o: connections are not kept to FastCGI before 2.3; Apache: enablereuse).
# Sourced by run.sh; each function runs one in the place of its shell, at $port.

peer_nginx() {
  nginx_conf "master_process off; worker_processes 1"
  run_nginx
}

peer_nginx_2() {
  nginx_conf "worker_processes 2" reuseport
  run_nginx
}

# Buffers that take an answer and an upload of 1 MiB, so that no file is written (fastcgi_buffers, client_body_buffer_size).
nginx_conf() { # nginx_conf PROCESSES [LISTEN-OPTION]
  mkdir -p nginx
  cat >nginx.conf <<CONF
daemon off; $1; pid $folder/nginx/pid; error_log $folder/nginx/error.log; user $(id -un) $(id -gn);
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; client_max_body_size 0; client_body_buffer_size 1m;
  fastcgi_buffers 18 64k; fastcgi_buffer_size 8k; fastcgi_busy_buffers_size 128k;
  client_body_temp_path $folder/nginx/body; fastcgi_temp_path $folder/nginx/fastcgi; proxy_temp_path $folder/nginx/proxy;
  uwsgi_temp_path $folder/nginx/uwsgi; scgi_temp_path $folder/nginx/scgi;
  upstream app { server unix:$folder/socket; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:$port $2; root $folder/www;
    location / {
      include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
      fastcgi_keep_conn on; fastcgi_pass app;
    }
  }
}
CONF
}

run_nginx() {
  exec /usr/sbin/nginx -e "$folder/nginx/error.log" -c "$folder/nginx.conf"
}

peer_haproxy() {
  cat >haproxy.cfg <<CONF
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:$port
  default_backend back
backend back
  use-fcgi-app app
  http-reuse always
  server one unix@$folder/socket proto fcgi
fcgi-app app
  docroot $folder/www
  index index.php
  path-info ^(/.+\.php)(/.*)?$
  option keep-conn
CONF
  exec haproxy -q -f "$folder/haproxy.cfg"
}

peer_lighttpd() {
  cat >lighttpd.conf <<CONF
server.document-root = "$folder/www"
server.bind = "127.0.0.1"
server.port = $port
server.max-keep-alive-requests = 1000000000
server.max-connections = 1024
server.max-fds = 4096
server.modules = ( "mod_fastcgi" )
server.upload-dirs = ( "$folder" )
server.stream-response-body = 2
fastcgi.server = ( ".php" => (( "socket" => "$folder/socket", "check-local" => "disable" )) )
CONF
  exec /usr/sbin/lighttpd -D -f "$folder/lighttpd.conf"
}

peer_h2o() {
  cat >h2o.conf <<CONF
num-threads: 1
user: $(id -un)
listen: {host: 127.0.0.1, port: $port}
temp-buffer-path: $folder
hosts:
  default:
    paths:
      "/": {fastcgi.connect: {port: $folder/socket, type: unix}}
CONF
  exec h2o -c "$folder/h2o.conf"
}

peer_apache() {
  cat >apache.conf <<CONF
ServerRoot /usr/lib/apache2
ServerName localhost
PidFile $folder/apache.pid
ErrorLog $folder/apache.errors
DefaultRuntimeDir $folder
Listen 127.0.0.1:$port
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_fcgi_module modules/mod_proxy_fcgi.so
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
MaxKeepAliveRequests 0
DocumentRoot $folder/www
<Directory $folder/www>
  Require all granted
</Directory>
<Proxy "unix:$folder/socket|fcgi://localhost/" enablereuse=on max=64>
</Proxy>
ProxyPassMatch "^/(.*\.php)$" "unix:$folder/socket|fcgi://localhost$folder/www/" enablereuse=on
CONF
  exec /usr/sbin/apache2 -X -f "$folder/apache.conf"
}

peer_httpd() {
  serve_httpd --threads 1
}

peer_httpd_2() {
  serve_httpd --threads 2
}

serve_httpd() {
  exec "$programs/../bin/httpd" --listen 127.0.0.1:"$port" --root "$folder/www" --connect .php=unix:"$folder/socket" --quiet "$@"
}

peers="nginx haproxy lighttpd h2o apache httpd"
peers_of_two="nginx_2 httpd_2"
peer_packages="nginx-light haproxy lighttpd h2o apache2-bin"

# Debian starts the services of what it installs: these stay off.
need_peers() {
  new=
  for package in $peer_packages; do have "$package" || new="$new $package"; done
  need "$@" $peer_packages || exit 1
  for package in $new; do
    for verb in stop disable; do as_root systemctl $verb "${package%-*}.service" >/dev/null 2>&1; done
    as_root deb-systemd-helper disable "${package%-*}.service" >/dev/null 2>&1
  done
}

peer_version() {
  case $1 in
    nginx*) /usr/sbin/nginx -v 2>&1 | sed 's,.*/,,' ;;
    haproxy) haproxy -v | sed -n 's/.*version \([0-9.]*\).*/\1/p' ;;
    lighttpd) /usr/sbin/lighttpd -v | sed -n 's,lighttpd/\([^ ]*\).*,\1,p' ;;
    h2o) h2o -v | sed -n 's/h2o version \([^ ]*\).*/\1/p' ;;
    apache) /usr/sbin/apache2 -v | sed -n 's,.*Apache/\([^ ]*\).*,\1,p' ;;
  esac
}
