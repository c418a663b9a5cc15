<?php // says "first", waits for the client, says "last"
require 'meet.inc';
header('Content-Type: text/plain');
if (isset($_GET['length']))
  header('Content-Length: 9');
echo 'first';
flush();
wait('go');
echo 'last';
