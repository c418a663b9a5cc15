<?php
// probe.php: answers `fcgi check`: by its parameters, or as the query says (see README.md).
ini_set('display_errors', '0');
if (isset($_GET['stderr'])) error_log($_GET['stderr'], 4);
if (isset($_GET['status'])) header('Status: ' . $_GET['status']);
if (isset($_GET['header'])) header($_GET['header']);
header('Content-Type: text/plain');
if (isset($_GET['echo'])) {
  echo file_get_contents('php://input');
} elseif (isset($_GET['size'])) {
  for ($left = (int) $_GET['size']; $left > 0; $left -= 8192) echo str_repeat('x', min($left, 8192));
} else {
  foreach ($_SERVER as $name => $value) if (is_string($value)) echo "$name=$value\n";
}
