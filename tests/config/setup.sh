#!/bin/sh
# `fcgi config --install`, `--add`, `--uninstall` on an applicationHost.config in the layout of each version of IIS.
# usage: setup.sh FCGI FOLDER (which has the files)
fcgi=$1 layouts=$2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset FCGICLIENT_INI
checks=0 failures=0
f=applicationHost.config

claim() { # claim SENTENCE: the command before it was right
  status=$?
  checks=$((checks + 1))
  [ "$status" = 0 ] && return
  failures=$((failures + 1))
  echo "FAILED: $version: $1"
  cat out
}
config() { "$fcgi" config -f $f "$@" >out 2>&1; }
has() { grep -qF -- "$1" $f; }
lacks() { ! has "$1"; }
line_of() { grep -nF -- "$1" $f | head -n 1 | cut -d : -f 1; }
same() { cmp -s "$1" "$2"; }
changed() { diff "$1" $f | sed -n 's/^\([<>]\)[ \t]*/\1 /p' | tr -d '\r'; } # lines that only one of the two has
php='C:\php & more\php-cgi.exe'
written='C:\php &amp; more\php-cgi.exe'
dll='C:\fcgi\fcgiclient_iis7.dll'
handler='<add name="fcgiclient-php" path="*.php" verb="*" modules="fcgiclient" scriptProcessor="'$written'" resourceType="Either" requireAccess="Script" />'

for file in "$layouts"/iis-*.config; do
  version=$(basename "$file" .config)
  rm -f -- *
  cp "$file" $f

  config --dry-run --install "$dll" && same "$file" $f && [ "$(ls)" = "$(printf '%s\nout' $f)" ] && grep -q '^would add to globalModules: <add name="fcgiclient"' out
  claim "a dry run tells, and does nothing"
  ! config --add "$php" php && same "$file" $f
  claim "an extension is not given to a module that is not there"
  config --install "$dll" && has "<add name=\"fcgiclient\" image=\"$dll\" />" && has '<add name="fcgiclient" />'
  claim "--install puts the module in two places"
  [ "$(line_of 'image="C:\fcgi')" -gt "$(line_of '<globalModules>')" ] && [ "$(line_of 'image="C:\fcgi')" -lt "$(line_of '</globalModules>')" ] &&
    [ "$(line_of '<add name="fcgiclient" />')" -gt "$(line_of '<modules>')" ] && [ "$(line_of '<add name="fcgiclient" />')" -lt "$(line_of '</modules>')" ]
  claim "which are <globalModules> and <modules>"
  same "$file" $f.1.backup
  claim "the file is kept as it was"
  config --add "$php" php && has "$handler" && has "<application fullPath=\"$written\" />"
  claim "--add makes the application and its handler"
  [ "$(line_of 'fcgiclient-php')" -gt "$(line_of '<handlers accessPolicy')" ] &&
    [ "$(line_of 'fcgiclient-php')" -lt "$(line_of 'name="StaticFile"')" ] &&
    { lacks PHP_via || [ "$(line_of 'fcgiclient-php')" -lt "$(line_of PHP_via)" ]; }
  claim "the handler stands before all that could serve in its place"
  changed "$file" | grep -v '^> <.*fcgiclient' | grep -v '^> <application fullPath="C:.php &amp; more' |
    grep -vE '^[<>] </?fastCgi ?/?>$' | grep . >out
  [ ! -s out ]
  claim "nothing else has come, and nothing has gone"
  if grep -q "$(printf '^\t')" "$file"; then ! grep -q '^ ' $f; else ! grep -q "$(printf '\t')" $f; fi
  claim "tabs stay tabs, and blanks stay blanks"
  [ "$(grep -c "$(printf '\r')" $f)" = "$(if grep -q "$(printf '\r')" "$file"; then grep -c '' $f; else echo 0; fi)" ]
  claim "the ends of lines are those of the file"
  "$fcgi" config check $f >out 2>&1
  grep -q 'php & more' out && ! grep -q '^error' out
  claim "what came out is a good file, and leads *.php to the program"
  cp $f before && config --install "$dll" && config --add "$php" php && same before $f && [ ! -e $f.3.backup ]
  claim "a second time changes nothing"
  config --install 'D:\new\fcgiclient_iis7.dll' && has 'image="D:\new\fcgiclient_iis7.dll"' && lacks "$dll" && [ "$(grep -c 'name="fcgiclient"' $f)" = 2 ]
  claim "another DLL takes the place of the first"
  config --uninstall && lacks 'name="fcgiclient' && lacks "$written"
  claim "--uninstall takes all of it out"
  if grep -q PHP_via "$file"; then lacks 'fileExtension=".php"'; else has '<add fileExtension=".php" allowed="false" />'; fi
  claim "an extension that nobody serves then is refused, and no other"
  [ "$(grep -c '<!--' $f)" = "$(grep -c '<!--' "$file")" ] && has "<directoryBrowse enabled='true' />"
  claim "comments stay, and what is not ours"
  cp $f before && config --uninstall && same before $f && grep -q 'Nothing is to be done' out
  claim "a second --uninstall does nothing"
  config --install "$dll" && config --add "$php" php && lacks 'fileExtension=".php"'
  claim "an extension that is served again is not refused"

  cp "$file" $f
  config --install 'C:\fcgi\fcgiclient_isapi.dll' && has '<add path="C:\fcgi\fcgiclient_isapi.dll" allowed="true" groupId="fcgiclient" description="FastCGI by libfcgiclient" />'
  claim "the ISAPI extension is allowed"
  config --ini my.ini --add /bin/sh php && has 'modules="IsapiModule" scriptProcessor="C:\fcgi\fcgiclient_isapi.dll"' &&
    [ "$(cat my.ini)" = "$(printf '[Types]\nphp=sh\n\n[sh]\nExePath=/bin/sh')" ]
  claim "--add then changes the fcgiext.ini, and maps the extension to the DLL"
  cp $f before && cp my.ini my.before && config --ini my.ini --add /bin/sh .php && same before $f && same my.before my.ini
  claim "a second time changes neither"
  config --ini my.ini --add /bin/cat txt && grep -qx txt=cat my.ini && has 'name="fcgiclient-txt"'
  claim "another extension may have another program"
  config --uninstall && lacks fcgiclient && has '<add fileExtension=".txt" allowed="false" />'
  claim "--uninstall takes that out, too"
