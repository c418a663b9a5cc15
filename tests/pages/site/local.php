<?php // a Location and no other field: RFC 3875's local redirect
ini_set('default_mimetype', '');
header('X-Powered-By: nobody');
header_remove('X-Powered-By');
header("Location: $_GET[to]");
http_response_code(200);
