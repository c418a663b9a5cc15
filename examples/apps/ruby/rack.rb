# rack.rb: serves a Rack application by FastCGI: rack.rb CONFIG.RU
require 'rack'
require 'rack/handler/fastcgi'

application, = Rack::Builder.parse_file(ARGV[0])
Rack::Handler::FastCGI.run(application)
