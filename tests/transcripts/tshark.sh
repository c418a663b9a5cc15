# tshark.sh: another decoder reads what we send: tshark finds as many records as fcgi dump, and nothing malformed.
# usage: sh tshark.sh FCGI APP
command -v tshark >/dev/null && command -v text2pcap >/dev/null || { echo "no tshark, no text2pcap"; exit 77; }
fcgi=$1 app=$2
. "$(dirname "$0")/support.sh"

# The recorded bytes of both directions as the packets of a connection.
packets() { # packets NAME
  for server in "$folder/$1"/*.server; do
    for file in "$server" "${server%server}app"; do
      rm -f "$folder"/piece.*
      split -b 30000 "$file" "$folder/piece."
      for piece in "$folder"/piece.*; do
        case $file in *.server) echo O ;; *) echo I ;; esac
        od -Ax -tx1 -v "$piece"
      done
    done
  done
}


read_all() { # how many records tshark sees
  tshark -r "$folder/$1.pcap" -d tcp.port==9000,fcgi -T fields -e fcgi.type 2>/dev/null | tr ',' '\n' | grep -c .
}

dump_all() { # how many there are
  for file in "$folder/$1"/*; do
    "$fcgi" dump "$file" | sed -n 's/^\([0-9]*\) records, .*/\1/p'
  done | awk '{n += $1} END {print n}'
}

nothing_malformed() {
  [ -z "$(tshark -r "$folder/$1.pcap" -d tcp.port==9000,fcgi -Y '_ws.malformed || fcgi.version != 1' 2>/dev/null)" ]
}

names() { # the names of parameters that tshark read
  tshark -r "$folder/$1.pcap" -d tcp.port==9000,fcgi -T fields -e fcgi.nv_name 2>/dev/null | tr ',' '\n' | grep -cx "$2"
}

check() { # check NAME REQUESTS
  packets "$1" >"$folder/$1.txt"
  text2pcap -q -D -T 40000,9000 "$folder/$1.txt" "$folder/$1.pcap" 2>/dev/null
  claim "$1: tshark finds nothing malformed" nothing_malformed "$1"
  claim "$1: tshark finds as many records as there are" [ "$(read_all "$1")" = "$(dump_all "$1")" ]
  claim "$1: there are records at all" [ "$(dump_all "$1")" -ge 20 ]
  claim "$1: tshark reads each request's parameters" [ "$(names "$1" REQUEST_METHOD)" = "$2" ]
}

head -c 200000 /dev/urandom >"$folder/body"
start ours "$app"
claim "a GET" "$fcgi" run -s /hello "$address"
claim "a body of 200,000 bytes" "$fcgi" run -s '/x?echo=1' -X POST -b "$folder/body" "$address"
claim "long parameters" "$fcgi" run -s /hello -p "LONG=$(head -c 20000 /dev/zero | tr '\0' v)" -p EMPTY= "$address"
claim "requests one after the other" "$fcgi" run -s /hello --repeat 10 "$address"
stop
check ours 13
finish
