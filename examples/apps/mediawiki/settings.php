
# settings.php: what examples/apps adds to MediaWiki's LocalSettings.php: its address is the one that visitors use.
$wgServer = 'http://' . ( $_SERVER['HTTP_HOST'] ?? '127.0.0.1' );
$wgScriptPath = '';
$wgArticlePath = '/index.php/$1';
$wgUsePathInfo = true;
$wgEnableUploads = true;
$wgUseImageMagick = false; // smaller images are made by php-gd
