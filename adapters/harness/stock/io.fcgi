fcgi 1
claim "An application dies before it says anything."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< close
= a done error=IO
