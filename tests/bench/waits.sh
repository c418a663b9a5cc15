# waits.sh: nobody waits without need: a byte that an application writes before it waits is with the client at once, and the
# first answer of a process comes as soon as it can.  usage: waits.sh FOLDER-OF-PROGRAMS HTTPD GUARDIAN
programs=$1 httpd=$2 guardian=$3
. "$(dirname "$0")/../packaging/support.sh"
here=$(dirname "$0")
. "$here/figures.sh"
front=
trap 'stop "$front"; rm -rf "$folder"' EXIT

serve() { # an httpd; sets port
  : >"$folder/index.php" >"$folder/url"
  "$httpd" --listen 127.0.0.1:0 --root "$folder" --connect .php=unix:"$folder/socket" --quiet >"$folder/url" &
  front=$!
  until grep -q http "$folder/url"; do sleep 0.05; done
  port=$(sed 's/.*:\([0-9]*\).*/\1/' "$folder/url")
}

# The quickest of many: what a busy machine does to the others is not ours.
first_byte() {
  "$programs/first" "$port" "$folder/socket" 100 | tee "$folder/first" && [ "$(field least_us "$folder/first")" -le 1000 ]
}

# A busy machine may spoil one measurement, not five.
start() {
  for try in 1 2 3 4 5; do
    "$programs/starts" 5 0 "$guardian" "$php" "$folder/x.php" | tee "$folder/starts"
    [ "$(field library_least_us "$folder/starts")" -le $((2 * $(field hand_least_us "$folder/starts"))) ] && return
  done
  return 1
}

serve
claim "a byte is with the client within 1 ms" first_byte
[ -n "${FCGICLIENT_TEST_NO_PHP:-}" ] || php=$(command -v php-cgi)
if [ -n "$php" ]; then
  echo '<?php echo "x";' >"$folder/x.php"
  claim "a process answers as soon as one that is started by hand, or nearly" start
fi
finish
