# routes.rb: which address leads to which action.
Rails.application.routes.draw do
  root to: redirect('/notes', status: 302)
  resources :notes, only: %i[index show new create destroy]
  post '/upload', to: 'notes#upload'
  get '/broken', to: 'notes#broken'
end
