# figures.sh: starting and stopping what is measured, medians, ratios, table lines.  Sourced by run.sh.

stop() {
  [ -z "$1" ] || { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
}

respond() { # respond BODY-BYTES: a responder at $folder/socket
  stop "$responder"
  rm -f "$folder/socket"
  "$programs/responder" "$folder/socket" "$1" &
  responder=$!
  until [ -S "$folder/socket" ]; do sleep 0.05; done
}

median() { # of numbers, one a line
  sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

ratio() {
  awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

field() { # field NAME FILE: the word behind NAME, in each line
  awk -v name="$1" '{ for (i = 1; i < NF; i++) if ($i == name) print $(i + 1) }' "$2"
}

line() { # line TEXT: of the result, shown too
  echo "$1" | tee -a "$folder/results"
}
