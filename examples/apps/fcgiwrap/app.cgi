#!/usr/bin/perl
# app.cgi: the pages of examples/apps as a CGI program, which fcgiwrap starts for each request: /app.cgi/hello and so on.
use strict;
use warnings;
use Compress::Raw::Zlib 'adler32';

$| = 1;
binmode STDIN;

sub text { print "Content-Type: text/plain; charset=utf-8\n\n", @_ }

sub sum {
  my ($length, $sum) = (0, adler32(''));
  while (my $n = read STDIN, my $part, 65536) {
    $length += $n;
    $sum = adler32($part, $sum);
  }
  text(sprintf "%d bytes, Adler-32 %08x\n", $length, $sum);
}

sub visits {
  my $visits = 1 + (($ENV{HTTP_COOKIE} // '') =~ /\bvisits=(\d+)/ ? $1 : 0);
  print "Set-Cookie: visits=$visits; Path=/\n", "Set-Cookie: last=cgi; Path=/; HttpOnly\n";
  text("visit $visits\n");
}

sub broken {
  print STDERR "this page is broken on purpose\n";
  print "Status: 500 Internal Server Error\n";
  text("something broke\n");
}

sub clock {
  my $ticks = ($ENV{QUERY_STRING} // '') =~ /ticks=(\d+)/ ? $1 : 5;
  text("process $$\n");
  for my $tick (1 .. $ticks) {
    select undef, undef, undef, 0.1;
    print "tick $tick\n";
  }
}

my %pages = (
  hello => sub { text('Hello, ', $_[0] || 'world', "! I am process $$.\n") },
  params => sub { text(map { "$_=$ENV{$_}\n" } sort keys %ENV) },
  old => sub { print "Status: 302 Found\nLocation: $ENV{SCRIPT_NAME}/hello\n\n" },
  sum => \&sum, visits => \&visits, broken => \&broken, clock => \&clock);

my (undef, $page, $rest) = split m{/}, $ENV{PATH_INFO} // '', 3;
if (my $answer = $pages{$page // ''}) {
  $answer->($rest);
} else {
  print "Status: 404 Not Found\n";
  text("there is no such page\n");
}
