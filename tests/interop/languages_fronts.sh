# languages_fronts.sh: what languages.sh can put in front of an application: httpd, and each of the adapters.  Sourced.
# A front has FRONT_serve OPTIONS... (httpd's; sets $url, $base and $server), FRONT_pools (the pools as JSON) and FRONT_stop
# (sets $ended).  What it is: front_about.

front_about() {
  case $1 in
    httpd) echo "\`examples/httpd\`" ;;
    isapi) echo "Apache httpd with mod_isapi and the ISAPI extension" ;;
    isapi_host) echo "the ISAPI extension in the tests' own server, which completes operations later, as IIS does" ;;
    iis7) echo "the module for IIS 7 in the tests' own server" ;;
    run) echo "Apache httpd with mod_cgi and \`fcgi run --cgi\`" ;;
    *) return 1 ;;
  esac
}

# What the front lacks, in the place of a language's own `cannot`: front_lacks CASE REASON.
front_lacks() {
  case " $lacks " in *" $1 "*) ;; *) cannot "$1" "$2" ;; esac
}

# ---- httpd ----
httpd_serve() {
  mkdir -p "$dir/tmp" "$dir/site"
  : >"$dir/url"
  n=0
  while [ $n -lt 110 ]; do # with 90 fields and its own: more than 200
    n=$((n + 1))
    set -- "$@" --param "P_$n=value $n"
  done
  XDG_RUNTIME_DIR=$dir/tmp TMPDIR=$dir/tmp "$httpd" --listen 127.0.0.1:0 --root "$dir/site" --processes 2 --max-requests 30 --stop-ms 3000 --idle-ms 60000 --quiet "$@" \
    >"$dir/url" 2>"$dir/log" &
  server=$!
  until grep -q http "$dir/url"; do
    kill -0 $server 2>/dev/null || absent "httpd does not start: $(cat "$dir/log")" || return 1
    sleep 0.02
  done
  url=$(sed -n 's|^listening on \(.*\)/$|\1|p' "$dir/url")
}

httpd_pools() { curl -s "$url/-/pools.json"; }

httpd_stop() {
  kill $server && wait $server
  ended=$?
}

# ---- What httpd's options say, for the others ----
take_options() { # sets $program, $arguments or $address, and $variables (NAME=VALUE lines)
  program= arguments= address= variables=
  while [ $# -gt 0 ]; do
    case $1 in
      --app) split_command "${2#*=}" ;;
      --connect) address=${2#*=} ;;
      --env) variables="$variables$2
" ;;
      --new-connection-each) set -- "$@" ;; # it is noticed
    esac
    case $1 in --new-connection-each) shift ;; *) shift 2 ;; esac
  done
  base=/app.php
  mkdir -p root tmp
  chmod 777 tmp
  for script in site/app.php site/app.cgi; do [ ! -e $script ] || cp $script root/app.php; done
  [ -e root/app.php ] || : >root/app.php
}

split_command() {
  eval "set -- $1"
  program=$(command -v "$1")
  shift
  for word in "$@"; do arguments="$arguments${arguments:+ }'$word'"; done
}

is_in_tree() { # is_in_tree FILE...
  for file in "$@"; do [ -e "$file" ] || absent "$file is not there: it is built with the tests" || return 1; done
}

# ---- The tests' own servers: a module, and HTTP around it ----
host_serve() { # host_serve PROGRAM MODULE SETTINGS OPTIONS...
  host=$1 module=$2 settings=$3
  shift 3
  is_in_tree "$host" "$module" || return 1
  take_options "$@"
  [ -z "$address" ] || absent "its settings know no addresses" || return 1
  mkfifo hold
  (
    while read -r variable; do [ -z "$variable" ] || export "$variable"; done <<VARIABLES
$variables
VARIABLES
    XDG_RUNTIME_DIR=$dir/tmp TMPDIR=$dir/tmp FCGICLIENT_GUARDIAN=$build/bin/fcl-guardian FCGICLIENT_CONTROL="unix:$dir/tmp/control/%p" \
      FRONT_SETTINGS="instanceMaxRequests=30 idleTimeout=60 $settings" \
      exec "$host" "$module" "$dir/root" 2 later 0 NamedPipe "$program" "$arguments"
  ) <hold >"$dir/url" 2>"$dir/log" &
  server=$!
  exec 9>hold # its standard input: it ends with that
  until grep -q listening "$dir/url"; do
    kill -0 $server 2>/dev/null || absent "it does not start: $(cat "$dir/log")" || return 1
    sleep 0.02
  done
  url=http://127.0.0.1:$(sed -n 's/^listening on //p' "$dir/url")
}

host_pools() { "$build/bin/fcgi" ctl --json "unix:$dir/tmp/control/*" 2>/dev/null; }

host_stop() {
  exec 9>&-
  wait $server
  ended=$?
}

isapi_host_serve() { host_serve "$build/tests/isapi_serve" "$build/lib/fcgiclient_isapi.so" "" "$@"; }
isapi_host_pools() { host_pools; }
isapi_host_stop() { host_stop; }

