fcgi 1
claim "An application says two lengths."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT {"Content-Type: text/plain\r\nContent-Length: 6\r\nContent-Length: 5\r\n\r\nhello\n"}
< END_REQUEST
= a done error=HEAD
