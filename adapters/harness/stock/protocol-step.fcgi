fcgi 1
claim "An application loses its place: a length is too small by one."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT length=33 "Content-Type: text/plain\r\n\r\nhello\n"
< END_REQUEST
> close
= a done error=PROTOCOL
