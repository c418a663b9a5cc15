#!/usr/bin/perl
# async.pl: the pages of examples/apps in Perl, with Net::Async::FastCGI: many requests at once on a connection.
use strict;
use warnings;
use Compress::Raw::Zlib 'adler32';
use IO::Async::Loop;
use IO::Socket::UNIX;
use Net::Async::FastCGI;

my $loop = IO::Async::Loop->new;

sub text {
  my ($request, $text, @fields) = @_;
  $request->print_stdout(join '', map({ "$_\r\n" } @fields), "Content-Type: text/plain; charset=utf-8\r\n\r\n", $text);
}

sub clock {
  my ($request) = @_;
  my $ticks = $request->param('QUERY_STRING') =~ /ticks=(\d+)/ ? $1 : 5;
  my $tick = 0;
  text($request, "process $$\n");
  my $next;
  $next = sub {
    return if $request->is_aborted;
    $request->print_stdout("tick " . ++$tick . "\n");
    return $loop->watch_time(after => 0.1, code => $next) if $tick < $ticks;
    $request->finish(0);
  };
  $loop->watch_time(after => 0.1, code => $next);
}

my %pages = (
  hello => sub { text($_[0], 'Hello, ' . ($_[1] || 'world') . "! I am process $$.\n") },
  params => sub { my $p = $_[0]->params; text($_[0], join '', map { "$_=$p->{$_}\n" } sort keys %$p) },
  sum => sub {
    my $body = $_[0]->read_stdin($_[0]->param('CONTENT_LENGTH') || 0) // '';
    text($_[0], sprintf "%d bytes, Adler-32 %08x\n", length $body, adler32($body));
  },
  visits => sub {
    my $visits = 1 + (($_[0]->param('HTTP_COOKIE') // '') =~ /\bvisits=(\d+)/ ? $1 : 0);
    text($_[0], "visit $visits\n", "Set-Cookie: visits=$visits; Path=/", 'Set-Cookie: last=perl; Path=/; HttpOnly');
  },
  old => sub { text($_[0], '', 'Status: 302 Found', 'Location: ' . $_[0]->param('SCRIPT_NAME') . '/hello') },
  broken => sub {
    $_[0]->print_stderr("this page is broken on purpose\n");
    text($_[0], "something broke\n", 'Status: 500 Internal Server Error');
  });

sub answer {
  my (undef, $request) = @_;
  my (undef, $page, $rest) = split m{/}, $request->param('PATH_INFO') // '', 3;
  $request->set_encoding(undef); # bytes
  return clock($request) if ($page // '') eq 'clock';
  my $answer = $pages{$page // ''};
  $answer ? $answer->($request, $rest) : text($request, "there is no such page\n", 'Status: 404 Not Found');
  $request->finish(0);
}

my $listener = IO::Socket::UNIX->new;
$listener->fdopen(0, 'r');
$loop->add(Net::Async::FastCGI->new(handle => $listener, on_request => \&answer));
$loop->run;
