#!/bin/sh
# git.cgi: Git's smart HTTP as a CGI program, which fcgiwrap starts: git clone http://HOST/git.cgi/NAME.git
# Repositories are in $GIT_PROJECT_ROOT; one may be pushed to where `git config http.receivepack true` was said in it.
export GIT_PROJECT_ROOT="${GIT_PROJECT_ROOT:-/srv/git}" GIT_HTTP_EXPORT_ALL=1
exec git http-backend
