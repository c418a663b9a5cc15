fcgi 1
# Authorizers and filters (§6.3, §6.4).

claim "An authorizer is not told what is the responder's, and has no body."
! request a role=AUTHORIZER REQUEST_METHOD=POST SCRIPT_NAME=/x PATH_INFO=/p REMOTE_USER=joe
-- connection 1
> BEGIN_REQUEST role=AUTHORIZER
> PARAMS {REQUEST_METHOD=POST REMOTE_USER=joe}
> STDIN {}
< STDOUT {"Status: 200\r\nVariable-AUTH: Basic\r\n\r\n"}
< END_REQUEST
= a head 200 Variable-AUTH=Basic
= a done OK

---
claim "An authorizer's Location with another status is its answer, whole." KF-143
! request a role=AUTHORIZER REQUEST_METHOD=GET
-- connection 1
> BEGIN_REQUEST role=AUTHORIZER
> PARAMS {...}
> STDIN {}
< STDOUT {"Status: 302 Found\r\nLocation: http://example.org/login\r\n\r\ngo"}
< END_REQUEST
= a head 302 reason=Found Location=http://example.org/login
= a body "go"
= a done OK

---
claim "A filter is sent its file behind the body."
! request a role=FILTER REQUEST_METHOD=POST body="in" data="the file"
-- connection 1
> BEGIN_REQUEST role=FILTER
> PARAMS {REQUEST_METHOD=POST CONTENT_LENGTH=2 FCGI_DATA_LENGTH=8 FCGI_DATA_LAST_MOD=...}
> STDIN {"in"}
> DATA {"the file"}
< STDOUT {"Content-Type: text/plain\r\n\r\nout"}
< END_REQUEST
= a body "out"
= a done OK
