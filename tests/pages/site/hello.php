<?php // the plainest page
header('Content-Type: text/plain');
echo "hello\n";
