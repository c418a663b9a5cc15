# mojo.psgi: the pages of examples/apps with Mojolicious, for Plack.
use Mojolicious::Lite -signatures;
use Compress::Raw::Zlib 'adler32';

app->log->level('fatal');
app->max_request_size(64 << 20);
hook after_dispatch => sub ($c) { $c->res->headers->content_type('text/plain; charset=utf-8') };

get '/hello/#name' => {name => 'world'} => sub ($c) {
  $c->render(text => 'Hello, ' . $c->param('name') . "! I am process $$.\n");
};

get '/params/*rest' => sub ($c) {
  my $env = $c->req->env;
  $c->render(data => join '', map { "$_=" . ($env->{$_} // '') . "\n" } sort keys %$env);
};

post '/sum' => sub ($c) {
  my ($length, $sum) = (0, adler32(''));
  my $body = $c->req->content->asset;
  while (length(my $part = $body->get_chunk($length, 65536))) {
    $length += length $part;
    $sum = adler32($part, $sum);
  }
  $c->render(text => sprintf "%d bytes, Adler-32 %08x\n", $length, $sum);
};

get '/visits' => sub ($c) {
  my $visits = 1 + ($c->cookie('visits') // 0);
  $c->cookie(visits => $visits);
  $c->cookie(last => 'perl', {httponly => 1});
  $c->render(text => "visit $visits\n");
};

get '/old' => sub ($c) { $c->redirect_to('/hello') };

get '/broken' => sub ($c) {
  $c->req->env->{'psgi.errors'}->print("this page is broken on purpose\n");
  $c->render(text => "something broke\n", status => 500);
};

get '/clock' => sub ($c) {
  my ($ticks, $tick) = ($c->param('ticks') // 5, 0);
  my $next;
  $next = sub ($c, @) {
    return $c->finish if $tick == $ticks;
    select undef, undef, undef, 0.1;
    $c->write('tick ' . ++$tick . "\n" => $next);
  };
  $c->write("process $$\n" => $next);
};

any '/*all' => {all => ''} => sub ($c) { $c->render(text => "there is no such page\n", status => 404) };

app->start;
