<?php // reads the request's body piece by piece and answers with its length, its hash and CONTENT_LENGTH
$hash = hash_init('fnv1a64');
$in = fopen('php://input', 'rb');
for ($n = 0; ($data = fread($in, 65536)) !== '' && $data !== false; $n += strlen($data))
  hash_update($hash, $data);
header('Content-Type: text/plain');
echo $n, ' ', hash_final($hash), ' ', $_SERVER['CONTENT_LENGTH'] ?? 0;
