/* php_network.h: nothing: php.h has what main/fastcgi.c needs of it. */
