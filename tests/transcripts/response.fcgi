fcgi 1
# The response head (RFC 3875), and the length of the body.

claim "A head in two records, with STDERR between, is one head." KF-068 KF-069
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT "Content-Type: text/plain\r\nX-A"
< STDERR "notice"
< STDOUT ": 1\r\n\r\nbody"
< STDOUT ""
< END_REQUEST
= a head 200 Content-Type=text/plain X-A=1
= a body "body"
= a done OK

---
claim "A Status without a reason is a status." KF-070
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Status: 404\r\nContent-Type: text/plain\r\n\r\nno"}
< END_REQUEST
= a head 404 reason="" Content-Type=text/plain
= a done OK

---
claim "A Status with a blank and no reason is a status." KF-070
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Status: 404 \r\nContent-Type: text/plain\r\n\r\nno"}
< END_REQUEST
= a head 404 reason="" Content-Type=text/plain
= a done OK

---
claim "A head without Status means 200." KF-071
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\n\nhi"}
< END_REQUEST
= a head 200 Content-Type=text/plain
= a body "hi"
= a done OK

---
claim "A Location without Status means 302." KF-072
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Location: http://example.org/\r\n\r\n"}
< END_REQUEST
= a head 302 Location=http://example.org/
= a done OK

---
claim "A Location and a Status in either order: the Status is it." KF-072
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Location: http://example.org/\r\nStatus: 301 Moved\r\n\r\n"}
< END_REQUEST
= a head 301 reason=Moved Location=http://example.org/
= a done OK

---
claim "A Location that is a path is told as a local redirect, and not followed." KF-077
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Location: /other\r\n\r\n"}
< END_REQUEST
= a head 302 Location=/other redirect=local
= a done OK

---
claim "A body shorter than its Content-Length is an error." KF-073
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: 6\r\nContent-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= a body "hello"
= a done error=TRUNCATED

---
claim "A body longer than its Content-Length is cut there." KF-073
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: 4\r\nContent-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= a body "hell"
= a done OK received=4

---
claim "A Content-Length of +5 is refused." KF-074
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: +5\r\nContent-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= a done error=HEAD

---
claim "A Content-Length of 20 digits is refused." KF-074
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: 99999999999999999999\r\nContent-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= a done error=HEAD

---
claim "Two Content-Length fields are refused." KF-074
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: 5\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"}
< END_REQUEST
= a done error=HEAD

---
claim "Transfer-Encoding and the other hop-by-hop fields never reach the caller." KF-075 KF-080 KF-083 KF-084
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\n\r\n2\r\nhi\r\n0\r\n\r\n"}
< END_REQUEST
= a head 200 Content-Type=text/plain length=none
= a done OK

---
claim "A bare CR in a value is refused." KF-076
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\rX-Evil: 1\r\n\r\nhi"}
< END_REQUEST
= a done error=HEAD

---
claim "A NUL in a value is refused." KF-076
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\0\r\n\r\nhi"}
< END_REQUEST
= a done error=HEAD

---
claim "A status of 101 is refused." KF-086
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Status: 101 Switching\r\nContent-Type: text/plain\r\n\r\n"}
< END_REQUEST
= a done error=HEAD

---
claim "Two Set-Cookie fields stay two, in their order." KF-087
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Set-Cookie: a=1\r\nContent-Type: text/plain\r\nSet-Cookie: b=2\r\n\r\n"}
< END_REQUEST
= a head 200 Set-Cookie="a=1" Content-Type=text/plain Set-Cookie="b=2"
= a done OK

---
claim "An end inside the head is an error with its reason." KF-088
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\r\nX-"}
< END_REQUEST
= a done error=HEAD

---
claim "An application without any output is an error with its reason." KF-089
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT ""
< END_REQUEST
= a done error=HEAD

---
claim "An empty value of an ordinary field is kept." KF-090
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\r\nX-A:\r\nX-B: \r\n\r\n"}
< END_REQUEST
= a head 200 Content-Type=text/plain X-A= X-B=
= a done OK

---
claim "A Content-Length above 4 GiB is told as it is." KF-093
! request a REQUEST_METHOD=HEAD SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Length: 5000000000\r\nContent-Type: text/plain\r\n\r\n"}
< END_REQUEST
= a head 200 length=5000000000 ...
= a done OK

---
claim "A head does not wait for the body." KF-095
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT "Content-Type: text/plain\r\n\r\n"
= a head 200 Content-Type=text/plain
< STDOUT {"later"}
< END_REQUEST
= a body "later"
= a done OK

---
claim "A Content-Length of a HEAD is no promise of a body." KF-079
! request a REQUEST_METHOD=HEAD SCRIPT_NAME=/x
-- connection 1
> ...
> BEGIN_REQUEST
< STDOUT {"Content-Type: text/plain\r\n\r\n"}
< END_REQUEST
= a head 200 Content-Type=text/plain length=none
= a done OK received=0
