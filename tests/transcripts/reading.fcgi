fcgi 1
# What comes in: records cut, padded, empty, wrong.

claim "An answer in many records is the same however it is cut." KF-021 KF-022 KF-038 KF-066
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: te"
< STDOUT "xt/plain\r\n" padding=3
< STDERR "a notice"
< STDOUT "X-A: 1\r\n\r" padding=255
< STDOUT "\nhel"
< STDOUT "lo" padding=1
< STDOUT ""
< END_REQUEST padding=7
= a head 200 Content-Type=text/plain X-A=1
= a body "hello"
= a stderr "a notice"
= a done OK received=5

---
claim "Padding is skipped on every record, on empty ones and on the end too." KF-023 KF-024 KF-027
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\n" padding=255
< STDERR "" padding=9
< STDOUT "one" padding=6
< STDOUT "" padding=8
< END_REQUEST padding=255
= a body "one"
= a done OK
! request b REQUEST_METHOD=GET SCRIPT_NAME=/y
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\ntwo"}
< END_REQUEST
= b body "two"
= b done OK

---
claim "A STDERR record without padding at the end of a read leaves the connection as it is." KF-025
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
= a body "hi"
< STDERR "late"
= a stderr "late"
< STDOUT "!"
= a body "!"
< END_REQUEST
= a done OK
! request b REQUEST_METHOD=GET SCRIPT_NAME=/y
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST
= b done OK

---
claim "Empty STDERR records change nothing." KF-026
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDERR ""
< STDERR "" padding=8
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
< STDERR ""
< STDOUT ""
< STDERR ""
< END_REQUEST
= a body "hi"
= a done OK

---
claim "An end inside a record's header is told at once." KF-028
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
< raw "\x01\x06\x00"
< close
= a done error=TRUNCATED | error=IO

---
claim "An end inside padding, with no END_REQUEST, is told at once." KF-027 KF-028 KF-063
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< raw "\x01\x06\x00\x01\x00\x1e\x08\x00Content-Type: text/plain\r\n\r\nhi\x00\x00"
< close
= a done error=TRUNCATED | error=IO

---
claim "What was said before a close is heard." KF-029 KF-046 KF-065
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n" random(100000, 7)}
< END_REQUEST
< close
= a body random(100000, 7)
= a done OK received=100000

---
claim "STDOUT with id 0 is a fault of the application." KF-030
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT id=0 "Content-Type: text/plain\r\n\r\nhi"
= a done error=PROTOCOL

---
claim "END_REQUEST with id 0 is a fault of the application." KF-030
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< END_REQUEST id=0
= a done error=PROTOCOL

---
claim "Records of an id that is not active are skipped, 65,535 bytes and padding too." KF-020
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT id=77 repeat("\x01", 65535) padding=255
< 99 repeat("x", 65535) padding=1
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
< END_REQUEST
= a body "hi"
= a done OK

---
claim "Percent signs in STDERR are text." KF-032
pool stderr=events
whole # a line that comes in two reads becomes two events
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDERR "100%s%n%d of it\n"
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= event text~"100%s%n%d of it"
= a done OK

---
claim "Controls in STDERR are escaped where they become log lines." KF-033
pool stderr=events
whole # a line that comes in two reads becomes two events
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDERR "before\e[31mred\rforged\n"
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= event text~"before\\x1b[31mred\\rforged"
= a done OK

---
claim "STDERR of 65,535 bytes without a newline is handed on." KF-031 KF-034 KF-035
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDERR random(65535, 5)
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= a stderr random(65535, 5)
= a body "hi"
= a done OK

---
claim "STDERR is handed on when the request fails, too." KF-153
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDERR "PHP Fatal error: no"
< END_REQUEST app=255
= a stderr "PHP Fatal error: no"
= a done error=HEAD app=255

---
claim "A head beyond 64 KiB is refused." KF-036 KF-081
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\nX-Long: " repeat("h", 70000) "\r\n\r\nhi"}
= a done error=HEAD

---
claim "Stray zeros behind the end harm no request, and the connection is not used again." KF-042
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
< raw "\x00\x00\x00\x00"
= a body "hi"
= a done OK
> close
! request b REQUEST_METHOD=POST SCRIPT_NAME=/y body="x"
-- connection 2
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"x"}
< STDOUT {"Content-Type: text/plain\r\n\r\nyo"}
< END_REQUEST
= b body "yo"
= b done OK

---
claim "A record of version 72 is named as an HTTP server."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
< raw "HTTP/1.1 400 Bad Request\r\n\r\n"
< half-close
= a done error=PROTOCOL text~"72" text~"HTTP"

---
claim "A record of version 22 is named as TLS."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
< raw "\x16\x03\x01\x00\x02\x02\x28"
= a done error=PROTOCOL text~"22" text~"TLS"

---
claim "A record that only a web server sends is a fault of the application."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
< BEGIN_REQUEST id=1
= a done error=PROTOCOL text~"BEGIN_REQUEST"

---
claim "An END_REQUEST of 4 bytes is a fault of the application."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> BEGIN_REQUEST
> ...
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
< END_REQUEST "\x00\x00\x00\x00"
= a done error=PROTOCOL

---
claim "A type that nobody knows is skipped."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< 200 "what is this" padding=4
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= a body "hi"
= a done OK
