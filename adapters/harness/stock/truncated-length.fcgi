fcgi 1
claim "An application promises more than it says."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT {"Content-Type: text/plain\r\nContent-Length: 100\r\n\r\nhello\n"}
< END_REQUEST
= a done error=TRUNCATED
