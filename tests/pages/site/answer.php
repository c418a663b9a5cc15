<?php // answers as the query says: header[] (each a field), type, long (a field of that size), status ("404 Nothing here"),
      // code (a number), body, times
header('Content-Type: ' . ($_GET['type'] ?? 'text/plain'));
foreach ((array) ($_GET['header'] ?? []) as $line)
  header($line, false);
if (isset($_GET['long']))
  header('X-Long: ' . str_repeat('v', (int) $_GET['long']));
if (isset($_GET['status']))
  header('Status: ' . $_GET['status']);
if (isset($_GET['code']))
  http_response_code((int) $_GET['code']);
echo str_repeat($_GET['body'] ?? '', (int) ($_GET['times'] ?? 1));
