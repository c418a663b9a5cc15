fcgi 1
# Connections that are kept: reused, dead, retried.

claim "A kept connection that closes before its first byte costs a GET nothing." KF-047 KF-048
pool connections=1
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST id=$a role=RESPONDER flags=KEEP_CONN
> PARAMS {SCRIPT_NAME=/x REQUEST_METHOD=GET}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST id=$a app=0 status=REQUEST_COMPLETE
= a head 200 Content-Type=text/plain
= a body "hi"
= a done OK tries=1
! request b REQUEST_METHOD=GET SCRIPT_NAME=/y
> BEGIN_REQUEST id=$b
> PARAMS {SCRIPT_NAME=/y REQUEST_METHOD=GET}
> STDIN {}
< close
-- connection 2
> BEGIN_REQUEST id=$b
> PARAMS {SCRIPT_NAME=/y REQUEST_METHOD=GET}
> STDIN {}
< STDOUT {"Content-Type: text/plain\n\nagain"}
< END_REQUEST
= b body "again"
= b done OK tries=2

---
claim "A POST whose kept connection died behind its body is not sent again." KF-047
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= a done OK
! request b REQUEST_METHOD=POST SCRIPT_NAME=/y body="pay"
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {"pay"}
< close
= b done error=IO tries=1

---
claim "A GET whose new connection closes is not sent again: the application may have run it." KF-047
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< close
= a done error=IO tries=1

---
claim "A connection with bytes that wait in it is not used again." KF-049
direct # they have to wait before the next request begins
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= a done OK
< STDOUT "stray"
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
claim "The rest of a response that nobody wanted is never taken for the next one." KF-040
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT "Content-Type: text/plain\r\n\r\nfirst"
= a body "first"
! a cancel
= a done error=CANCELED
> close
! request b REQUEST_METHOD=GET SCRIPT_NAME=/y
-- connection 2
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nsecond"}
< END_REQUEST
= b body "second"
= b done OK

---
claim "A request that was refused as overload is sent again."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< END_REQUEST status=OVERLOADED
-- connection 2
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nhi"}
< END_REQUEST
= a body "hi"
= a done OK tries=2

---
claim "A role that is not played is an error of its own."
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
-- connection 1
> BEGIN_REQUEST
> PARAMS {...}
> STDIN {}
< END_REQUEST status=UNKNOWN_ROLE
= a done error=ROLE

---
claim "Nobody listens: that is told, and the next request works nothing out." KF-054
-- refuse
! request a REQUEST_METHOD=GET SCRIPT_NAME=/x
= a done error=CONNECT
