# gitweb.pl: gitweb as a FastCGI program: a process answers a hundred requests, where fcgiwrap starts one for each.
# The parameters of a request replace its environment; what it was started with is put back, so that it finds its settings.
use CGI::Fast;
my %started = %ENV;
my $new = \&CGI::Fast::new;
no warnings 'redefine';
*CGI::Fast::new = sub {
  my $request = $new->(@_);
  %ENV = (%started, %ENV);
  return $request;
};
@ARGV = ('--fastcgi');
do '/usr/share/gitweb/gitweb.cgi';
