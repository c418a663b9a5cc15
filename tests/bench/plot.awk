# plot.awk: a picture (SVG) of the tables of results.md that compare web servers: CPU of a request, the best other being 1.
# usage: awk -f plot.awk results.md >results.svg
function text(x, y, what, more) {
  printf "<text x=\"%d\" y=\"%d\" %s>%s</text>\n", x, y, more, what
}
BEGIN {
  FS = " *[|] *"
  left = 130; unit = 170; bar = 16; y = 30; most = 3
}
/^### / { name = substr($0, 5); next }
/^## / { name = "" }
name != "" && /^[|] *(nginx|haproxy|lighttpd|h2o|apache|httpd)/ {
  if (name != last) {
    y += last == "" ? 10 : 30
    body[++n] = "T" y "\t" name
    last = name
    y += 10
  }
  split($2, words, " ")
  ratio = $5
  gsub(/[*]/, "", ratio)
  body[++n] = "B" y "\t" words[1] "\t" ratio "\t" $3
  y += bar + 4
}
END {
  width = left + most * unit + 130
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n", width, y + 20
  printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
  text(10, 20, "CPU of a request in the web server, the best other being 1; bars end at 3 (results.md)", "font-weight=\"bold\"")
  for (i = 1; i <= n; i++) {
    split(substr(body[i], 2), part, "\t")
    if (body[i] ~ /^T/) {
      text(10, part[1] + 4, part[2], "font-weight=\"bold\"")
      continue
    }
    long = part[3] > most ? most : part[3]
    text(left - 8, part[1] + bar - 1, part[2], "text-anchor=\"end\"")
    printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", left, part[1] + 2, long * unit, bar,
      part[2] ~ /^httpd/ ? "#c0392b" : "#7f8c8d"
    text(left + long * unit + 6, part[1] + bar - 1, part[3] " (" part[4] " us)")
  }
  printf "<line x1=\"%d\" y1=\"34\" x2=\"%d\" y2=\"%d\" stroke=\"black\" stroke-dasharray=\"3\"/>\n", left + unit, left + unit, y + 4
  print "</svg>"
}
