# application_controller.rb: what all controllers share: forms must come from our own pages.
class ApplicationController < ActionController::Base
  protect_from_forgery with: :exception
end
