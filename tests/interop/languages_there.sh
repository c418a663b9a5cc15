# languages_there.sh: each language of languages.sh: what it needs, and how it is started.  Sourced.
# A function sets $about, $base (the URL's beginning), says what the language `cannot`, and serves.

packages="curl iproute2 php-cgi php-fpm libfcgi-perl libcgi-fast-perl libplack-perl libdancer2-perl libmojolicious-perl
  libnet-async-fastcgi-perl ruby-fcgi ruby-rack python3-flask python3-django uwsgi-core uwsgi-plugin-python3 golang-go gcc g++ libfcgi-dev lua-wsapi-fcgi fcgiwrap node-fastcgi
  libjetty9-extra-java openjdk-17-jdk-headless mono-fastcgi-server4 mono-mcs"

off() { # services of packages that --install may have brought
  for unit in fcgiwrap.service fcgiwrap.socket uwsgi.service; do as_root deb-systemd-helper disable $unit; done >/dev/null 2>&1
}

# The library behind it sends nothing before the answer is whole.
buffers() {
  buffers=1
  cannot stream "$1"
}

never_replaced() {
  cannot recycle "it is one process for all its life; the pool reaches it at an address"
}

# It says things on its process's stderr, not in STDERR records.
prints() {
  [ $front != run ] || cannot stderr "what \`fcgi run\` leaves running has no stderr"
}

