# served.pl: Debian's Net::FastCGI on a port of 127.0.0.1, one connection after another, with the words of small-php: n, echo,
# size, pid.  usage: perl served.pl PORT
use strict;
use warnings;
use IO::Socket::INET;
use Net::FastCGI::Constant qw(:type :flag :protocol_status);
use Net::FastCGI::IO qw(read_record write_record write_stream);
use Net::FastCGI::Protocol qw(build_end_request_body parse_begin_request_body parse_params);

sub answer {
  my ($params, $body) = @_;
  my ($word, $n) = split /=/, $params->{QUERY_STRING} || 'none';
  my $said = $word eq 'echo' ? $body
    : $word eq 'size' ? substr('abcdefghijklmnop' x ($n / 16 + 1), 0, $n)
    : $word eq 'pid' ? $$
    : $n // 0;
  return "Content-Type: text/plain\r\n\r\n$said";
}

# One connection: requests one after another, as long as the server keeps it.
sub serve {
  my ($c) = @_;
  my ($flags, $params, $body) = (0, '', '');
  while (my ($type, $id, $content) = read_record($c)) {
    (undef, $flags) = parse_begin_request_body($content), $params = $body = '' if $type == FCGI_BEGIN_REQUEST;
    $params .= $content if $type == FCGI_PARAMS;
    $body .= $content if $type == FCGI_STDIN;
    next unless $type == FCGI_STDIN && $content eq '';
    write_stream($c, FCGI_STDOUT, $id, answer(parse_params($params), $body), 1);
    write_record($c, FCGI_END_REQUEST, $id, build_end_request_body(0, FCGI_REQUEST_COMPLETE));
    return unless $flags & FCGI_KEEP_CONN;
  }
}

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 32, ReuseAddr => 1)
  or die "port $ARGV[0]: $!\n";
while (my $c = $listener->accept) {
  binmode $c;
  eval { serve($c) }; # what is no FastCGI ends its connection
  close $c;
}
