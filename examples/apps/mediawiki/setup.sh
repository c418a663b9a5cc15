#!/bin/sh
# setup.sh: a wiki in a folder of its own, of Debian's mediawiki, on SQLite: DIR/site is served; DIR/conf and DIR/db are not.
# usage: sh setup.sh DIR PASSWORD [TITLE [HOST:PORT]]: PASSWORD is Admin's
here=$(cd "$(dirname "$0")" && pwd)
package=/usr/share/mediawiki
[ -n "${2:-}" ] && [ -e $package/index.php ] || { echo "usage: sh setup.sh DIR PASSWORD [TITLE [HOST:PORT]] (needs Debian's mediawiki)" >&2; exit 2; }
mkdir -p "$1/site/images" "$1/conf" "$1/db" && cd "$1" || exit 1
for name in index.php load.php api.php rest.php thumb.php opensearch_desc.php resources skins extensions; do
  ln -sfn "$package/$name" "site/$name"
done
php $package/maintenance/install.php --dbtype sqlite --dbpath "$PWD/db" --confpath "$PWD/conf" --scriptpath '' \
  --server "http://${4:-127.0.0.1:8080}" --pass "$2" --lang en "${3:-Wiki}" Admin || exit 1
cat "$here/settings.php" >>conf/LocalSettings.php
echo "\$wgUploadDirectory = '$PWD/site/images';" >>conf/LocalSettings.php