# ---- PHP ----
with_php() {
  [ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || absent "without PHP" || return 1
  there "$@" || return 1
  mkdir -p site
  cp "$apps/php/app.php" site/
  base=/app.php
}

in_php_cgi() {
  with_php php-cgi php-cgi || return 1
  about="php-cgi $(php-cgi -v | sed -n 's/^PHP \([^ ]*\).*/\1/p'), started by the pool"
  serve --app ".php=php-cgi -d post_max_size=64M"
}

fpm() { # fpm LISTEN ADDRESS OPTIONS...
  fpm=$(ls /usr/sbin/php-fpm* 2>/dev/null | tail -n 1)
  with_php php-fpm "${fpm:-php-fpm}" || return 1
  sed "s|^listen = .*|listen = $1|; s|^user = .*|user = $(id -un)|; s|^error_log = .*|error_log = $dir/fpm.log|" \
    "$apps/php/php-fpm.conf" >fpm.conf
  [ "$(id -u)" = 0 ] || sed -i '/^user = /d' fpm.conf
  echo "listen.mode = 0666" >>fpm.conf # for a server that is another user
  beside "$fpm" --nodaemonize --fpm-config "$dir/fpm.conf" $([ "$(id -u)" = 0 ] && echo --allow-to-run-as-root)
  to=$2
  shift 2
  await "$@" && serve --connect ".php=$to"
}

in_php_fpm() {
  fpm "$dir/fpm.sock" "unix:$dir/fpm.sock" test -S "$dir/fpm.sock" || return 1
  about="php-fpm $($fpm -v | sed -n 's/^PHP \([^ ]*\).*/\1/p'), Unix socket"
}

in_php_fpm_tcp() {
  number=$(port)
  fpm 127.0.0.1:$number tcp:127.0.0.1:$number listens $number || return 1
  about="php-fpm $($fpm -v | sed -n 's/^PHP \([^ ]*\).*/\1/p'), TCP"
}

# ---- Perl ----
with_perl() { # with_perl PACKAGE MODULE
  there perl /usr/bin/perl || return 1
  /usr/bin/perl -M"$2" -e 1 2>/dev/null || absent "Perl's $2 is not there (Debian's $1)" || return 1
  about="Perl's $2 $(/usr/bin/perl -M"$2" -e "print \$$2::VERSION")"
  base=
}

in_perl() { with_perl libfcgi-perl FCGI && serve --app "/=/usr/bin/perl '$apps/perl/app.pl'"; }
in_perl_fast() { with_perl libcgi-fast-perl CGI::Fast && serve --app "/=/usr/bin/perl '$apps/perl/fast.pl'"; }

with_plack() { # with_plack PACKAGE MODULE FILE
  with_perl libplack-perl Plack && with_perl "$1" "$2" || return 1
  buffers "Plack's FCGI sends 8 KiB at a time, or what there is at the end"
  serve --start-ms 30000 --app "/=/usr/bin/plackup -s FCGI --manager 0 '$apps/perl/$3'"
}

in_perl_plack() { with_plack libplack-perl Plack app.psgi; }
in_perl_dancer() { with_plack libdancer2-perl Dancer2 dancer.psgi && about="$about, on Plack"; }
in_perl_mojo() {
  [ -z "$prefix" ] || cannot utf8 "Mojolicious takes bytes for Latin-1 where it is not at the root"
  with_plack libmojolicious-perl Mojolicious mojo.psgi && about="$about, on Plack"
}

in_perl_async() {
  with_perl libnet-async-fastcgi-perl Net::Async::FastCGI || return 1
  about="$about, 8 requests on a connection"
  serve --app "/=/usr/bin/perl '$apps/perl/async.pl'" --multiplex 8
}

# ---- Ruby ----
with_ruby() { # with_ruby PACKAGE LIBRARY
  there ruby /usr/bin/ruby || return 1
  /usr/bin/ruby -r"$2" -e 1 2>/dev/null || absent "Ruby's $2 is not there (Debian's $1)" || return 1
  base=
  buffers "Ruby's fcgi sends an answer when it is whole"
  closes=1
}

in_ruby() {
  with_ruby ruby-fcgi fcgi || return 1
  about="Ruby's fcgi $(version ruby-fcgi)"
  serve --app "/=/usr/bin/ruby '$apps/ruby/app.rb'" --new-connection-each
}

in_ruby_rack() {
  with_ruby ruby-fcgi fcgi && with_ruby ruby-rack rack || return 1
  about="Ruby's Rack $(version ruby-rack), on fcgi"
  serve --app "/=/usr/bin/ruby '$apps/ruby/rack.rb' '$apps/ruby/config.ru'" --new-connection-each
}

# ---- Python ----
with_python() { # with_python PACKAGE MODULE NAME
  there python3 /usr/bin/python3 || return 1
  /usr/bin/python3 -c "import $2" 2>/dev/null || absent "$3 is not there (Debian's $1)" || return 1
  about="$3 $(version "$1")"
  base=
}

on_serve() { # on_serve MODULE
  about="$about, on serve.py"
  serve --start-ms 30000 --env "PYTHONPATH=$apps/python" --env PYTHONDONTWRITEBYTECODE=1 \
    --app "/=/usr/bin/python3 '$apps/python/serve.py' $1"
}

on_uwsgi() { # on_uwsgi FILE
  there uwsgi-core uwsgi || return 1
  [ -e /usr/lib/uwsgi/plugins/python3_plugin.so ] || absent "uWSGI's Python is not there (Debian's uwsgi-plugin-python3)" || return 1
  about="$about, on uWSGI $(version uwsgi-core)"
  closes=1
  prints
  serve --start-ms 30000 --new-connection-each --env PYTHONDONTWRITEBYTECODE=1 \
    --app "/=uwsgi --ini '$apps/python/uwsgi.ini' --chdir '$apps/python' --wsgi-file $1"
}

in_python() { with_python python3-flask flask Flask && on_serve app; }
in_python_uwsgi() { with_python python3-flask flask Flask && on_uwsgi app.py; }
in_django() { with_python python3-django django Django && on_serve django_app; }
in_django_uwsgi() { with_python python3-django django Django && on_uwsgi django_app.py; }

# ---- Go ----
with_go() {
  there golang-go go || return 1
  (cd "$apps/go" && GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$folder/go-cache} go build -o "$dir/app" .) || return 1
  about="Go's net/http/fcgi, $(go version | sed 's/.* \(go[0-9.]*\) .*/\1/')"
  base=
}

in_go() { with_go && prints && serve --app "/='$dir/app' -prefix '$prefix'"; }

in_go_address() {
  with_go || return 1
  about="$about, TCP"
  number=$(port)
  never_replaced
  cannot killed "there is nobody else to serve then"
  beside "$dir/app" -listen 127.0.0.1:$number -prefix "$prefix"
  await listens $number && serve --connect "/=tcp:127.0.0.1:$number"
}

