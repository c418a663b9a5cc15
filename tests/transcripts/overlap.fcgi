fcgi 1
# Both directions at once, early ends, cancels, closes.

claim "An answer before the body is read locks nobody." KF-043 KF-044
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x body=random(1000000, 1)
-- connection 1
stop-reading
< STDOUT {"Content-Type: text/plain\r\n\r\n" random(300000, 2)} id=1
= a body random(300000, 2)
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {random(1000000, 1)}
< END_REQUEST
= a done OK received=300000 sent=1000000

---
claim "An end in mid-upload is the answer, and the connection is spent." KF-045 KF-051
! request a REQUEST_METHOD=POST SCRIPT_NAME=/x length=100
-- connection 1
! a write "some"
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"some"} open
< STDOUT {"Status: 413 Too Large\r\n\r\n"}
< END_REQUEST
= a head 413 reason="Too Large"
= a done OK
> close

---
claim "Two requests on a connection that is kept, and on two that are not." KF-052
pool keep=0
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST flags=0
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST
< close
= a done OK
! request b REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 2
> BEGIN_REQUEST flags=0
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST
< close
= b done OK

---
claim "A cancel is no fault of the application." KF-056
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
! a cancel
= a done error=CANCELED
> close | ABORT_REQUEST

---
claim "A response that is whole by its length hears its END_REQUEST, and the connection is kept." KF-058
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Length: 2\r\nContent-Type: text/plain\r\n\r\nhi"
= a body "hi"
< STDOUT ""
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
claim "A close without END_REQUEST and without length is a response cut short." KF-063
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nhalf a pa"
< close
= a body "half a pa"
= a done error=TRUNCATED

---
claim "A close behind all of Content-Length is a whole response, and is said to be unclean." KF-064
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Length: 2\r\nContent-Type: text/plain\r\n\r\nhi"
< close
= a body "hi"
= a done OK unclean=1

---
claim "A reset in mid-answer is a response cut short." KF-028
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
< reset
= a done error=TRUNCATED | error=IO

---
claim "A held span stops the reading, and a resume lets it go on." KF-094
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
! a hold after=1
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= no done within 10ms
! a resume
= a body "hello"
= a done OK

---
claim "A silence beyond activity_ms ends the request, and only then."
pool activity_ms=300
whole
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nhi"
= no done within 50ms
= a done error=TIMEOUT_ACTIVITY

---
claim "A trickle longer than activity_ms, never silent for so long, is no timeout." KF-059 KF-060 KF-061
pool activity_ms=1000
whole
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\n"
wait 350ms
< STDOUT "a"
wait 350ms
< STDOUT "b"
wait 350ms
< STDOUT {"c"}
< END_REQUEST
= a body "abc"
= a done OK
