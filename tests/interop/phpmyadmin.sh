#!/bin/sh
# Claim: phpMyAdmin as Debian has it, with php-cgi behind httpd, with a MariaDB of its own: a table, a dump of 20 MB in and out.
# usage: phpmyadmin.sh HTTPD [PICTURES]
here=$(cd "$(dirname "$0")" && pwd)
. "$here/applications.sh"
[ -z "${FCGICLIENT_TEST_NO_PHP:-}" ] || skip "without PHP"
program php-cgi php-cgi
program mariadbd mariadb-server-core
program mariadb mariadb-client-core
[ -e /usr/share/phpmyadmin/index.php ] || skip "there is no phpMyAdmin (Debian's phpmyadmin)"
[ -r /var/lib/phpmyadmin/blowfish_secret.inc.php ] || skip "its secret in /var/lib/phpmyadmin is for root and www-data"
browser >/dev/null || skip "$(browser)"
begin "$@"
megabytes=${FCGICLIENT_TEST_MEGABYTES:-20}
chmod 711 "$folder"

# ---- MariaDB, in the folder: no service, no network ----
as=$(id -un)
mariadb-install-db --no-defaults --datadir="$folder/data" --user="$as" --auth-root-authentication-method=normal --skip-test-db >install.log 2>&1 ||
  { tail -n 5 install.log; exit 1; }
mariadbd --no-defaults --user="$as" --datadir="$folder/data" --socket="$folder/sql" --pid-file="$folder/sql.pid" --skip-networking \
  --character-set-server=utf8mb4 --innodb-buffer-pool-size=128M --innodb-flush-log-at-trx-commit=2 >sql.log 2>&1 &
database=$!
trap '[ -z "$server" ] || { kill $server; wait $server; }; [ $database = 0 ] || kill -9 $database; rm -rf "$folder"' EXIT
sql() { # sql STATEMENTS [DATABASE]
  mariadb --no-defaults --socket="$folder/sql" --user=root -N -e "$1" ${2:-}
}
until sql 'select 1' >/dev/null 2>&1; do
  kill -0 $database 2>/dev/null || { tail -n 5 sql.log; exit 1; }
  sleep 0.1
done
sql "create user anna@localhost identified by 'very secret 1'; grant all on *.* to anna@localhost; create database sent; create database again"

# ---- A dump as mariadb-dump writes it, in statements of a hundred rows ----
/usr/bin/perl -e 'my ($size, $n) = (0, 0);
  print "SET NAMES utf8mb4;\nCREATE TABLE rows_of (id INT PRIMARY KEY, name VARCHAR(40), data VARCHAR(120)) DEFAULT CHARSET=utf8mb4;\n";
  while ($size < $ARGV[0] * 1e6) {
    my $statement = "INSERT INTO rows_of VALUES " . join(",", map { $n++; "($n,\x27Gr\xc3\xb6\xc3\x9fe $n\x27,\x27" . (sprintf("%x-", $n * 7919) x 8) . "\x27)" } 1 .. 100) . ";\n";
    print $statement; $size += length $statement }' "$megabytes" >dump.sql
mariadb --no-defaults --socket="$folder/sql" --user=root sent <dump.sql
[ "$as" != root ] || users="--user www-data --app-user www-data"
mkdir sessions && chmod 1777 sessions
# shellcheck disable=SC2086
serve --root /usr/share/phpmyadmin --index index.php ${users:-} --request-ms 600000 --activity-ms 600000 \
  --app ".php=php-cgi -c '$apps/phpmyadmin/php.ini' -d session.save_path=$folder/sessions -d mysqli.default_socket=$folder/sql"

same() { # same DATABASE: its table is what was in the dump
  [ "$(sql 'checksum table rows_of' "$1" | cut -f 2)" = "$(sql 'checksum table rows_of' sent | cut -f 2)" ]
}
claim "it asks who one is" shows /index.php 'input_username'
drive phpmyadmin "$folder"
claim "the table that was created is there" test "$(sql 'select group_concat(name order by id) from one' world)" = 'Größe <b>,zweiter'
claim "each row of the dump arrived" same world
mariadb --no-defaults --socket="$folder/sql" --user=root again <"$(ls "$folder"/down/*.sql)"
claim "each row came back" same again
kill $database
wait $database
database=0
claim "MariaDB ends in order" grep -q 'Shutdown complete' sql.log
finish
