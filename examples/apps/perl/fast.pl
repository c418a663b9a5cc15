#!/usr/bin/perl
# fast.pl: the pages of examples/apps in Perl, with CGI::Fast.
use strict;
use warnings;
use CGI::Fast;
use Compress::Raw::Zlib 'adler32';

my %pages = (
  hello => sub {
    my ($cgi, $name) = @_;
    print $cgi->header('text/plain'), 'Hello, ', $name || 'world', "! I am process $$.\n";
  },
  params => sub { print $_[0]->header('text/plain'), map { "$_=$ENV{$_}\n" } sort keys %ENV },
  sum => sub {
    my $body = $_[0]->param('POSTDATA') // '';
    print $_[0]->header('text/plain'), sprintf "%d bytes, Adler-32 %08x\n", length $body, adler32($body);
  },
  visits => sub {
    my $visits = 1 + ($_[0]->cookie('visits') // 0);
    my @cookies = ($_[0]->cookie(-name => 'visits', -value => $visits),
      $_[0]->cookie(-name => 'last', -value => 'perl', -httponly => 1));
    print $_[0]->header(-type => 'text/plain', -cookie => \@cookies), "visit $visits\n";
  },
  old => sub { print $_[0]->redirect(-uri => "$ENV{SCRIPT_NAME}/hello", -status => '302 Found') },
  broken => sub {
    warn "this page is broken on purpose\n";
    print $_[0]->header(-type => 'text/plain', -status => '500 Internal Server Error'), "something broke\n";
  },
  clock => sub {
    print $_[0]->header('text/plain'), "process $$\n";
    for my $tick (1 .. $_[0]->url_param('ticks') // 5) {
      $CGI::Fast::Ext_Request->Flush;
      select undef, undef, undef, 0.1;
      print "tick $tick\n" or last; # the client has left
    }
  });

$CGI::Q = undef;
CGI->import('-utf8');
while (my $cgi = CGI::Fast->new) {
  $cgi->charset('utf-8');
  my (undef, $page, $rest) = split m{/}, $ENV{PATH_INFO} // '', 3;
  my $answer = $pages{$page // ''};
  print $cgi->header(-type => 'text/plain', -status => '404 Not Found'), "there is no such page\n" if !$answer;
  $answer->($cgi, $rest) if $answer;
}
