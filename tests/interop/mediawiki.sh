#!/bin/sh
# Claim: MediaWiki as Debian has it, on SQLite, with php-cgi behind httpd: log in, write, edit, history, upload, search.
# usage: mediawiki.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || skip "without PHP"
wiki=/usr/share/mediawiki
program php php-cli
program php-cgi php-cgi
[ -e $wiki/maintenance/install.php ] || skip "there is no MediaWiki (Debian's mediawiki)"
for extension in sqlite3 mbstring xml intl gd; do
  php-cgi -m | grep -qix $extension || skip "PHP has no $extension (Debian's php-$extension)"
done
begin "$@"

claim "it installs itself in a folder" sh "$apps/mediawiki/setup.sh" "$folder/wiki" 'very secret 1' 'Größer Wiki' 127.0.0.1
serve --root "$folder/wiki/site" --env MW_CONFIG_FILE="$folder/wiki/conf/LocalSettings.php" --index index.php \
  --app ".php=php-cgi -d session.save_path=$folder -d post_max_size=64M -d upload_max_filesize=64M"

hidden() { # what the form of the page hides, for curl
  /usr/bin/perl -ne 'while (/<input([^>]*)>/g) { my $tag = $1; next unless $tag =~ /type=["\x27]hidden/;
    my ($name) = $tag =~ /name=["\x27]([^"\x27]*)/; next if ($name // "title") eq "title"; my ($value) = $tag =~ /value="([^"]*)|value=\x27([^\x27]*)/ ? $1 // $2 : "";
    $value =~ s/&quot;/"/g; $value =~ s/&amp;/&/g; s/\x27//g for $name; print "data-urlencode = \"$name=", $value =~ s/([\\"])/\\$1/gr, "\"\n" }' page
}
submit() { # submit PATH CURL-OPTIONS...: the form of the page that was visited
  hidden >form
  visit "$@" -K form
}

claim "the main page is shown" shows '/index.php?title=Main_Page' 'MediaWiki has been installed'
visit '/index.php?title=Special:UserLogin'
submit '/index.php?title=Special:UserLogin' -d 'wpName=Admin&wpPassword=wrong&wploginattempt=Log+in'
claim "a wrong password is refused" has 'Incorrect username or password'
visit '/index.php?title=Special:UserLogin'
submit '/index.php?title=Special:UserLogin' --data-urlencode 'wpPassword=very secret 1' -d 'wpName=Admin&wploginattempt=Log+in'
claim "the right one leads on" status 302
claim "the next page knows who asks" shows '/index.php?title=Special:Preferences' 'Admin'

visit '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&action=edit'
submit '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&action=submit' --data-urlencode 'wpTextbox1=== Überschrift ==
The word xylophone, <nowiki><b></nowiki> and [[Main Page]].' -d 'wpSummary=new&wpSave=Save'
claim "a page is created" status 302
claim "and shown in its letters" shows '/index.php/Gr%C3%B6%C3%9Fe:_eins' 'Überschrift'
visit '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&action=edit'
submit '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&action=submit' --data-urlencode 'wpTextbox1=Another text, with zebra.' -d 'wpSummary=other&wpSave=Save'
claim "it is edited" status 302
claim "its history has both" shows '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&action=history' '(other)\|>other<'
claim "and their difference" shows '/index.php?title=Gr%C3%B6%C3%9Fe:_eins&diff=cur&oldid=prev' 'zebra'

printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0\220wS\336\0\0\0\14IDATx\234c\370\317\300\0\0\3\1\1\0\311\376\222\357\0\0\0\0IEND\256B`\202' >dot.png
visit '/index.php?title=Special:Upload'
hidden | sed -n 's/^data-urlencode = "\(wpEditToken\)=\(.*\)"$/\2/p' | sed 's/\\\\/\\/g' >token
visit '/index.php?title=Special:Upload' -F "wpEditToken=$(cat token)" -F 'wpUploadFile=@dot.png' -F wpDestFile=Dot.png -F wpUpload=Upload \
  -F wpUploadDescription=dot -F wpIgnoreWarning=1
claim "a picture is uploaded" status 302
claim "it has a page" shows '/index.php?title=File:Dot.png' '1 × 1 pixels'
claim "and is served" sh -c "curl -sf '$url/images/$(ls -d "$folder"/wiki/site/images/?/*/Dot.png | sed 's,.*/images/,,')' | cmp - dot.png"
claim "its recent changes" shows '/index.php?title=Special:RecentChanges' 'Dot.png'
claim "styles come from load.php" shows '/load.php?lang=en&modules=site.styles|skins.vector.styles.legacy&only=styles&skin=vector' '{'
claim "the API answers" shows '/api.php?action=query&format=json&titles=Main_Page' '"pageid"'
claim "so does REST" shows '/rest.php/v1/page/Main_Page' '"title"'
drive mediawiki "$folder"
finish
