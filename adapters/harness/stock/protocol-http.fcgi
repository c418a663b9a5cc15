fcgi 1
claim "An HTTP server stands where the application should."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
< raw "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
< half-close
> close
= a done error=PROTOCOL
