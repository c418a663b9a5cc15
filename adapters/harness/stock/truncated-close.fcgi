fcgi 1
claim "An application dies in the middle of a page."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT "Content-Type: text/plain\r\n\r\nhalf of "
< close
= a done error=TRUNCATED
