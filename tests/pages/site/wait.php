<?php // answers when the client says so
require 'meet.inc';
wait('go');
echo 'done';
