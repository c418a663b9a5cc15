# probe.rb: answers `fcgi check` with Ruby's fcgi.
require 'fcgi'

FCGI.each do |request|
  query = (request.env['QUERY_STRING'] || '').split('&').to_h { |pair| (pair + '=').split('=', 3)[0, 2] }
  out = request.out
  request.err.print("#{query['stderr']}\n") if query['stderr']
  out.print("Status: #{query['status']}\r\n") if query['status']
  out.print("Content-Type: text/plain\r\n\r\n")
  if query['echo']
    out.print(request.in.read)
  elsif query['size']
    out.print('x' * query['size'].to_i)
  else
    request.env.each { |name, value| out.print("#{name}=#{value}\n") }
  end
  request.finish
end
