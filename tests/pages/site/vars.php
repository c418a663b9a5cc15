<?php // what the application is told: a line NAME=value each
header('Content-Type: text/plain');
ksort($_SERVER);
foreach ($_SERVER as $name => $value)
  if (is_string($value))
    echo "$name=$value\n";