# Microsoft's default would put what an application says on stderr in the place of its answer.
iis7_serve() { host_serve "$build/tests/iis7_serve" "$build/lib/fcgiclient_iis7.so" stderrMode=IgnoreAndReturn200 "$@"; }
iis7_pools() { host_pools; }
iis7_stop() { host_stop; }

# ---- Apache httpd with the extension ----
isapi_serve() {
  MOD_ISAPI=$build/mod_isapi/mod_isapi.so EXTENSION=$build/lib/fcgiclient_isapi.so GUARDIAN=$build/bin/fcl-guardian
  . "$here/../isapi/apache.sh"
  apache_bin=$(command -v apache2 || echo /usr/sbin/apache2)
  there apache2-bin "$apache_bin" && is_in_tree "$EXTENSION" "$GUARDIAN" &&
    is_in_tree "$MOD_ISAPI" || return 1
  take_options "$@"
  CONTROL="unix:$dir/apache/meet/control/%p" RUNTIME=$dir/tmp
  apache_make "$dir/apache" && cp root/app.php apache/root/ && write_ini >apache/fcgiext.ini && apache_start "$dir/apache" || return 1
  server=apache
  ln -s apache/log log
  url=http://127.0.0.1:$port
}

write_ini() {
  echo "[Types]
php=app
[app]"
  if [ -n "$address" ]; then
    echo "Address=$address"
  else
    printf 'ExePath=%s\nArguments=%s\nInstanceMaxRequests=30\n' "$program" "$arguments"
    echo "$variables" | sed -n 's|/|//|g; s/,/\/,/g; s/^\([^=]*\)=\(.*\)$/\1:"\2"/p' | paste -sd, | sed 's/^/EnvironmentVars=/'
  fi
  printf 'MaxInstances=2\nRapidFailsPerMinute=1000\nIdleTimeout=60\n'
}

isapi_pools() { "$build/bin/fcgi" ctl --json "unix:$dir/apache/meet/control/*" 2>/dev/null; }

isapi_stop() {
  apache_stop "$dir/apache" >"$dir/end"
  ended=$?
}

# ---- A web server that knows CGI, and fcgi run ----
run_serve() {
  apache_bin=$(command -v apache2 || echo /usr/sbin/apache2)
  there apache2-bin "$apache_bin" && is_in_tree "$build/bin/fcgi" || return 1
  take_options "$@"
  fcgi=$build/bin/fcgi
  if [ -z "$address" ]; then
    address=unix:$dir/tmp/app.sock
    as_server sh -c "$(echo "$variables" | sed -n "s/^\([^=]*\)=\(.*\)$/export \1='\2';/p")
      exec '$fcgi' run --stay '$address' --processes 2 --start-only --start-timeout 60 '$program' $arguments" >started 2>&1 ||
      absent "$(tail -n 3 started)" || return 1
    stays=$(grep -o 'process[es]* [0-9, and]*' started | grep -o '[0-9]\+')
  fi
  cat >run.cgi <<CGI # CGI has no DOCUMENT_URI, which Jetty goes by
#!/bin/sh
exec "$fcgi" run --cgi -p "SCRIPT_FILENAME=$dir/root/app.php" -p "DOCUMENT_URI=\$SCRIPT_NAME\$PATH_INFO" "$address"
CGI
  chmod 755 run.cgi
  is_cgi=1 # a program cannot tell the server that its answer has broken off
  front_lacks keep "each request is a program of its own"
  front_lacks recycle "nobody counts: the processes stay as they are"
  [ -z "${buffers:-}" ] || front_lacks killed "nobody knows which process has the request"
  number=$(port)
  write_cgi_conf >cgi.conf
  "$apache_bin" -X -f "$dir/cgi.conf" >start.log 2>&1 &
  server=$!
  until listens $number; do
    kill -0 $server 2>/dev/null || absent "$(cat start.log log)" || return 1
    sleep 0.05
  done
  url=http://127.0.0.1:$number
  number=
}

as_server() { # as the user that Apache serves as
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=www-data --regid=www-data --clear-groups "$@"; else "$@"; fi
}

write_cgi_conf() {
  modules=/usr/lib/apache2/modules
  [ "$(id -u)" != 0 ] || echo "User www-data
Group www-data"
  cat <<CONF
ServerRoot $dir
ServerName 127.0.0.1
Listen 127.0.0.1:$number
PidFile $dir/apache.pid
ErrorLog $dir/log
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule alias_module $modules/mod_alias.so
LoadModule cgid_module $modules/mod_cgid.so
ScriptSock $dir/cgid.sock
DocumentRoot $dir/root
LimitRequestFields 200
ScriptAlias /app.php $dir/run.cgi
<Directory $dir>
  Require all granted
</Directory>
CONF
}

run_pools() { :; }

run_stop() {
  kill $server && wait $server
  ended=$?
  [ -z "${stays:-}" ] || kill $stays
}
