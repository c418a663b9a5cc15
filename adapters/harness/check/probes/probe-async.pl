# probe-async.pl: answers `fcgi check` with Perl's Net::Async::FastCGI.
use strict;
use warnings;
use IO::Async::Loop;
use IO::Socket::UNIX;
use Net::Async::FastCGI;

my $loop = IO::Async::Loop->new;
my $listener = IO::Socket::UNIX->new;
$listener->fdopen(0, 'r');
my $fastcgi = Net::Async::FastCGI->new(
  handle => $listener,
  on_request => sub {
    my ($self, $request) = @_;
    my $env = $request->params;
    my %query = map { /=/ ? split(/=/, $_, 2) : ($_, '') } split /&/, $env->{QUERY_STRING} // '';
    $request->set_encoding(undef);
    $request->print_stderr("$query{stderr}\n") if exists $query{stderr};
    $request->print_stdout("Status: $query{status}\r\n") if exists $query{status};
    $request->print_stdout("Content-Type: text/plain\r\n\r\n");
    if (exists $query{echo}) {
      $request->print_stdout($request->read_stdin($env->{CONTENT_LENGTH} || 0) // '');
    } elsif (exists $query{size}) {
      $request->print_stdout('x' x $query{size});
    } else {
      $request->print_stdout("$_=$env->{$_}\n") for keys %$env;
    }
    $request->finish($query{app} // 0);
  });
$loop->add($fastcgi);
$loop->run;
