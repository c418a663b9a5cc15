# debian.sh: for the scripts that build here: installs the Debian packages that are missing, and nothing else.  Sourced.

# have PACKAGE: is it installed?
have() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "$0: needs root or sudo to run: $*" >&2
    return 1
  fi
}

# Quiet unless it fails.
apt() {
  said=$(as_root apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -qq "$@" 2>&1) && return 0
  echo "$said" >&2
  return 1
}

# A package's daemons stay off: only its programs are wanted.  A policy that is there already is left alone.
install_without_services() {
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    apt install -y --no-install-recommends "$@"
    return
  fi
  trap 'as_root rm -f $policy; exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null && as_root chmod 755 $policy &&
    apt install -y --no-install-recommends "$@"
  status=$?
  as_root rm -f $policy
  trap - INT TERM HUP
  return $status
}

# php-fpm enables its service for the next start of the machine; undone where this script has installed it.
keep_php_fpm_off() {
  for unit in /lib/systemd/system/php*-fpm.service; do
    [ -e "$unit" ] || continue
    unit=${unit##*/}
    as_root deb-systemd-helper disable "$unit" >/dev/null 2>&1
    as_root update-rc.d "${unit%.service}" disable >/dev/null 2>&1
  done
  return 0
}

# need PACKAGE...: installs those that are missing; no network when all are there.
need() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "$0: this is no Debian system; going on in the hope that these are installed: $*" >&2
    return 0
  fi
  missing=
  for package in "$@"; do
    have "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing:$missing"
  # shellcheck disable=SC2086
  apt update && install_without_services $missing || {
    echo "$0: could not install$missing; install them by hand, then run this again." >&2
    return 1
  }
  case $missing in *php-fpm*) keep_php_fpm_off ;; esac
}
