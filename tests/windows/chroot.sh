#!/bin/sh
# Runs a Windows program, 32 or 64 bit, under a Wine that has both widths: in a Debian of its own, since this machine's has the
# one.  root; FOLDER is made once (1.7 GB, a minute), and nothing stays mounted.
# usage: chroot.sh FOLDER PROGRAM ARGUMENTS...   the exit status is its own.  Paths below $FCGICLIENT_CHROOT_WORK, which is the
#                                                current folder if not set, are the same in there
#        chroot.sh FOLDER                        makes it only
#        chroot.sh FOLDER --end                  ends what runs in there
[ $# -gt 0 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
root=$1
shift
work=${FCGICLIENT_CHROOT_WORK:-$PWD}

make_root() {
  . "$(dirname "$0")/../../lib/packaging/debian.sh"
  need mmdebstrap arch-test || return 1
  from=$(apt-cache policy | sed -n 's|^ *[0-9]* \(https*:[^ ]*debian\) bookworm/main .*|\1|p' | head -n 1)
  rm -rf "$root"
  mkdir -p "$(dirname "$root")"
  mmdebstrap --quiet --mode=root --variant=apt --architectures=amd64,i386 --components=main \
    --include=wine,wine64,wine32:i386 --aptopt='APT::Install-Recommends "false"' bookworm "$root" \
    "${from:-http://deb.debian.org/debian}"
}

[ -e "$root/made" ] || { make_root >&2 && : >"$root/made"; } || exit 1
root=$(cd "$root" && pwd)
export WINEPREFIX=/root/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winedbg.exe=' HOME=/root

inside() { # a namespace of mounts that ends with it
  unshare -m sh -c '
    root=$1 work=$2 here=$3
    shift 3
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mkdir -p "$root$work" &&
      mount --bind "$work" "$root$work" && exec chroot "$root" sh -c "cd \"\$0\" && exec \"\$@\"" "$here" "$@"' \
    sh "$root" "$work" "$PWD" "$@"
}

[ -e "$root/root/prefix/made" ] || {
  inside wineboot -i >/dev/null 2>&1 </dev/null
  inside wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null
  : >"$root/root/prefix/made"
}
[ $# -gt 0 ] || exit 0
[ "$1" != --end ] || { inside timeout 30 /usr/lib/wine/wineserver64 -k; exit; }
inside sh -c '/usr/lib/wine/wineserver64 -p60 >/dev/null 2>&1; exec wine "$@"' sh "$@"
