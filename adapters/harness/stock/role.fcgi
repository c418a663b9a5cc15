fcgi 1
claim "An application does not play this role."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< END_REQUEST status=UNKNOWN_ROLE
= a done error=ROLE
