<?php
// preload.php: PHP reads it before each script of DokuWiki's: where this wiki is ($DOKUWIKI, made by setup.sh).
define('DOKU_INC', getenv('DOKUWIKI') . '/');
define('DOKU_CONF', DOKU_INC . 'conf/');
define('DOKU_LOCAL', DOKU_CONF);
