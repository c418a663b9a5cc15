# debian_source.sh: files out of Debian's source packages, with lists of apt's own; installs nothing, needs no root.  Sourced.

# source_open FOLDER: lists and downloads go there; FOLDER/log says what went wrong.
source_open() {
  mkdir -p "$1/parts" "$1/lists/partial" "$1/cache/archives/partial" || return 1
  chmod 755 "$1"
  source_folder=$(cd "$1" && pwd)
  [ -s "$source_folder/sources.list" ] || source_places >"$source_folder/sources.list"
  source_apt apt-get -qq update >>"$source_folder/log" 2>&1
}

# Where the packages of this machine came from; else where Debian is.
source_places() {
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  signed=
  [ ! -e $key ] || signed="[signed-by=$key] "
  places=$(apt-cache policy 2>/dev/null |
    sed -n "s|^ *[0-9]* \(https*:[^ ]*debian[^ ]*\) \([^ /]*\)/main [^ ]* Packages|deb-src $signed\1 \2 main|p" | sort -u)
  name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  [ -n "$places" ] || places="deb-src ${signed}http://deb.debian.org/debian $name main
deb-src ${signed}http://deb.debian.org/debian-security $name-security main"
  echo "$places"
}

source_apt() { # source_apt PROGRAM ARGUMENTS...
  source_program=$1
  shift
  $source_program -o Dir::Etc::sourcelist="$source_folder/sources.list" -o Dir::Etc::sourceparts="$source_folder/parts" \
    -o Dir::State::lists="$source_folder/lists" -o Dir::Cache="$source_folder/cache" -o APT::Sandbox::User=root \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=20 "$@" </dev/null
}

# source_files PACKAGE INTO [PATTERN...]: unpacks its upstream source into INTO without the outermost folder; only what the
# patterns name.  The newest version that can be had: not every one is kept.
source_files() {
  source_package=$1
  source_into=$2
  shift 2
  mkdir -p "$source_into" "$source_folder/$source_package" || return 1
  for version in $(source_apt apt-cache showsrc "$source_package" 2>/dev/null |
    sed -n "/^Package: /h; /^Version: /{G; s/^Version: \(.*\)\nPackage: $source_package\$/\1/p;}" | sort -rVu); do
    (cd "$source_folder/$source_package" &&
      source_apt apt-get -qq source --download-only --tar-only "$source_package=$version" >>"$source_folder/log" 2>&1) || continue
    tar xf "$source_folder/$source_package"/*.orig.tar.* -C "$source_into" --strip-components=1 \
      ${1:+--wildcards} "$@" 2>>"$source_folder/log" && return 0
  done
  return 1
}
