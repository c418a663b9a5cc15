# dispatch.rb: serves this Rails application by FastCGI on the socket that is descriptor 0.
require_relative 'config/application'
require 'rack/handler/fastcgi'

Notes::Application.initialize!
Rack::Handler::FastCGI.run(Notes::Application)