done

version=others
rm -f -- *
config --install x.dll
[ $? = 65 ] && grep -q 'No such file' out
claim "a file that is not there is an error"
printf '<configuration><a></configuration>' >$f
! config --install x.dll && grep -q 'ends that did not begin' out && [ "$(cat $f)" = '<configuration><a></configuration>' ]
claim "what is no XML is left alone"
printf '<configuration/>' >$f
config --install x.dll && has '<globalModules>' && has '<system.webServer>' && config --add /bin/sh php && has '<handlers>' && "$fcgi" config check $f >out 2>&1
claim "sections that are not there are made"
! config --install a.dll --uninstall
claim "one thing at a time"
! config --add /bin/sh
claim "--add needs an extension"
! config --add /bin/sh 'p"p'
claim "which is one"
printf 'MZ%58s\200\000\000\000%64sPE\000\000d\206%4000s' '' '' '' | tr ' ' '\000' >x.dll
cp x.dll y.dll && config --install y.dll && has 'preCondition="bitness64"'
claim "a DLL of 64 bits is for pools of 64 bits"

version=sites
cat >$f <<'XML'
<configuration>
  <system.webServer>
    <handlers>
      <add name="StaticFile" path="*" verb="*" modules="StaticFileModule" />
    </handlers>
  </system.webServer>
  <location path="Default Web Site">
    <system.webServer>
      <handlers>
        <add name="fcgiclient-php" path="*.php" verb="*" modules="fcgiclient" scriptProcessor="C:\php\php-cgi.exe" resourceType="Either" />
      </handlers>
    </system.webServer>
  </location>
  <location path="Shop">
    <system.webServer>
      <handlers>
        <add name="theirs" path="*.php" verb="*" modules="FastCgiModule" scriptProcessor="C:\php\php-cgi.exe" />
      </handlers>
    </system.webServer>
  </location>
</configuration>
XML
cp $f before
config --install "$dll" && config --add 'C:\php\php-cgi.exe' php && [ "$(grep -c 'name="fcgiclient-php"' $f)" = 2 ] &&
  [ "$(line_of fcgiclient-php)" -lt "$(line_of StaticFile)" ]
claim "a handler of a site's own is not taken for the server's"
grep -qF '"Shop" has a handler of its own for *.php: there it comes before this one.' out && grep -qF '"Default Web Site" has' out
claim "and is told of"
cp $f before && config --add 'C:\php\php-cgi.exe' php && same before $f
claim "a second time changes nothing here either"
config --uninstall && lacks 'modules="fcgiclient"' && has 'name="theirs"' && has '<application fullPath="C:\php\php-cgi.exe" />'
claim "--uninstall takes ours out of sites, and leaves what others need"
has '<add fileExtension=".php" allowed="false" />' && grep -qF '"Shop" has a handler of its own for *.php: allow the extension' out
claim "scripts are refused where nobody serves them, and who is left without is told"

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
