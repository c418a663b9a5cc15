fcgi 1
claim "No application is there."
-- refuse
! request a REQUEST_METHOD=GET SCRIPT_NAME=/
= a done error=CONNECT
