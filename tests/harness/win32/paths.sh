# paths.sh: fcgi and httpd on Windows with names that have blanks, letters of any language, or more than 260 characters.
# usage: sh paths.sh FCGI HTTPD APP
. "$(dirname "$0")/../../packaging/support.sh"
. "$(dirname "$0")/wine.sh"
export LC_ALL=C.UTF-8 # by which Wine reads the names that it gets from here
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
here="$folder/größe & Co 日本" part=$(printf '%060d' 0 | sed 's,00,aü,g')
deep="$here/$part/$part/$part/$part/$part"
mkdir -p "$deep" && cp "$1" "$here/fcgi.exe" && cp "$2" "$here/httpd ü.exe" && cp "$3" "$here/mü app.exe" &&
  cp "$3" "$deep/mü app.exe" || exit 1
for dll in "$(dirname "$1")"/*.dll; do
  [ ! -e "$dll" ] || cp "$dll" "$here"
done
also() { [ -z "${FCGICLIENT_TEST_ALL:-}" ] || claim "$@"; }
fcgi="$here/fcgi.exe" httpd="$here/httpd ü.exe"
cd "$folder" || exit 1

# ---- fcgi ----

echoes() { [ "$(win "$fcgi" run -d body -q echo=1 "$@")" = body ]; }
sends_body() { printf 'a füll body' >"$1/bö dy" && [ "$(win "$fcgi" run -b "$(there "$1/bö dy")" -q echo=1 "$(there "$here/mü app.exe")")" = "a füll body" ]; }
sends_params() {
  win "$fcgi" run -p "NAME=größe 日本" -H "X-Text: ä b" -q params=1 "$(there "$here/mü app.exe")" >out || return 1
  grep -q '^NAME=größe 日本$' out && grep -q '^HTTP_X_TEXT=ä b$' out || { cat out; return 1; }
}
plays() {
  printf '%s\n' 'fcgi 1' 'claim "one"' '! request a REQUEST_METHOD=GET SCRIPT_NAME=/x' '-- connection 1' '> ...' \
    '< STDOUT "Status: 234\r\n\r\nplayed"' '< END_REQUEST' '= a done OK' >"$1/über one.fcgi"
  win "$fcgi" play "$(there "$1/über one.fcgi")" >out && grep -q '^1 case in 2 plays, 0 failed' out
}
configures() { # configures FOLDER
  ini=$(there "$1/my fcgiext ü.ini")
  win "$fcgi" config -f "$ini" -add -section:App -extension:ü "-path:$(there "$here/mü app.exe")" &&
    grep -q '^ü=App' "$1/my fcgiext ü.ini" && win "$fcgi" config check "$ini" >out
}
claim "fcgi run starts a program whose path has blanks and letters" echoes "$(there "$here/mü app.exe")"
claim "fcgi run starts one whose path is long" echoes "$(there "$deep/mü app.exe")"
also "slashes are as good" echoes "Z:$here/mü app.exe"
also "a program in the current folder" echoes "$(basename "$here")/mü app"
also "fcgi run sends a file" sends_body "$here"
claim "fcgi run sends a file whose path is long" sends_body "$deep"
claim "fcgi run hands over any letters" sends_params
also "fcgi play plays a file" plays "$here"
claim "fcgi play plays a file whose path is long" plays "$deep"
also "fcgi config writes a file" configures "$here"
claim "fcgi config writes a file whose path is long" configures "$deep"

# ---- httpd ----

serve() { # serve OPTIONS...
  rm -f url
  $wine "$httpd" --listen 127.0.0.1:0 --quiet "$@" >url 2>events </dev/null &
  server=$!
  soon grep -q listening url || { cat events; return 1; }
  url=$(tr -d '\r' <url | sed 's/^listening on //; s,/$,,')
}
leave() {
  kill $server
  wait $server 2>/dev/null
  server=
}
gets() { [ "$(curl -s -m 30 "$url/$1")" = "$2" ]; }
serves() { # Wine does not know the whole name of a folder whose path is long, so --root has none
  printf 'a page' >"$here/seite ü.html"
  printf 'x' >"$here/öl.fc"
  serve --root "$(there "$here")" --app ".fc=\"$(there "$deep/mü app.exe")\"" || return 1
  gets "seite%20%C3%BC.html" "a page" &&
    curl -s -m 30 "$url/%C3%B6l.fc?params=1" | grep -q '^SCRIPT_NAME=/öl.fc' || { cat events; leave; return 1; }
  leave
}
serves_by_config() { # serves_by_config FOLDER
  printf '[Types]\nfc=My App\n[My App]\nExePath=%s\n' "$(there "$1/mü app.exe")" >"$1/my config.ini"
  serve --root "$(there "$here")" --config "$(there "$1/my config.ini")" || return 1
  printf 'x' >"$here/öl.fc"
  curl -s -m 30 "$url/%C3%B6l.fc?params=1" | grep -q '^SCRIPT_NAME=/öl.fc' || { cat events; leave; return 1; }
  leave
}
claim "httpd --root and --app" serves
also "httpd --config" serves_by_config "$here"
claim "httpd --config with long paths" serves_by_config "$deep"
finish
