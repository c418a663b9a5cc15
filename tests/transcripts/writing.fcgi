fcgi 1
# What goes out: records, parameters, the ends of streams.  The strict reader judges every byte besides.

claim "A body of 65,535 bytes arrives whole, in records that hold what their headers say." KF-001
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x body=random(65535, 1)
-- connection 1
> BEGIN_REQUEST role=RESPONDER flags=KEEP_CONN
> PARAMS {SCRIPT_NAME=/x REQUEST_METHOD=POST CONTENT_LENGTH=65535 ...}
> STDIN {random(65535, 1)}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=65535

---
claim "A body of 65,536 bytes arrives whole." KF-001
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x body=random(65536, 2)
-- connection 1
> BEGIN_REQUEST
> PARAMS {CONTENT_LENGTH=65536 ...}
> STDIN {random(65536, 2)}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=65536

---
claim "A body of 131,072 bytes arrives whole." KF-001 KF-012
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x body=random(131072, 3)
-- connection 1
> BEGIN_REQUEST
> PARAMS {CONTENT_LENGTH=131072 ...}
> STDIN {length=131072 sha256=a5d855e49a225a3f6d50aeac7dcc481acb55e9d6c5df079840d860cb85a95671}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=131072

---
claim "Names and values of 127, 128, 255 and 256 bytes arrive as they are." KF-002
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x "A127"=repeat("v", 127) "A128"=repeat("w", 128) "A255"=repeat("x", 255) "A256"=repeat("y", 256) EMPTY=
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET SCRIPT_NAME=/x A127=repeat("v", 127) A128=repeat("w", 128) A255=repeat("x", 255) A256=repeat("y", 256) EMPTY= ...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "Parameters above the limit are refused before anything is sent, and the next request works." KF-003 KF-004
pool max_params=1000
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x BIG=repeat("b", 2000)
= a done error=PARAMS
! request b REQUEST_METHOD=GET SCRIPT_NAME=/y
-- connection 1
> BEGIN_REQUEST id=$b
> PARAMS {SCRIPT_NAME=/y REQUEST_METHOD=GET ...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= b done OK

---
claim "Many header fields above 65,528 bytes in all are refused." KF-003 KF-128
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x header="X-A: "repeat("a", 30000) header="X-B: "repeat("b", 30000) header="X-C: "repeat("c", 30000)
= a done error=PARAMS

---
claim "Reserved bytes are 0: a request is these bytes." KF-007
! request a A=b
-- connection 1
> raw "\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00"
> raw "\x01\x04\x00\x01\x00\x04\x00\x00\x01\x01Ab\x01\x04\x00\x01\x00\x00\x00\x00\x01\x05\x00\x01\x00\x00\x00\x00"
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "A last part of no bytes does not end the body twice." KF-008
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=3
! a write "abc"
! a write ""
! a finish
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN "abc"
> STDIN ""
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=3

---
claim "A finish in a turn of its own ends the body once." KF-009 KF-010 KF-011
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=3
-- connection 1
! a write "abc"
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"abc"} open
= a sent
> nothing within 10ms
! a finish
> STDIN ""
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "A body of unknown length is ended once, and has no CONTENT_LENGTH." KF-009 KF-011 KF-124
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=unknown
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=POST SCRIPT_NAME=/x}
! a write "ab"
! a write "cde"
! a finish
> STDIN {"abcde"}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=5

---
claim "A body of unknown length is refused with 411 where the caller wants that." KF-125
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=refuse
= a done error=LENGTH_REQUIRED

---
claim "An empty body of a POST is one empty STDIN." KF-009 KF-011
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=0
! a finish
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=POST SCRIPT_NAME=/x}
> STDIN ""
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "A body that ends short is never closed as if it were whole."
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=10
-- connection 1
! a write "abc"
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"abc"} open
! a finish
> close
= a done error=BODY

---
claim "A request that is canceled in mid-upload never sends the closing STDIN."
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=10
-- connection 1
! a write "abc"
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"abc"} open
! a cancel
> close | ABORT_REQUEST
= a done error=CANCELED

---
claim "Requests one after the other on a connection take the same low id." KF-017
! request a REQUEST_METHOD=GET SCRIPT_NAME=/1
-- connection 1
> BEGIN_REQUEST id=1
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n1"}
< END_REQUEST
= a done OK
! request b REQUEST_METHOD=GET SCRIPT_NAME=/2
> BEGIN_REQUEST id=1
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n2"}
< END_REQUEST
= b done OK
! request c REQUEST_METHOD=GET SCRIPT_NAME=/3
> BEGIN_REQUEST id=1
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n3"}
< END_REQUEST
= c done OK

---
claim "An empty value is sent as an empty value." KF-018 KF-019
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x SERVER_SOFTWARE=
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET SCRIPT_NAME=/x SERVER_SOFTWARE=}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK
