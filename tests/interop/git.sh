#!/bin/sh
# Claim: Git over smart HTTP, and cgit's pages, through fcgiwrap behind httpd: clone, push of 100 MB, fetch, browse.
# usage: git.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
program fcgiwrap fcgiwrap
program git git
[ -x /usr/lib/git-core/git-http-backend ] || skip "there is no git-http-backend (Debian's git)"
begin "$@"
megabytes=${FCGICLIENT_TEST_MEGABYTES:-100}
export HOME="$folder" GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_PROJECT_ROOT="$folder/repositories"
git config --global user.name Tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global safe.directory '*'

git init -q --bare "$GIT_PROJECT_ROOT/one.git"
git -C "$GIT_PROJECT_ROOT/one.git" config http.receivepack true
cp "$apps"/git/*.cgi "$folder/site/"
cp "$apps/git/gitweb.conf" "$folder/site/"
cp /usr/share/cgit/cgit.css "$folder/site/" 2>/dev/null
ln -s /usr/share/gitweb/static "$folder/site/static"
: >"$folder/site/gitweb.fcgi"
serve --app .cgi=fcgiwrap --app ".fcgi=perl '$apps/git/gitweb.pl'" --env GITWEB_CONFIG="$apps/git/gitweb.conf" --env HOME="$HOME" --env GIT_PROJECT_ROOT="$GIT_PROJECT_ROOT" --max-chunked 2147483648 --processes 4
remote=$url/git.cgi/one.git

claim "an empty repository is cloned" git clone -q "$remote" first
cd first || exit 1
printf '# Größe\n\nA file with <angles> & more.\n' >README.md
git add . && git commit -qm 'The first one: größer'
claim "a small push is taken" git push -q origin HEAD:main
head -c "${megabytes}000000" /dev/urandom >large
git add large && git commit -qm "$megabytes MB"
since=$(date +%s)
claim "a push of $megabytes MB is taken" git push -q origin HEAD:main
echo "told a push of $megabytes MB took $(($(date +%s) - since)) s"
cd .. || exit 1
claim "it is cloned again" git clone -q "$remote" second
claim "as it was" cmp first/large second/large
(cd second && git checkout -qb side && echo more >more && git add more && git commit -qm more && git push -q origin side) 2>/dev/null
claim "another branch is fetched" git -C first fetch -q origin side
claim "a shallow clone has one commit" sh -c "git clone -q --depth 1 '$remote' third && [ \$(git -C third rev-list --count HEAD) = 1 ]"
for n in 1 2 3 4; do git clone -q --depth 1 -b side "$remote" "at-once-$n" 2>/dev/null & clones="${clones:-} $!"; done
claim "four clones at once" wait_for $clones
claim "the repository is whole" git -C "$GIT_PROJECT_ROOT/one.git" fsck --no-progress
claim "a repository that is not there is 404" is 404 "$url/git.cgi/none.git/info/refs?service=git-upload-pack"
claim "out of the folder leads no path" is 40[0-9] "$url/git.cgi/%2e%2e/%2e%2e/etc/passwd"

if [ -x /usr/lib/cgit/cgit.cgi ]; then
  claim "cgit lists the repository" shows "$url/cgit.cgi/" 'one.git'
  claim "its commits" shows "$url/cgit.cgi/one.git/log/" 'The first one: größer'
  claim "a file" shows "$url/cgit.cgi/one.git/tree/README.md" '&lt;angles&gt; &amp; more'
  claim "a difference" shows "$url/cgit.cgi/one.git/diff/README.md?id=$(git -C first rev-parse HEAD~1)" 'Größe'
  claim "a snapshot is downloaded" sh -c "curl -sf -m 100 '$url/cgit.cgi/one.git/snapshot/one-side.tar.gz' | tar tzf - | grep -q README.md"
else
  echo "cgit is left out: /usr/lib/cgit/cgit.cgi is not there (Debian's cgit)"
fi
if [ -x /usr/share/gitweb/gitweb.cgi ]; then
  claim "gitweb, started by fcgiwrap, lists the repository" shows "$url/gitweb.cgi" 'one.git'
  claim "gitweb, a FastCGI program, lists it too" shows "$url/gitweb.fcgi" 'one.git'
  claim "a file is as it was" sh -c "curl -sf '$url/gitweb.fcgi?p=one.git;a=blob_plain;f=large;hb=main' | cmp - first/large"
  [ ! -x /usr/lib/cgit/cgit.cgi ] || drive git "$folder"
else
  echo "gitweb is left out: /usr/share/gitweb/gitweb.cgi is not there (Debian's gitweb)"
fi
finish
