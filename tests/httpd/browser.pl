# browser.pl: opens a page in headless Chromium, waits, asks it, and takes a picture.  DevTools over a pipe.
# usage: perl browser.pl CHROMIUM URL PICTURE.png LIGHT|DARK WAIT-FOR ASK...
# WAIT-FOR and each ASK are JavaScript; the first is asked until it is true, the values of the others are printed, a line each.
use strict;
use warnings;
use MIME::Base64;
use IO::Handle;
use POSIX ();
my ($chromium, $url, $picture, $scheme, $wait, @asks) = @ARGV;
$SIG{ALRM} = sub { print "no answer for 60 s\n"; exit 1 };
alarm 60;
pipe(my $theirs_in, my $out) or die $!;
pipe(my $in, my $theirs_out) or die $!;
my $folder = `mktemp -d`;
chomp $folder;
my $pid = fork();
if ($pid == 0) {
  POSIX::dup2(fileno($theirs_in), 20);
  POSIX::dup2(fileno($theirs_out), 21);
  POSIX::dup2(20, 3);
  POSIX::dup2(21, 4);
  $^F = 10;
  open(STDERR, '>', '/dev/null');
  exec $chromium, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', "--user-data-dir=$folder",
    '--remote-debugging-pipe', '--window-size=1180,900';
  exit 127;
}
close $theirs_in;
close $theirs_out;
$out->autoflush(1);
my ($number, $buffer) = (0, '');

sub quoted { my $s = shift; $s =~ s/(["\\])/\\$1/g; $s =~ s/\n/\\n/g; return "\"$s\"" }

# Sends a command and returns the answer as text.
sub tell_it {
  my ($method, $params, $session) = @_;
  $number++;
  print $out "{\"id\":$number,\"method\":\"$method\",\"params\":$params" . ($session ? ",\"sessionId\":\"$session\"" : '') . "}\0";
  for (;;) {
    while ($buffer =~ s/^([^\0]*)\0//) {
      my $message = $1;
      return $message if $message =~ /^\{"id":$number,/;
    }
    my $n = sysread($in, $buffer, 1 << 20, length $buffer);
    if (!$n) { print "chromium has ended\n"; exit 1 }
  }
}

sub value {
  my $answer = tell_it('Runtime.evaluate', '{"returnByValue":true,"expression":' . quoted('String(' . $_[0] . ')') . '}', $_[1]);
  return $1 if $answer =~ /"type":"string","value":"((?:[^"\\]|\\.)*)"/;
  return "?? $answer";
}

my ($target) = tell_it('Target.createTarget', '{"url":"about:blank"}') =~ /"targetId":"([^"]+)"/;
my ($session) = tell_it('Target.attachToTarget', "{\"targetId\":\"$target\",\"flatten\":true}") =~ /"sessionId":"([^"]+)"/;
tell_it('Emulation.setEmulatedMedia', '{"features":[{"name":"prefers-color-scheme","value":"' . lc($scheme) . '"}]}', $session);
tell_it('Emulation.setDeviceMetricsOverride', '{"width":1180,"height":900,"deviceScaleFactor":1,"mobile":false}', $session);
tell_it('Page.navigate', '{"url":' . quoted($url) . '}', $session);
select undef, undef, undef, 0.1 until value($wait, $session) eq 'true';
print value($_, $session), "\n" for @asks;
my ($data) = tell_it('Page.captureScreenshot', '{"format":"png","captureBeyondViewport":true}', $session) =~ /"data":"([^"]+)"/;
open(my $file, '>:raw', $picture) or die "$picture: $!";
print $file decode_base64($data);
close $file;
tell_it('Browser.close', '{}');
waitpid $pid, 0;
system('rm', '-rf', $folder);
