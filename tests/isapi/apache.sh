# apache.sh: a private Apache httpd with mod_isapi and our extension, in a folder of its own: made, started, stopped, watched.
# Sourced by the scripts here; or run by others: apache.sh start|stop FOLDER, with the same variables in the environment:
#   MOD_ISAPI EXTENSION GUARDIAN   the two modules, and fcl-guardian: copied, so that the server's user can read them
#   FAKE_ASYNC (off)               mod_isapi's ISAPIFakeAsync
#   READ_AHEAD (0)                 its ISAPIReadAheadBuffer
#   SANITIZER ()                   what the extension was built with: address or thread
#   PROCESSES (8), PHP_ARGUMENTS   of php-cgi; REQUESTS (200): until one is replaced
#   LOG_LEVEL (warn)
#   CONTROL ()                     the control address (FCGICLIENT_CONTROL)
#   RUNTIME ()                     where the extension makes sockets (XDG_RUNTIME_DIR)
#   SERVERS (1), THREADS (64)      Apache's: with none to spare it closes kept connections
# In the folder: root/ is the document root, meet/ and the like are the caller's; log is all that was said.
# URLs: /x.php (a script map: Action) and /app/ext.so/x.php (the extension called directly).

apache_bin=$(command -v apache2 || echo /usr/sbin/apache2)

# Says why not on stdout.
apache_can_run() {
  [ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] && command -v php-cgi >/dev/null || { echo "skipped: there is no php-cgi"; return 1; }
  [ -x "$apache_bin" ] || { echo "skipped: there is no apache2 (Debian: apache2-bin)"; return 1; }
  [ -e "$MOD_ISAPI" ] || { echo "skipped: there is no mod_isapi.so (tests/isapi/mod_isapi.sh makes it)"; return 1; }
}

apache_write_ini() { # apache_write_ini FOLDER
  # The folder stands in the command line, so that its processes can be found; what is preloaded here is not for PHP.
  cat >"$1/fcgiext.ini" <<INI
[Types]
php=PHP

[PHP]
ExePath=$(command -v php-cgi)
Arguments=-d fcgiclient.folder=$1 ${PHP_ARGUMENTS:-}
EnvironmentVars=LD_PRELOAD:
MaxInstances=${PROCESSES:-8}
InstanceMaxRequests=${REQUESTS:-200}
RapidFailsPerMinute=1000
StderrMode=IgnoreAndReturn200
INI
}

apache_write_conf() { # apache_write_conf FOLDER PORT
  user=
  [ "$(id -u)" != 0 ] || user="User www-data
Group www-data"
  cat >"$1/httpd.conf" <<CONF
ServerRoot "$1"
ServerName 127.0.0.1
Listen 127.0.0.1:$2
PidFile "$1/httpd.pid"
DefaultRuntimeDir "$1"
ErrorLog "$1/log"
LogLevel ${LOG_LEVEL:-warn}
Mutex pthread
$user
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule actions_module /usr/lib/apache2/modules/mod_actions.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule isapi_module "$1/app/mod_isapi.so"
UseCanonicalPhysicalPort On
TypesConfig /dev/null
ServerLimit $((${SERVERS:-1} * 3))
StartServers ${SERVERS:-1}
ThreadLimit ${THREADS:-64}
ThreadsPerChild ${THREADS:-64}
MaxRequestWorkers $((${SERVERS:-1} * ${THREADS:-64}))
MaxKeepAliveRequests 0
KeepAliveTimeout 30
GracefulShutdownTimeout 30
DocumentRoot "$1/root"
DirectoryIndex index.php
<Directory "$1/root">
  Require all granted
  AddHandler fastcgi .php
  Action fastcgi /app/ext.so virtual
</Directory>
Alias /app "$1/app"
<Directory "$1/app">
  Require all granted
  Options +ExecCGI
  AcceptPathInfo On
  CGIPassAuth On
  SetHandler isapi-handler
  ISAPIFakeAsync ${FAKE_ASYNC:-off}
  ISAPIReadAheadBuffer ${READ_AHEAD:-0}
</Directory>
CONF
}

apache_make() { # apache_make FOLDER
  mkdir -p "$1/app" "$1/root" && cp "$MOD_ISAPI" "$1/app/mod_isapi.so" && cp "$EXTENSION" "$1/app/ext.so" &&
    cp "$GUARDIAN" "$1/app/fcl-guardian" && chmod 755 "$1" "$1/app" "$1/app/fcl-guardian" && apache_write_ini "$1"
}

