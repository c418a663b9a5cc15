fcgi 1
claim "An application takes the request and never answers."
pool first_ms=200
again
whole
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> close
= a done error=TIMEOUT_FIRST
