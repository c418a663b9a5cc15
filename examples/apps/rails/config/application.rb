# application.rb: what this Rails application is made of: routes, controllers, views, sessions in cookies; no database.
require 'rails'
require 'action_controller/railtie'
require 'action_view/railtie'

module Notes
  class Application < Rails::Application
    config.root = File.expand_path('..', __dir__)
    config.load_defaults 6.1
    config.eager_load = true
    config.consider_all_requests_local = false
    config.secret_key_base = ENV['SECRET_KEY_BASE'] || 'only for trying it out' * 3
    config.session_store :cookie_store, key: '_notes'
    config.hosts.clear
    config.logger = ActiveSupport::Logger.new($stderr)
    config.log_level = :warn
  end
end
