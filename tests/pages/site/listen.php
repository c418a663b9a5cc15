<?php // reads a first part of the body, tells the client of it, reads the rest
require 'meet.inc';
$in = fopen('php://input', 'rb');
for ($n = 0; $n < (int) $_GET['first'] && ($data = fread($in, 8192)) !== '' && $data !== false;)
  $n += strlen($data);
tell('got', 'x');
while (($data = fread($in, 8192)) !== '' && $data !== false)
  $n += strlen($data);
echo $n;
