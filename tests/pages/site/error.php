<?php // ends with an error that nobody catches
throw new Exception('on purpose');
