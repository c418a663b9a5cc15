# probe.pl: answers `fcgi check` with Perl's FCGI.
use strict;
use warnings;
use FCGI;
use IO::Handle;

my ($in, $out, $err) = (IO::Handle->new, IO::Handle->new, IO::Handle->new);
my %env;
my $request = FCGI::Request($in, $out, $err, \%env);
while ($request->Accept() >= 0) {
  my %query = map { /=/ ? split(/=/, $_, 2) : ($_, '') } split /&/, $env{QUERY_STRING} // '';
  print $err "$query{stderr}\n" if exists $query{stderr};
  print $out "Status: $query{status}\r\n" if exists $query{status};
  print $out "Content-Type: text/plain\r\n\r\n";
  if (exists $query{echo}) {
    my $piece;
    print $out $piece while read($in, $piece, 65536);
  } elsif (exists $query{size}) {
    for (my $left = $query{size}; $left > 0; $left -= 8192) { print $out 'x' x ($left < 8192 ? $left : 8192) }
  } else {
    print $out "$_=$env{$_}\n" for keys %env;
  }
  $request->Finish();
}
