fcgi 1
# The client's header fields on their way to parameters.

claim "Proxy never becomes HTTP_PROXY, in any spelling." KF-096
! request a REQUEST_METHOD=GET header="Proxy: http://evil" header="pRoXy: x"
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "Names with an underscore or a dot never stand for the name with a hyphen." KF-097 KF-098
! request a REQUEST_METHOD=GET header="X-User: good" header="X_User: bad" header="X.User: bad"
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET HTTP_X_USER=good}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "Equal fields are joined, and Cookie with a semicolon." KF-099 KF-100
! request a REQUEST_METHOD=GET header="X-A: 1" header="Cookie: a=1" header="X-A: 2" header="Cookie: b=2"
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET HTTP_X_A="1, 2" HTTP_COOKIE="a=1; b=2"}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "A parameter of the web server wins over a header field of the client." KF-102 KF-103
! request a REQUEST_METHOD=GET HTTP_X_ROLE=admin header="X-Role: guest"
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET HTTP_X_ROLE=admin}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK

---
claim "QUERY_STRING arrives as it came." KF-104
! request a REQUEST_METHOD=GET QUERY_STRING="%26%3d%00&a=b"
-- connection 1
> BEGIN_REQUEST
> PARAMS {REQUEST_METHOD=GET QUERY_STRING="%26%3d%00&a=b"}
> STDIN {}
< STDOUT {"Content-Type: text/plain\r\n\r\nok"}
< END_REQUEST
= a done OK
