fcgi 1
claim "An application ends without any output."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDERR {"a fatal error\n"}
< END_REQUEST app=255
= a done error=HEAD
