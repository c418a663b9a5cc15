#!/usr/bin/perl
# probe.cgi: answers `fcgi check` as a CGI program, behind fcgiwrap.
my %query = map { /=/ ? split(/=/, $_, 2) : ($_, '') } split /&/, $ENV{QUERY_STRING} // '';
binmode STDIN;
binmode STDOUT;
print STDERR "$query{stderr}\n" if exists $query{stderr};
print "Status: $query{status}\r\n" if exists $query{status};
print "Content-Type: text/plain\r\n\r\n";
if (exists $query{echo}) {
  my ($piece, $n);
  for (my $left = $ENV{CONTENT_LENGTH} || 0; $left > 0; $left -= $n) {
    $n = read(STDIN, $piece, $left < 65536 ? $left : 65536) or last;
    print $piece;
  }
} elsif (exists $query{size}) {
  for (my $left = $query{size}; $left > 0; $left -= 8192) { print 'x' x ($left < 8192 ? $left : 8192) }
} else {
  print "$_=$ENV{$_}\n" for keys %ENV;
}
