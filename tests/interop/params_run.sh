# params_run.sh: web servers as their manuals set them up for PHP, in front of the application at $to.  Sourced after
# servers_run.sh.  $root has the document root.

p_nginx() { # Debian's fastcgi.conf, and its snippets/fastcgi-php.conf
  ln -sf /etc/nginx/fastcgi.conf . # the snippet includes it from here
  cat >nginx.conf <<CONF
daemon off; pid $folder/nginx.pid; error_log $folder/server.log;
$([ "$(id -u)" = 0 ] && echo "user $user;")
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path $folder/n1; fastcgi_temp_path $folder/n2; proxy_temp_path $folder/n3;
  uwsgi_temp_path $folder/n4; scgi_temp_path $folder/n5;
  server {
    listen 127.0.0.1:$port; server_name localhost; root $root;
    location ~ \.php(/|$) { include /etc/nginx/snippets/fastcgi-php.conf; fastcgi_pass 127.0.0.1:$to; }
  }
}
CONF
  exec nginx -p "$folder" -c "$folder/nginx.conf"
}

p_apache() { # as in Debian's php-fpm.conf
  modules=/usr/lib/apache2/modules
  cat >apache.conf <<CONF
ServerRoot $folder
PidFile $folder/apache.pid
ErrorLog $folder/server.log
Listen 127.0.0.1:$port
ServerName localhost
DocumentRoot $root
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_fcgi_module $modules/mod_proxy_fcgi.so
<FilesMatch ".+\.php$">
  SetHandler "proxy:fcgi://127.0.0.1:$to"
</FilesMatch>
CONF
  exec apache2 -X -f "$folder/apache.conf"
}

p_lighttpd() {
  cat >lighttpd.conf <<CONF
server.modules = ( "mod_fastcgi" )
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$root"
server.errorlog = "$folder/server.log"
server.upload-dirs = ( "$folder" )
fastcgi.server = ( ".php" => (( "host" => "127.0.0.1", "port" => $to )) )
CONF
  exec lighttpd -D -f lighttpd.conf
}

p_haproxy() {
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
  use-fcgi-app php
  server one 127.0.0.1:$to proto fcgi
fcgi-app php
  docroot $root
  index index.php
  path-info ^(/.+\.php)(/.*)?$
CONF
  exec haproxy -db -f haproxy.cfg
}

p_caddy() {
  cat >Caddyfile <<CONF
{
  admin off
  auto_https off
}
http://127.0.0.1:$port, http://example.org:$port {
  bind 127.0.0.1
  root * $root
  php_fastcgi 127.0.0.1:$to
}
CONF
  HOME=$folder exec caddy run --config Caddyfile --adapter caddyfile
}

p_httpd() { exec "$httpd" --listen 127.0.0.1:$port --root "$root" --connect ".php=tcp:127.0.0.1:$to" --quiet; }