# ---- C and C++ ----
with_cc() { # with_cc COMPILER SOURCE LIBRARIES...
  there gcc "$1" && there libfcgi-dev /usr/include/fcgiapp.h || return 1
  compiler=$1 source=$2
  shift 2
  $compiler -O1 -o app "$apps/$source" "$@" || return 1
  base=
}

in_c() {
  with_cc cc c/app.c -lfcgi || return 1
  about="C, libfcgi $(version libfcgi-dev): fcgi_stdio"
  serve --app "/='$dir/app'"
}

in_c_threads() {
  with_cc cc c/threaded.c -lfcgi -pthread || return 1
  about="C, libfcgi: 8 threads of a process"
  serve --app "/='$dir/app'" --per-process 8
}

in_cpp() {
  with_cc c++ c++/app.cc -lfcgi++ -lfcgi || return 1
  about="C++, libfcgi++ $(version libfcgi-dev)"
  serve --app "/='$dir/app'"
}

# ---- Lua, CGI, JavaScript, Java, C# ----
in_lua() {
  there lua-wsapi-fcgi lua5.1 /usr/bin/wsapi.fcgi || return 1
  about="Lua's WSAPI $(version lua-wsapi-fcgi)"
  base=
  serve --app "/=lua5.1 '$apps/lua/app.lua'"
}

in_fcgiwrap() {
  there fcgiwrap fcgiwrap || return 1
  mkdir -p site
  cp "$apps/fcgiwrap/app.cgi" site/
  about="fcgiwrap $(version fcgiwrap), a CGI program in Perl"
  base=/app.cgi
  buffers "fcgiwrap sends 8 KiB at a time, or what there is at the end"
  prints
  serve --app ".cgi=fcgiwrap"
}

in_node() {
  there node-fastcgi node /usr/share/nodejs/node-fastcgi || return 1
  about="node-fastcgi $(version node-fastcgi), $(command node --version)"
  base=
  closes=1
  case $front in
    isapi* | iis7) for size in 65535 65536 65537 10m; do cannot post_$size "node-fastcgi waits for ever for a body that comes in parts; httpd gathers it first"; done ;; # these pass it on as it comes
  esac
  serve --new-connection-each --env NODE_PATH=/usr/share/nodejs --app "/=node '$apps/node/app.js'"
}

in_java() {
  there openjdk-17-jdk-headless java javac && there libjetty9-extra-java /usr/share/java/jetty9-fcgi-server.jar || return 1
  about="Java, Jetty's FastCGI server $(version libjetty9-extra-java), TCP"
  base=
  number=$(port)
  jars=
  for jar in fcgi-server fcgi-client server http io util; do jars=$jars:/usr/share/java/jetty9-$jar.jar; done
  never_replaced
  cannot killed "there is nobody else to serve then"
  hides=1 # Java and C# show fields, and what their interfaces name
  cannot utf8 "Jetty 9 takes DOCUMENT_URI, which is decoded, for an encoded path, and never answers where it has a %"
  beside java -cp "${jars#:}:/usr/share/java/servlet-api.jar" "$apps/java/App.java" $number $prefix
  await listens $number && serve --connect "/=tcp:127.0.0.1:$number"
}

in_csharp() {
  there mono-fastcgi-server4 fastcgi-mono-server4 && there mono-mcs mcs || return 1
  mkdir -p app/bin
  cp "$apps/csharp/web.config" app/ && mcs -target:library -r:System.Web.dll -out:app/bin/App.dll "$apps/csharp/App.cs" || return 1
  [ -z "$prefix" ] || cannot redirect "Mono takes PATH_INFO for the whole path, and does not know what is before it"
  about="C#, ASP.NET on mono-fastcgi-server4 $(version mono-fastcgi-server4)"
  base=
  hides=1
  prints
  serve --start-ms 60000 --app "/=fastcgi-mono-server4 '/applications=/:$dir/app' /socket=pipe" --env LANG=C.UTF-8
}
