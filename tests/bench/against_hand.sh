# against_hand.sh: how long somebody waits for a first byte: from a process that is started for it, and from one that writes and
# then waits.  Sourced by run.sh.
php=$(command -v php-cgi)

port=18231
serve_first() {
  exec "$programs/../bin/httpd" --listen 127.0.0.1:$port --root "$folder/www" --connect .php=unix:"$folder/first" --quiet
}

start_row() { # start_row NAME MIB
  "$programs/starts" 21 "$2" "$programs/../bin/fcl-guardian" "$php" "$folder/www/small.php" >"$folder/starts" || return
  ours=$(field library_median_us "$folder/starts") hand=$(field hand_median_us "$folder/starts")
  least=$(field library_least_us "$folder/starts") hand_least=$(field hand_least_us "$folder/starts")
  line "| $1 | $ours ($least) | $hand ($hand_least) | $(ratio "$ours" "$hand") |"
}

line ""
line "## The first byte"
line ""
if [ -n "$php" ]; then
  echo '<?php echo "small\n";' >"$folder/www/small.php"
  line "From a request to the first byte of its answer, with a php-cgi that is started for it, in microseconds: median (least) of 21, by"
  line "the library and by hand (fork, exec, connect), in turn. Wanted: at most 1.1 of a small host by hand, also from a large one."
  line ""
  line "| host | library | by hand | ratio |"
  line "|---|---|---|---|"
  start_row "small" 0
  small=$hand
  start_row "of 2 GiB" 2048 && line "| of 2 GiB, to by hand from a small one | | | $(ratio "$ours" "$small") |"
  line ""
fi
serve_first >"$folder/first.log" 2>&1 &
front=$!
sleep 0.5
timeout 60 "$programs/first" $port "$folder/first" 1000 >"$folder/firsts"
stop "$front"
front=
line "A byte that an application writes before it waits, until httpd's client has it: median $(field median_us "$folder/firsts") us, 99 % within $(field p99_us "$folder/firsts") us (wanted: 1,000)."
