#!/bin/sh
# `fcgi config`: each verb on a file of its own, what it prints and what the file is then.  usage: config.sh FCGI
fcgi=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset FCGICLIENT_INI
checks=0 failures=0
f=fcgiext.ini

claim() { # claim SENTENCE: the command before it was right
  status=$?
  checks=$((checks + 1))
  [ "$status" = 0 ] && return
  failures=$((failures + 1))
  echo "FAILED: $1"
  cat out 2>/dev/null
}
config() { "$fcgi" config "$@" >out 2>&1; }
is() { printf "$1" | cmp -s - "$2"; }

config -f $f -add -section:PHP -extension:php -path:/bin/sh && is '[Types]\nphp=PHP\n\n[PHP]\nExePath=/bin/sh\n' $f
claim "-add makes a file that is not there"
config -f $f /ADD /Section:Shop /EXTENSION:* /path:/bin/cat /application:/lm/w3svc/1/root/shop &&
  is '[Types]\nphp=PHP\n*:/lm/w3svc/1/root/shop=Shop\n\n[PHP]\nExePath=/bin/sh\n\n[Shop]\nExePath=/bin/cat\n' $f
claim "verbs may begin with / and have no case"
config --file $f -set -section:PHP -MaxInstances:8 && grep -qx MaxInstances=8 $f
claim "-set puts a setting in"
config -f $f -get -section:php -maxinstances && [ "$(cat out)" = 8 ]
claim "-get prints it"
config -f $f -get -section:php -QueueLength && [ "$(cat out)" = 1000 ]
claim "-get prints the default of what is not set"
cp $f before
config -n -f $f -set -section:PHP -MaxInstances: && cmp -s $f before && ! grep -q MaxInstances out
claim "a dry run prints the file as it would be and leaves it"
config -f $f -set -section:PHP -MaxInstances: && ! grep -q MaxInstances $f
claim "an empty value takes a setting out"
config -f $f -list -section:PHP && is '[PHP]\nExePath=/bin/sh\n' out
claim "-list prints one section"
config -f $f -enum && cmp -s out $f
claim "-enum prints the file"
FCGICLIENT_INI=$f config -list && cmp -s out $f
claim "the file may stand in FCGICLIENT_INI"
config -f $f -remove -section:PHP -norecycle &&
  is '[Types]\n*:/lm/w3svc/1/root/shop=Shop\n\n[Shop]\nExePath=/bin/cat\n' $f
claim "-remove takes the section and its line out, and -norecycle is understood"

cp $f before
refused() { # refused WORDS ARGUMENT...: status 65, these words, and the file as it was
  words=$1
  shift
  config "$@"
  [ $? = 65 ] && grep -qF -- "$words" out && cmp -s $f before
}
refused 'fcgiext.ini:6: [Shop] QueueLength is "x"; give a number from 1 to 100000000' -f $f -set -section:Shop -QueueLength:x
claim "a bad value is named with file, line and what is allowed"
refused 'has no setting "Nonsense"; the settings are ExePath' -f $f -set -section:Shop -Nonsense:1
claim "a setting that there is not is refused with those that there are"
refused 'the section "Gone" is not there' -f $f -set -section:Gone -QueueLength:1
claim "a section that is not there is named"
refused 'gets a site or an application, not both' -f $f -add -section:B -extension:b -path:/b -site:1 -application:/1/x
claim "-site and -application exclude each other"
refused '-section is given twice' -f $f -list -section:a -section:b
claim "an argument that is given twice is refused"
refused 'which file?' -list
claim "without a file there is a sentence that asks for one"
refused 'there is no such verb' -f $f -section:a
claim "without a verb there is one that says so"
refused 'read the file again by themselves' -f $f -syncini
claim "-syncini is refused with the reason"
config -help && grep -q -- '-remove -section:NAME' out
claim "-help shows the verbs"
config '-?' && grep -q -- '-remove -section:NAME' out && config '/?' && grep -q -- '-remove -section:NAME' out
claim "so do -? and /?"

printf '; mine\n[Types]\nphp=PHP\n[PHP]\nExePath=%s/gone\nMonitorChangesTo=php.ini\nMaxInstances=3\n' "$dir" >$f
config check $f
[ $? = 65 ] && grep -q 'ExePath .*/gone: NOT HERE: there is no such file' out &&
  grep -qF "MonitorChangesTo              NOT HERE: $dir/php.ini" out && grep -q '^2 of what it names' out
claim "check names what is not on this machine"
grep -q 'MaxInstances .*up to 3 processes, each with one request at a time$' out &&
  grep -q 'QueueLength .*up to 1000 requests wait; more get 503 (default)$' out &&
  grep -q '^.php is served by \[PHP\]$' out
claim "check tells what each value means and where it comes from"
printf '[Types]\nphp=PHP\n[PHP]\nExePath=/bin/sh\n' >$f
config check $f
claim "check is content with what is there"
printf '[Types]\nphp=PHP\n[PHP]\nExePath=/bin/sh\nIdleTimeout=1\nx\n' >$f
config check $f
[ $? = 65 ] && [ "$(grep -c '^error: ' out)" = 2 ]
claim "check names every bad line"

if "$fcgi" config check /dev/stdin <<X 2>&1 | grep -q 'which this build does not read'; then
<configuration/>
X
  echo "(import is not tried: built without expat)"
else
  cat >web.config <<'X'
<configuration><system.webServer><fastCgi>
<application fullPath="/bin/sh" arguments="-c 'exit 1'"/></fastCgi>
<handlers><add name="P" path="*.php" modules="FastCgiModule" scriptProcessor="/bin/sh|-c 'exit 1'"/></handlers>
</system.webServer></configuration>
X
  config -o imported.ini import web.config &&
    is "[Types]\nphp=sh\n\n[sh]\nExePath=/bin/sh\nArguments=-c 'exit 1'\nInstanceMaxRequests=200\n" imported.ini
  claim "import writes a fcgiext.ini"
  config check imported.ini
  claim "and that is a good one"
  config import web.config && cmp -s out imported.ini
  claim "import prints it without --output"
  config check web.config && grep -q 'InstanceMaxRequests .*after 200 requests (default)' out
  claim "check reads web.config too"
  cp web.config $f && cp $f before
  refused 'only a fcgiext.ini can be changed; this is XML' -f $f -list
  claim "XML is not changed"
fi
echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ]
