fcgi 1
claim "An application answers with id 0."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT id=0 "Content-Type: text/plain\r\n\r\nhello"
< END_REQUEST id=0
> close
= a done error=PROTOCOL
