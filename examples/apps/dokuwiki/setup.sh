#!/bin/sh
# setup.sh: a wiki in a folder of its own, of Debian's dokuwiki: DIR/site is served, DIR/conf and DIR/data are not.
# usage: sh setup.sh DIR
package=/usr/share/dokuwiki
[ -n "${1:-}" ] && [ -e $package/doku.php ] || { echo "usage: sh setup.sh DIR (needs Debian's dokuwiki)" >&2; exit 2; }
mkdir -p "$1/site" "$1/conf" "$1/data" && cd "$1" || exit 1
for file in doku.php index.php install.php feed.php lib; do ln -sfn "$package/$file" "site/$file"; done
for folder in inc lib vendor; do ln -sfn "$package/$folder" "$folder"; done
for folder in attic cache index locks log media media_attic media_meta meta pages tmp; do mkdir -p "data/$folder"; done
ln -sf /etc/dokuwiki/license.php conf/license.php # what the installer reads of the defaults
cat >conf/local.protected.php <<CONF
<?php
\$conf['savedir'] = '$PWD/data';
CONF
echo "<?php \$plugins['testing'] = 0;" >conf/plugins.protected.php
