# wine.sh: what scripts with Windows programs share: source it behind packaging/support.sh.
# win PROGRAM...: as under Windows, for at most a minute; what it prints has no \r.  Not for a pipe: a Windows program
# prints into files only.
: "${WINEPREFIX:=$(cd "$(dirname "$0")/../../.." && pwd)/build/windows/prefix}"
: "${WINEDEBUG:=-all}"
: "${WINEDLLOVERRIDES:=mscoree,mshtml,winedbg.exe=}"
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
wine=/usr/lib/wine/wine64
[ -x $wine ] || { echo "there is no $wine"; exit 77; }
win() {
  timeout 60 $wine "$@" >said.raw 2>cried.raw </dev/null
  win_status=$?
  tr -d '\r' <said.raw
  tr -d '\r' <cried.raw >&2
  return $win_status
}
# The name that a file here has there.
there() { printf 'Z:%s' "$1" | tr / '\\'; }
# soon COMMAND...: waits until it succeeds.
soon() { turns=0; until "$@" >/dev/null 2>&1; do turns=$((turns + 1)); [ $turns -lt 300 ] || return 1; sleep 0.1; done; }
