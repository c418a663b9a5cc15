#!/bin/sh
# Claim: a Rails application, as Debian has Rails, behind httpd: routes, a form, sessions, redirects, an upload, errors.
# usage: rails.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
program ruby ruby
/usr/bin/ruby -e 'require "rails"; require "fcgi"' 2>/dev/null || skip "Rails or fcgi is not there (Debian's ruby-rails ruby-fcgi)"
begin "$@"
serve --app "/=/usr/bin/ruby '$apps/rails/dispatch.rb'" --new-connection-each --start-ms 60000 --processes 2

token() { # of the form that was visited
  sed -n 's/.*name="authenticity_token" value="\([^"]*\)".*/\1/p' "$folder/page" | head -n 1
}
location() {
  tr -d '\r' <"$folder/head" | sed -n 's/^[Ll]ocation: //p'
}
leads_to() { # leads_to STATUS PATTERN
  status "$1" && location | grep -qE "$2" || { location; return 1; }
}

visit /
claim "the root leads on" leads_to 302 '/notes$'
claim "there are no notes at first" shows /notes '0 notes'
claim "the form is shown" shows /notes/new 'name="title"'
visit /notes -d 'title=x&text=y'
claim "a form without its token is refused" status 422
claim "with its page" has 'This is not to be'
visit /notes/new
visit /notes --data-urlencode "authenticity_token=$(token)" --data-urlencode 'title=Größe <b>' --data-urlencode 'text=One
Two'
claim "a note is taken, and redirected to" leads_to 302 '/notes/0$'
claim "the session is in a cookie" grep -qi '^Set-Cookie: _notes=' "$folder/head"
claim "it is shown, with what was said of it" shows "$(location)" 'It is noted'
claim "in its own letters, escaped" has 'Größe &lt;b&gt;'
claim "it is in the list" shows /notes '1 note\.'
visit /notes/0
token=$(token)
claim "another one is not there" is 404 /notes/7
visit /notes/0 --data-urlencode "authenticity_token=$token" -d _method=delete
claim "it is deleted" leads_to 302 '/notes$'
claim "and gone" shows /notes '0 notes'
head -c 10000000 /dev/urandom >upload
visit /upload -F 'file=@upload;filename=größe.bin'
claim "an upload of 10 MB arrives" has "10000000 bytes, SHA-256 $(sha256sum upload | cut -c 1-64)"
claim "a page that is broken is a 500" is 500 /broken
claim "and in the log" grep -q 'this page is broken on purpose' "$folder/log"
claim "a path that leads nowhere is a 404" is 404 /nowhere
claim "HEAD" visit /notes -I
drive rails
finish
