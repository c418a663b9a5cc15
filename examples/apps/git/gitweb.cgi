#!/bin/sh
# gitweb.cgi: gitweb's pages of the repositories in $GIT_PROJECT_ROOT: http://HOST/gitweb.cgi
export GITWEB_CONFIG="${GITWEB_CONFIG:-${SCRIPT_FILENAME%/*}/gitweb.conf}"
exec /usr/share/gitweb/gitweb.cgi
