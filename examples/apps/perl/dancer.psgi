# dancer.psgi: the pages of examples/apps with Dancer2, for Plack.
package Pages;
use Compress::Raw::Zlib 'adler32';
use Dancer2;

set logger => 'null';
set content_type => 'text/plain';
set charset => 'UTF-8';

get '/hello/?:name?' => sub { 'Hello, ' . (route_parameters->get('name') || 'world') . "! I am process $$.\n" };

get '/params/**' => sub {
  my $env = request->env;
  join '', map { "$_=" . ($env->{$_} // '') . "\n" } sort keys %$env;
};

post '/sum' => sub {
  my $body = request->body;
  sprintf "%d bytes, Adler-32 %08x\n", length $body, adler32($body);
};

get '/visits' => sub {
  my $visits = 1 + (cookies->{visits} ? cookies->{visits}->value : 0);
  cookie visits => $visits;
  cookie last => 'perl', http_only => 1;
  "visit $visits\n";
};

get '/old' => sub { redirect '/hello' };

get '/broken' => sub {
  request->env->{'psgi.errors'}->print("this page is broken on purpose\n");
  status 500;
  "something broke\n";
};

get '/clock' => sub {
  my $ticks = query_parameters->get('ticks') // 5;
  delayed {
    flush;
    content "process $$\n";
    for my $tick (1 .. $ticks) {
      select undef, undef, undef, 0.1;
      content "tick $tick\n";
    }
    done;
  };
};

any qr{.*} => sub {
  status 404;
  "there is no such page\n";
};

to_app;