apache_run() { # apache_run FOLDER ARGUMENTS...: apache2 with the environment that the extension needs
  at=$1
  shift
  preload=
  [ -z "${SANITIZER:-}" ] || preload=$(gcc -print-file-name="lib$(echo "$SANITIZER" | cut -c1)san.so")
  env -i PATH="$PATH" FCGICLIENT_INI="$at/fcgiext.ini" FCGICLIENT_GUARDIAN="$at/app/fcl-guardian" \
    ${CONTROL:+FCGICLIENT_CONTROL="$CONTROL"} ${RUNTIME:+XDG_RUNTIME_DIR="$RUNTIME"} ${preload:+LD_PRELOAD="$preload"} ASAN_OPTIONS="detect_leaks=0:log_path=$at/meet/asan" \
    TSAN_OPTIONS="report_destroy_locked=0:report_mutex_bugs=0:log_path=$at/meet/tsan" UBSAN_OPTIONS="print_stacktrace=1:log_path=$at/meet/ubsan" \
    "$apache_bin" -f "$at/httpd.conf" "$@"
}

# A port that nobody listens to: Apache cannot choose one itself.  When -k start returns, it listens.
apache_start() { # apache_start FOLDER: sets port
  rm -f "$1/httpd.pid" # of one that was killed
  mkdir -p "$1/meet" && chmod 777 "$1/meet"
  for try in 1 2 3 4 5 6 7 8 9 10; do
    port=$(shuf -i 20000-32000 -n 1)
    apache_write_conf "$1" "$port"
    apache_run "$1" -k start 2>"$1/start.log" && return 0
    grep -q 'Address already in use' "$1/start.log" || break
  done
  cat "$1/start.log" "$1/log" 2>/dev/null
  return 1
}

# The process ids of ours: Apache, the guardians, php-cgi, by what their command lines and program files are.
apache_ours() { # apache_ours FOLDER [apache2|php-cgi|fcl-guardian]
  for exe in /proc/[0-9]*/exe; do
    case $(readlink "$exe") in
      "$1"/*) name=fcl-guardian ;;
      */apache2) name=apache2 ;;
      */php-cgi*) name=php-cgi ;;
      *) continue ;;
    esac
    [ "${2:-$name}" = $name ] || continue
    [ $name = fcl-guardian ] || tr '\0' ' ' <"${exe%/exe}/cmdline" 2>/dev/null | grep -qF "$1" || continue
    basename "${exe%/exe}"
  done
}

apache_list() {
  for pid in $(apache_ours "$1"); do ps -o pid,ppid,stat,etimes,args --no-headers -p "$pid"; done
}

now_ms() {
  echo $(($(date +%s%N) / 1000000))
}
# Two seconds are promised; a busy machine may take a little longer to notice.
apache_gone() { # apache_gone FOLDER [NAME [MS]]: none is left in time
  deadline=$(($(now_ms) + ${3:-2500}))
  until [ -z "$(apache_ours "$1" ${2:+"$2"})" ]; do
    [ "$(now_ms)" -lt $deadline ] || { apache_list "$1"; return 1; }
    sleep 0.1
  done
}

# What a sanitizer has found, and children of Apache that crashed.  TSan knows nothing of what Apache itself does with its memory
# and locks: only a report counts in which one of the accesses is the extension's own.
apache_faults() { # apache_faults FOLDER
  cat "$1"/meet/asan.* "$1"/meet/ubsan.* 2>/dev/null
  awk '/^WARNING/ { report = ""; ours = 0 } { report = report $0 "\n" }
    / of size [0-9]+ at / { is_top = 1 }
    / #[0-9]+ / && is_top && !/libtsan/ { is_top = 0; if (/ext\.so/) ours = 1 }
    /^WARNING/ && !/data race/ { any = 1 } /^WARNING/ && /data race/ { any = 0 }
    /^SUMMARY/ { if (ours || (any && report ~ /ext\.so/)) printf "%s", report }' "$1"/meet/tsan.* 2>/dev/null
  grep 'exit signal' "$1/log" | grep -v 'exit signal Killed'
}

apache_stop() { # apache_stop FOLDER: 0: in order, and nothing is left
  main=$(cat "$1/httpd.pid" 2>/dev/null)
  [ -z "$main" ] || kill "$main"
  status=0
  apache_gone "$1" apache2 15000 || status=1
  apache_gone "$1" || status=1
  [ $status = 0 ] || kill -9 $(apache_ours "$1") 2>/dev/null
  found=$(apache_faults "$1")
  [ -z "$found" ] || { echo "$found" | head -n 60; status=1; }
  return $status
}

case ${0##*/} in
  apache.sh)
    case $1 in
      start) apache_can_run || exit 77
        apache_make "$2" && apache_start "$2" && echo "port $port" ;;
      stop) apache_stop "$2" ;;
    esac ;;
esac
