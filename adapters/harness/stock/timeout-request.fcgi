fcgi 1
claim "An application never comes to an end, and is never silent for long."
pool request_ms=300
again
whole
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT "Content-Type: text/plain\r\n\r\n"
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
< STDOUT "."
> nothing within 100ms | close
> close
= a done error=TIMEOUT_REQUEST
