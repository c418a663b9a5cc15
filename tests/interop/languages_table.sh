# languages_table.sh: what came of languages.sh, as languages.md.  Sourced.

row() {
  printf '|'
  printf ' %s |' "$@"
  printf '\n'
}

make_table() {
  title="Languages" option=
  [ $front = httpd ] || title="Languages through $front" option=" --front $front"
  cat <<TXT
# $title

Made by \`tests/interop/languages.sh$option --table\` with the applications in \`examples/apps\`, as Debian has their languages and
libraries, behind $(front_about $front),
with at most 2 processes of 30 requests each. What is set beyond that stands in \`examples/apps/README.md\`.

TXT
  for name in $there; do echo "- **$name**: $(cat "$folder/results/$name.about")"; done
  printf '\n"-": the language or its library cannot: see below.\n\n'
  row case $(for name in $there; do echo "$name"; done)
  row --- $(for name in $there; do echo ---; done)
  for case in $cases; do
    printf '| %s |' "$(describe "$case")"
    for name in $there; do
      case $(cat "$folder/results/$name.$case") in
        yes) printf ' yes |' ;;
        cannot*) printf ' - |' ;;
        *) printf ' **no** |' ;;
      esac
    done
    echo
  done
  printf '\n## What cannot be\n\n'
  for name in $there; do
    for case in $cases; do
      sed -n "s/^cannot: /- $name, $(describe "$case"): /p" "$folder/results/$name.$case"
    done
  done
  for name in $names; do
    if [ -e "$folder/results/$name.absent" ]; then
      echo "- $name was left out: $(tr '\n' ' ' <"$folder/results/$name.absent")"
    fi
  done
}
