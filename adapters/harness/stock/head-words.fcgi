fcgi 1
claim "An application answers with a page and no head."
again
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
-- connection 1
> ...
> BEGIN_REQUEST
> STDIN {...}
< STDOUT {"<html>\n<p>hello</p>\n\n</html>\n"}
< END_REQUEST
= a done error=HEAD
