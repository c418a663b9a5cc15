# notes_controller.rb: notes, which are kept in the visitor's session.
class NotesController < ApplicationController
  skip_forgery_protection only: :upload

  def index
    @notes = notes
  end

  def show
    @note = notes.fetch(params[:id].to_i) { raise ActionController::RoutingError, 'no such note' }
  end

  def new; end

  def create
    session[:notes] = notes + [{ 'title' => params[:title].to_s.first(80), 'text' => params[:text].to_s.first(500) }]
    redirect_to note_path(notes.size - 1), notice: 'It is noted.'
  end

  def destroy
    session[:notes] = notes.reject.with_index { |_, n| n == params[:id].to_i }
    redirect_to notes_path, notice: 'It is gone.'
  end

  def upload
    file = params.require(:file)
    render plain: "#{file.original_filename}: #{file.size} bytes, SHA-256 #{Digest::SHA256.file(file.path).hexdigest}\n"
  end

  def broken
    raise 'this page is broken on purpose'
  end

  private

  def notes
    session[:notes] || []
  end
end
