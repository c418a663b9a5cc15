fcgi 1
claim "An application that answers as it should."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT {"Content-Type: text/plain\r\n\r\nhello\n"}
< END_REQUEST
= a done OK
