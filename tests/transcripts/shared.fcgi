fcgi 1
# Requests that share a connection (§3.3), read-ahead, gathered bodies.

claim "Two requests share a connection, and are answered in the other order."
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> BEGIN_REQUEST id=$a flags=KEEP_CONN
> PARAMS id=$a {SCRIPT_NAME=/a REQUEST_METHOD=GET}
> STDIN id=$a {}
> BEGIN_REQUEST id=$b flags=KEEP_CONN
> PARAMS id=$b {SCRIPT_NAME=/b REQUEST_METHOD=GET}
> STDIN id=$b {}
< STDOUT id=$b {"Content-Type: text/plain\r\n\r\nanswer b"}
< END_REQUEST id=$b
= b body "answer b"
= b done OK
< STDOUT id=$a {"Content-Type: text/plain\r\n\r\nanswer a"}
< END_REQUEST id=$a
= a body "answer a"
= a done OK

---
claim "Answers whose records are mixed go each to its request." KF-038
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> ...
> BEGIN_REQUEST id=$a
> BEGIN_REQUEST id=$b
< STDOUT id=$a "Content-Type: te"
< STDOUT id=$b "Content-Type: text/plain\r\nX-B: 1\r\n" padding=5
< STDERR id=$a "of a"
< STDOUT id=$a "xt/plain\r\n\r\naa"
< STDOUT id=$b "\r\nbb"
< STDOUT id=$a "aa"
< STDERR id=$b "of b"
< END_REQUEST id=$a
< STDOUT id=$b "bb"
< END_REQUEST id=$b
= a head 200 Content-Type=text/plain
= a body "aaaa"
= a stderr "of a"
= a done OK
= b head 200 Content-Type=text/plain X-B=1
= b body "bbbb"
= b stderr "of b"
= b done OK

---
claim "The lowest id is used again, and never one that is active." KF-017
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> ...
> BEGIN_REQUEST id=1
> BEGIN_REQUEST id=2
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=1
= a done OK
! request c REQUEST_METHOD=GET SCRIPT_NAME=/c
> BEGIN_REQUEST id=1
< STDOUT id=2 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=2
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST id=1
= b done OK
= c done OK

---
claim "Who cancels is aborted, and the others go on."
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> BEGIN_REQUEST id=$a
> PARAMS id=$a {...}
> STDIN id=$a {}
> BEGIN_REQUEST id=$b
> PARAMS id=$b {...}
> STDIN id=$b {}
! a cancel
= a done error=CANCELED
> ABORT_REQUEST id=$a
< END_REQUEST id=$a app=1
< STDOUT id=$b {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST id=$b
= b body "b"
= b done OK

---
claim "A malformed head fails its request alone." KF-074
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> ...
> BEGIN_REQUEST id=$a
> BEGIN_REQUEST id=$b
< STDOUT id=$a {"Content-Length: +5\r\n\r\nhello"}
= a done error=HEAD
< END_REQUEST id=$a
< STDOUT id=$b {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST id=$b
= b body "b"
= b done OK

---
claim "One that holds keeps nobody waiting."
pool per_connection=10 connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
! a hold after=1
-- connection 1
> ...
> BEGIN_REQUEST id=$a
> BEGIN_REQUEST id=$b
< STDOUT id=$a {"Content-Type: text/plain\r\n\r\n" random(100000, 1)}
< END_REQUEST id=$a
< STDOUT id=$b {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST id=$b
= b body "b"
= b done OK
= no a done within 10ms
! a resume
= a body random(100000, 1)
= a done OK

---
claim "An application that cannot share says so, and gets one request on a connection."
pool per_connection=10 connections=2
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
-- connection 1
> ...
> BEGIN_REQUEST id=$a
> BEGIN_REQUEST id=$b
< END_REQUEST id=$b status=CANT_MPX_CONN
-- connection 2
> ...
> BEGIN_REQUEST id=$b
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST
= b body "b"
= b done OK tries=2
-- connection 1
< STDOUT id=1 {"Content-Type: text/plain\r\n\r\na"}
< END_REQUEST id=1
= a body "a"
= a done OK

---
claim "With read-ahead the application is done before its reader is."
direct # its end has to be there before the next request begins
pool read_ahead=262144
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
! a hold after=1
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n" random(150000, 2)}
< END_REQUEST
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
> BEGIN_REQUEST
> PARAMS {SCRIPT_NAME=/b ...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST
= b done OK
! a resume
= a body random(150000, 2)
= a done OK

---
claim "A gathered body of unknown length is sent with its true length." KF-013 KF-124 KF-126
! request a REQUEST_METHOD=POST SCRIPT_NAME=/a length=gather
! a write "hello "
! a write "world"
! a finish
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=POST SCRIPT_NAME=/a CONTENT_LENGTH=11}
> STDIN {"hello world"}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK sent=11

---
claim "A body that is gathered takes no connection until it is whole."
pool gather=1
! request a REQUEST_METHOD=POST SCRIPT_NAME=/a length=5
! a write "he"
= a sent
= no a head within 10ms
! a write "llo"
! a finish
-- connection 1
> BEGIN_REQUEST
> PARAMS {CONTENT_LENGTH=5 ...}
> STDIN {"hello"}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "Whether requests may share a connection is asked once, on a connection of its own, and keeps nobody waiting."
pool per_connection=auto
! request a REQUEST_METHOD=GET SCRIPT_NAME=/a
-- connection 1
> BEGIN_REQUEST id=$a
> PARAMS {...}
> STDIN {}
-- connection 2
> GET_VALUES {FCGI_MPXS_CONNS= FCGI_MAX_CONNS= FCGI_MAX_REQS=}
-- connection 1
< STDOUT id=$a {"Content-Type: text/plain\r\n\r\na"}
< END_REQUEST id=$a
= a done OK
-- connection 2
< GET_VALUES_RESULT {FCGI_MPXS_CONNS=1 FCGI_MAX_CONNS=1 FCGI_MAX_REQS=50}
> close
! request b REQUEST_METHOD=GET SCRIPT_NAME=/b
! request c REQUEST_METHOD=GET SCRIPT_NAME=/c
-- connection 3
> BEGIN_REQUEST id=$b
> PARAMS id=$b {SCRIPT_NAME=/b ...}
> STDIN id=$b {}
> BEGIN_REQUEST id=$c
> PARAMS id=$c {SCRIPT_NAME=/c ...}
> STDIN id=$c {}
< STDOUT id=$c {"Content-Type: text/plain\r\n\r\nc"}
< END_REQUEST id=$c
= c done OK
< STDOUT id=$b {"Content-Type: text/plain\r\n\r\nb"}
< END_REQUEST id=$b
= b done OK
