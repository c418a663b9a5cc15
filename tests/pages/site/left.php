<?php // answers or reads for ever; tells the client when it ends, and how
require 'meet.inc';
register_shutdown_function(function () {
  tell('end', connection_aborted() ? 'a' : 'e');
});
if ($_SERVER['REQUEST_METHOD'] === 'GET')
  for (;;) {
    echo str_repeat('x', 65536);
    flush();
  }
$in = fopen('php://input', 'rb');
while (($data = fread($in, 65536)) !== '' && $data !== false)
  ;
