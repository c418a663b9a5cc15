<?php // n bytes of the pattern of pages.c; with length=1 announced, with crumbs=1 in small pieces
$pattern = '';
for ($i = 0; $i < 65521; $i++)
  $pattern .= chr(($i * 2654435761 >> 24) & 255);
header('Content-Type: application/octet-stream');
if (isset($_GET['length']))
  header("Content-Length: $_GET[n]");
for ($left = (int) $_GET['n']; $left > 0; $left -= strlen($piece)) {
  $piece = $left < 65521 ? substr($pattern, 0, $left) : $pattern;
  if (isset($_GET['crumbs']))
    foreach (str_split($piece, 997) as $crumb) {
      echo $crumb;
      flush();
    }
  else
    echo $piece;
}
