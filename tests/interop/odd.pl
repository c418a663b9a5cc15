#!/usr/bin/perl
# odd.pl: a FastCGI application whose answers are odd: odd.pl PORT; the query names the answer. odd.pl --list names them all.
use strict;
use warnings;
use IO::Socket::INET;

my $text = "Content-Type: text/plain\r\n";
my $body = "0123456789";

# name, what it is, STDOUT; then: cut (no END_REQUEST, the connection is closed), silent (STDERR only), status N (appStatus)
my @answers = (
  ['plain', 'an ordinary answer', "$text\r\n$body"],
  ['nothing', 'no byte at all', ''],
  ['no-head', 'a body without a head', "\r\n$body"],
  ['no-blank', 'a head without its blank line', $text],
  ['text', 'text that is no head', "Hello, world\nhello\n"],
  ['lf', 'lines end with LF', "Content-Type: text/plain\n\n$body"],
  ['mixed', 'one line ends with LF, the next with CRLF', "Content-Type: text/plain\nX-A: b\r\n\r\n$body"],
  ['cr', 'lines end with CR', "Content-Type: text/plain\r\r$body"],
  ['nph', 'a status line of HTTP', "HTTP/1.1 200 OK\r\n$text\r\n$body"],
  ['no-type', 'no Content-Type', "X-A: b\r\n\r\n$body"],
  ['type-empty', 'an empty Content-Type, as of PHP', "X-A: b\r\nContent-Type:\r\n\r\n$body"],
  ['status', 'Status: 404 Not Found', "Status: 404 Not Found\r\n$text\r\n$body"],
  ['status-bare', 'Status: 404', "Status: 404\r\n$text\r\n$body"],
  ['status-own', 'Status: 299 As You Like It', "Status: 299 As You Like It\r\n$text\r\n$body"],
  ['status-word', 'Status: fine', "Status: fine\r\n$text\r\n$body"],
  ['status-empty', 'Status: empty', "Status:\r\n$text\r\n$body"],
  ['status-0', 'Status: 0', "Status: 0\r\n$text\r\n$body"],
  ['status-99', 'Status: 99', "Status: 99\r\n$text\r\n$body"],
  ['status-101', 'Status: 101', "Status: 101 Switching Protocols\r\n$text\r\n$body"],
  ['status-1000', 'Status: 1000', "Status: 1000\r\n$text\r\n$body"],
  ['status-twice', 'Status: 404, then Status: 200', "Status: 404\r\nStatus: 200\r\n$text\r\n$body"],
  ['204', '204 with a body', "Status: 204\r\n$text\r\n$body"],
  ['304', '304 with a body', "Status: 304\r\n$text\r\n$body"],
  ['length', 'Content-Length as it is', "${text}Content-Length: 10\r\n\r\n$body"],
  ['length-short', 'Content-Length smaller than the body', "${text}Content-Length: 4\r\n\r\n$body"],
  ['length-long', 'Content-Length larger than the body', "${text}Content-Length: 20\r\n\r\n$body"],
  ['length-word', 'Content-Length: ten', "${text}Content-Length: ten\r\n\r\n$body"],
  ['length-minus', 'Content-Length: -1', "${text}Content-Length: -1\r\n\r\n$body"],
  ['length-two', 'two different Content-Length', "${text}Content-Length: 10\r\nContent-Length: 4\r\n\r\n$body"],
  ['length-same', 'the same Content-Length twice', "${text}Content-Length: 10\r\nContent-Length: 10\r\n\r\n$body"],
  ['chunked', 'Transfer-Encoding: chunked, chunks in the body', "${text}Transfer-Encoding: chunked\r\n\r\na\r\n$body\r\n0\r\n\r\n"],
  ['both', 'Transfer-Encoding: chunked and Content-Length', "${text}Transfer-Encoding: chunked\r\nContent-Length: 10\r\n\r\n$body"],
  ['location', 'Location with a URL, no Status', "Location: http://example.org/x\r\n\r\n"],
  ['location-path', 'Location with a path, no Status', "Location: /other.php?plain\r\n\r\n"],
  ['location-two', 'two Location', "Status: 302\r\nLocation: http://example.org/a\r\nLocation: http://example.org/b\r\n\r\n"],
  ['location-200', 'Location with Status: 200', "Status: 200\r\nLocation: http://example.org/x\r\n$text\r\n$body"],
  ['folded', 'a folded field', "${text}X-A: one\r\n two\r\n\r\n$body"],
  ['hundred', '100 fields', join('', map { "X-$_: value\r\n" } 1 .. 100) . "$text\r\n$body"],
  ['long', 'a field of 60,000 bytes', "${text}X-A: " . 'x' x 60000 . "\r\n\r\n$body"],
  ['nul', 'a NUL in a field', "${text}X-A: a\0b\r\n\r\n$body"],
  ['space', 'a space before the colon', "${text}X-A : b\r\n\r\n$body"],
  ['name', 'a name with a space in it', "${text}X A: b\r\n\r\n$body"],
  ['no-colon', 'a line without a colon', "${text}nonsense\r\n\r\n$body"],
  ['connection', 'Connection: close and Keep-Alive', "${text}Connection: close\r\nKeep-Alive: timeout=5\r\n\r\n$body"],
  ['cookies', 'two Set-Cookie', "${text}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n$body"],
  ['stderr', 'STDERR, and nothing else', '', 'silent'],
  ['exit-1', 'appStatus 1', "$text\r\n$body", 'status 1'],
  ['cut-head', 'closed in the head', "Content-Type: te", 'cut'],
  ['cut-body', 'closed in the body, no Content-Length', "$text\r\n$body", 'cut'],
  ['cut-length', 'closed in the body, before Content-Length', "${text}Content-Length: 20\r\n\r\n$body", 'cut'],
  ['cut-whole', 'closed behind Content-Length bytes, no END_REQUEST', "${text}Content-Length: 10\r\n\r\n$body", 'cut'],
);

