# dump.sh: fcgi dump shows records as they are, and names what is wrong with its place.
# usage: sh dump.sh FCGI
fcgi=$1
. "$(dirname "$0")/support.sh"

# shows STATUS WORDS BYTES: dumping these bytes (as printf has them) ends so, and says these words.
shows() {
  printf "$3" >"$folder/in"
  "$fcgi" dump "$folder/in" >"$folder/out" 2>&1
  status=$?
  cat "$folder/out"
  [ $status = "$1" ] && grep -qF -- "$2" "$folder/out"
}

begin='\001\001\000\001\000\010\000\000\000\001\001\000\000\000\000\000'
claim "BEGIN_REQUEST" shows 0 'role=RESPONDER (1) flags=1 KEEP_CONN' "$begin"
claim "the place of a record" shows 0 '00000010 > STDIN id=1 length=0 padding=0 (the end of the stream)' \
  "$begin"'\001\005\000\001\000\000\000\000'
claim "parameters, a line each" shows 0 '  NAME="a b"' '\001\004\000\001\000\011\000\000\004\003NAMEa b'
claim "a pair that is cut between records" shows 0 '  NAME=value' \
  '\001\004\000\001\000\005\000\000\004\005NAM\001\004\000\001\000\006\000\000Evalue\001\004\000\001\000\000\000\000'
claim "parameters that end inside a pair" shows 68 '! PARAMS end inside a pair' \
  '\001\004\000\001\000\005\000\000\004\005NAM\001\004\000\001\000\000\000\000'
claim "a head" shows 0 'head: status 404, 1 fields' \
  '\001\006\000\001\000\072\000\000Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nno page'
claim "a malformed head" shows 68 '! ' '\001\006\000\001\000\014\000\000no head\n\nabc'
claim "END_REQUEST" shows 0 'app=258 status=OVERLOADED (2)' '\001\003\000\001\000\010\000\000\000\000\001\002\002\000\000\000'
claim "an END_REQUEST that is too short" shows 68 '! END_REQUEST has 8 bytes' '\001\003\000\001\000\004\000\000\000\000\000\000'
claim "id 0 where a request's is due" shows 68 '! id 0 is for management records' '\001\005\000\000\000\000\000\000'
claim "a type that nobody knows" shows 68 '! there is no such type' '\001\143\000\001\000\000\000\000'
claim "HTTP" shows 68 '00000000: version 72, not 1: these are letters' 'HTTP/1.1 200 OK\r\n'
claim "what is no record is a fault that is counted" shows 68 '0 records, 1 faults' 'HTTP/1.1 200 OK\r\n'
claim "TLS" shows 68 'this is TLS' '\026\003\001\000\002'
claim "a stream that is out of step" shows 68 '00000010: version 0, not 1: the stream is out of step' "$begin"'\000\001'
claim "a header that is cut off" shows 68 "inside a record's header, 3 of 8 bytes are here" '\001\005\000'
claim "a record that is cut off" shows 68 'inside a record of type STDIN: 7 bytes are missing' '\001\005\000\001\000\012\000\000abc'
claim "an empty file is no fault" shows 0 '0 records, 0 faults' ''
claim "controls do not reach the terminal" shows 0 '"a\e[31mb"' '\001\005\000\001\000\007\000\000a\033[31mb'
claim "a file that is not there" [ "$("$fcgi" dump "$folder/none" >/dev/null 2>&1; echo $?)" = 65 ]
finish
