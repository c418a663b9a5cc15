fcgi 1
claim "An application falls silent in the middle of a page."
pool activity_ms=200
again
whole
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT "Content-Type: text/plain\r\n\r\nhalf of "
> close
= a done error=TIMEOUT_ACTIVITY