sub exactly {
  my ($from, $size) = @_;
  my $data = '';
  while (length $data < $size) {
    read $from, my $part, $size - length $data or return;
    $data .= $part;
  }
  return $data;
}

sub record {
  my ($type, $id, $content) = @_;
  return pack('CCnnCC', 1, $type, $id, length $content, 0, 0) . $content;
}

# A request until its STDIN has ended: its id and its PARAMS; nothing when the connection ends.
sub request {
  my ($from) = @_;
  my $params = '';
  while (defined(my $header = exactly($from, 8))) {
    my (undef, $type, $id, $length, $padding) = unpack 'CCnnC', $header;
    my $content = $length ? exactly($from, $length) : '';
    exactly($from, $padding) if $padding;
    $params .= $content if $type == 4;
    return ($id, $params) if $type == 5 && $length == 0;
  }
  return;
}

sub answer {
  my ($to, $id, $answer) = @_;
  my ($name, undef, $out, $how) = (@$answer, '');
  my $all = $how eq 'silent' ? record(7, $id, "something went wrong\n") : '';
  $all .= record(6, $id, $_) for unpack "(a32768)*", $out;
  $all .= record(6, $id, '') . record(3, $id, pack('NCx3', $how =~ /^status (\d+)/ ? $1 : 0, 0)) if $how ne 'cut';
  print $to $all;
  $to->flush;
}

if (($ARGV[0] // '') eq '--list') {
  print "$_->[0]|$_->[1]\n" for @answers;
  exit;
}
my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$ARGV[0]", Listen => 64, ReuseAddr => 1) or die "$@\n";
$| = 1;
print "listening\n";
$SIG{CHLD} = 'IGNORE';
$SIG{TERM} = sub { exit };
while (my $peer = $listener->accept) {
  next if fork;
  while (my ($id, $params) = request($peer)) {
    my ($answer) = grep { $params =~ /QUERY_STRING\Q$_->[0]\E(?![a-z0-9-])/ } reverse @answers;
    answer($peer, $id, $answer // $answers[0]);
    last; # one for each connection, which is then closed
  }
  exit;
}
