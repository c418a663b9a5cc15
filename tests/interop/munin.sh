#!/bin/sh
# Claim: Munin's FastCGI programs behind httpd: pages and graphs of a year's measurements, made when asked for, zoomed into.
# usage: munin.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
[ -x /usr/lib/munin/cgi/munin-cgi-graph ] || skip "there are no programs of Munin's (Debian's munin)"
program rrdtool rrdtool
browser >/dev/null || skip "$(browser)"
begin "$@"

# ---- A year of measurements of two hosts, as munin-update would have kept them ----
now=$(($(date +%s) / 300 * 300))
mkdir -p data/example logs run images pages
archives=
for kind in AVERAGE MIN MAX; do
  for span in 1:576 6:432 24:540 288:450; do archives="$archives RRA:$kind:0.5:$span"; done
done
measured() { # measured HOST PLUGIN FIELD FACTOR
  # shellcheck disable=SC2086
  rrdtool create "data/example/$1-$2-$3-g.rrd" --step 300 --start $((now - 31536000)) DS:42:GAUGE:90000:U:U $archives
  /usr/bin/perl -e 'my ($now, $factor) = @ARGV;
    for (my $t = $now - 31535700; $t <= $now; $t += $t < $now - 3 * 86400 ? 3600 : 300) {
      printf "%d:%.3f\n", $t, $factor * (1.6 + sin($t / 13751) + 0.4 * sin($t / 601)) }' $now "$4" |
    xargs -n 2000 rrdtool update "data/example/$1-$2-$3-g.rrd"
}
{
  echo "version $(dpkg-query -W -f '${Version}' munin | sed 's/-.*//')"
  for host in one.example.org two.example.org; do
    for setting in "load.graph_title Load average" "load.graph_category system" "load.graph_vlabel load" "load.graph_order load" \
      "load.load.label load" "users.graph_title Visitors" "users.graph_category site" "users.graph_vlabel visitors" \
      "users.graph_order staff guests" "users.staff.label staff" "users.staff.draw AREA" "users.guests.label guests" "users.guests.draw STACK"; do
      echo "example;$host:$setting"
    done
    measured $host load load 1
    measured $host users staff 20
    measured $host users guests 35
  done
} >data/datafile
/usr/share/munin/munin-datafile2storable data/datafile >stored 2>convert.log || { cat convert.log; exit 1; }
mv stored data/datafile.storable
cp "$apps/munin/munin.conf" munin.conf
cat >>munin.conf <<CONF
tmpldir /etc/munin/templates
staticdir /etc/munin/static
dbdir $folder/data
logdir $folder/logs
rundir $folder/run
htmldir $folder/pages
cgitmpdir $folder/images
[example;one.example.org]
  address 127.0.0.1
[example;two.example.org]
  address 127.0.0.1
CONF
[ "$(id -u)" != 0 ] || { users="--user munin --app-user munin" && chmod 755 "$folder" && chown -R munin data logs run images pages; }
for program in munin-limits munin-html; do # as Munin's cron job does
  # shellcheck disable=SC2086
  ${users:+setpriv --reuid munin --regid munin --clear-groups} /usr/share/munin/$program --config munin.conf >cron.log 2>&1 || { cat cron.log; exit 1; }
done
# shellcheck disable=SC2086
serve ${users:-} --root "$folder/pages" --unchecked-scripts --env MUNIN_CONFIG="$folder/munin.conf" \
  --app .graph=/usr/lib/munin/cgi/munin-cgi-graph --app .pages=/usr/lib/munin/cgi/munin-cgi-html

graph() { # graph PATH: it is a PNG
  visit "/munin.graph/example/$1" && status 200 && [ "$(head -c 4 page | tail -c 3)" = PNG ]
}
claim "the overview has both hosts" shows / 'two.example.org'
for n in first second third; do claim "pages that are made when asked for: the $n" shows /munin.pages/ 'two.example.org'; done
for period in day week month year; do claim "a graph of a $period" graph one.example.org/load-$period.png; done
modified=$(tr -d '\r' <head | sed -n 's/^Last-Modified: //p')
claim "it says when it was made" test -n "$modified"
visit /munin.graph/example/one.example.org/load-year.png -H "If-Modified-Since: $modified"
claim "which saves sending it again" status 304
claim "a graph of any time" graph "one.example.org/users-pinpoint=$((now - 90000)),$((now - 80000)).png?size_x=800&size_y=400"
claim "of what is not there is none" is 404 /munin.graph/example/one.example.org/none-day.png
for n in 1 2 3 4 5 6 7 8; do curl -sf -m 60 -o "at-once-$n" "$url/munin.graph/example/two.example.org/users-week.png?no_cache=yes&n=$n" & asks="${asks:-} $!"; done
claim "eight at once" wait_for $asks
drive munin "$now"
finish
