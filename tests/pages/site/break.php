<?php // its process dies: before the head, or after it and five bytes; with length=N announced
if (isset($_GET['length']))
  header("Content-Length: $_GET[length]");
if (isset($_GET['body'])) {
  echo $_GET['body'];
  flush();
}
posix_kill(posix_getpid(), SIGKILL);
