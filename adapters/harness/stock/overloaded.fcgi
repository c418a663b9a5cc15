fcgi 1
claim "An application has too much to do."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< END_REQUEST status=OVERLOADED
< close
-- connection 2
> ...
> BEGIN_REQUEST
> STDIN {...}
< END_REQUEST status=OVERLOADED
< close
= a done error=OVERLOADED
