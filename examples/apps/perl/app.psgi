# app.psgi: the pages of examples/apps as a PSGI application, for Plack.
use strict;
use warnings;
use Compress::Raw::Zlib 'adler32';
use Plack::Request;

my @text = ('Content-Type' => 'text/plain; charset=utf-8');

sub sum {
  my ($length, $sum) = (0, adler32(''));
  while (my $n = $_[0]->input->read(my $part, 65536)) {
    $length += $n;
    $sum = adler32($part, $sum);
  }
  return [200, [@text], [sprintf "%d bytes, Adler-32 %08x\n", $length, $sum]];
}

sub visits {
  my $visits = 1 + ($_[0]->cookies->{visits} // 0);
  return [200, [@text, 'Set-Cookie' => "visits=$visits; Path=/", 'Set-Cookie' => 'last=perl; Path=/; HttpOnly'],
    ["visit $visits\n"]];
}

sub broken {
  $_[0]->env->{'psgi.errors'}->print("this page is broken on purpose\n");
  return [500, [@text], ["something broke\n"]];
}

sub clock {
  my $ticks = $_[0]->query_parameters->{ticks} // 5;
  return sub {
    my $writer = shift->([200, [@text]]);
    $writer->write("process $$\n");
    for my $tick (1 .. $ticks) {
      select undef, undef, undef, 0.1;
      $writer->write("tick $tick\n");
    }
    $writer->close;
  };
}

my %pages = (
  hello => sub { [200, [@text], ['Hello, ', $_[1] || 'world', "! I am process $$.\n"]] },
  params => sub { my $env = $_[0]->env; [200, [@text], [map { "$_=" . ($env->{$_} // '') . "\n" } sort keys %$env]] },
  old => sub { [302, [Location => $_[0]->script_name . '/hello'], []] },
  sum => \&sum, visits => \&visits, broken => \&broken, clock => \&clock);

sub {
  my $request = Plack::Request->new(shift);
  my (undef, $page, $rest) = split m{/}, $request->path_info, 3;
  my $answer = $pages{$page // ''} or return [404, [@text], ["there is no such page\n"]];
  return $answer->($request, $rest);
};
