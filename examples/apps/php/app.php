<?php
// app.php: the pages of examples/apps in PHP, for php-cgi and php-fpm: /app.php/hello and so on.

function hello(string $name): void {
  echo 'Hello, ', $name === '' ? 'world' : $name, '! I am process ', getmypid(), ".\n";
}

function params(): void {
  foreach ($_SERVER as $name => $value)
    if (is_string($value))
      echo "$name=$value\n";
}

function sum(): void {
  $body = fopen('php://input', 'rb');
  $length = 0;
  $hash = hash_init('adler32');
  while (($part = fread($body, 65536)) !== '' && $part !== false) {
    $length += strlen($part);
    hash_update($hash, $part);
  }
  printf("%d bytes, Adler-32 %s\n", $length, hash_final($hash));
}

function visits(): void {
  $visits = 1 + (int) ($_COOKIE['visits'] ?? 0);
  setcookie('visits', (string) $visits, ['path' => '/']);
  setcookie('last', 'php', ['path' => '/', 'httponly' => true]);
  echo "visit $visits\n";
}

function old(): void {
  header('Location: ' . $_SERVER['SCRIPT_NAME'] . '/hello', true, 302);
}

function broken(): void {
  error_log('this page is broken on purpose');
  http_response_code(500);
  echo "something broke\n";
}

function clock(): void {
  while (ob_get_level() > 0)
    ob_end_flush(); // php.ini's output_buffering
  echo 'process ', getmypid(), "\n";
  for ($tick = 1; $tick <= (int) ($_GET['ticks'] ?? 5); $tick++) {
    flush();
    usleep(100000);
    echo "tick $tick\n";
  }
}

[, $page, $rest] = explode('/', ($_SERVER['PATH_INFO'] ?? '') . '//', 3);
header('Content-Type: text/plain; charset=utf-8');
if (in_array($page, ['hello', 'params', 'sum', 'visits', 'old', 'broken', 'clock'], true)) {
  $page(trim($rest, '/'));
} else {
  http_response_code(404);
  echo "there is no page $page\n";
}
