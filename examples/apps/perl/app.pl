#!/usr/bin/perl
# app.pl: the pages of examples/apps in Perl, with FCGI.
use strict;
use warnings;
use Compress::Raw::Zlib 'adler32';
use FCGI;

my $request = FCGI::Request();

sub text { print "Content-Type: text/plain; charset=utf-8\r\n\r\n" }

sub hello {
  my $name = shift || 'world';
  text();
  print "Hello, $name! I am process $$.\n";
}

sub params {
  text();
  print "$_=$ENV{$_}\n" for sort keys %ENV;
}

sub sum {
  my ($length, $sum) = (0, adler32(''));
  while (my $n = read STDIN, my $part, 65536) {
    $length += $n;
    $sum = adler32($part, $sum);
  }
  text();
  printf "%d bytes, Adler-32 %08x\n", $length, $sum;
}

sub visits {
  my $visits = 1 + (($ENV{HTTP_COOKIE} // '') =~ /\bvisits=(\d+)/ ? $1 : 0);
  print "Set-Cookie: visits=$visits; Path=/\r\n", "Set-Cookie: last=perl; Path=/; HttpOnly\r\n";
  text();
  print "visit $visits\n";
}

sub old { print "Status: 302 Found\r\nLocation: $ENV{SCRIPT_NAME}/hello\r\n\r\n" }

sub broken {
  print STDERR "this page is broken on purpose\n";
  print "Status: 500 Internal Server Error\r\n";
  text();
  print "something broke\n";
}

sub clock {
  my $ticks = ($ENV{QUERY_STRING} // '') =~ /ticks=(\d+)/ ? $1 : 5;
  text();
  print "process $$\n";
  for my $tick (1 .. $ticks) {
    $request->Flush;
    select undef, undef, undef, 0.1;
    print "tick $tick\n" or last; # the client has left
  }
}

my %pages = (hello => \&hello, params => \&params, sum => \&sum, visits => \&visits, old => \&old,
  broken => \&broken, clock => \&clock);

while ($request->Accept >= 0) {
  my (undef, $page, $rest) = split m{/}, $ENV{PATH_INFO} // '', 3;
  if (my $answer = $pages{$page // ''}) {
    $answer->($rest);
  } else {
    print "Status: 404 Not Found\r\n";
    text();
    print "there is no such page\n";
  }
}
