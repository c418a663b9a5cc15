# app.rb: the pages of examples/apps in Ruby, with fcgi.
require 'fcgi'
require 'zlib'

TEXT = "Content-Type: text/plain; charset=utf-8\r\n".freeze

def hello(_, out, name)
  out.print(TEXT, "\r\n", "Hello, #{name.to_s.empty? ? 'world' : name}! I am process #{Process.pid}.\n")
end

def params(request, out, _)
  out.print(TEXT, "\r\n")
  request.env.sort.each { |name, value| out.print("#{name}=#{value}\n") }
end

def sum(request, out, _)
  length = 0
  sum = Zlib.adler32
  while (part = request.in.read(65_536)) && !part.empty?
    length += part.bytesize
    sum = Zlib.adler32(part, sum)
  end
  out.print(TEXT, "\r\n", format("%d bytes, Adler-32 %08x\n", length, sum))
end

def visits(request, out, _)
  visits = 1 + request.env['HTTP_COOKIE'].to_s[/\bvisits=(\d+)/, 1].to_i
  out.print("Set-Cookie: visits=#{visits}; Path=/\r\n", "Set-Cookie: last=ruby; Path=/; HttpOnly\r\n")
  out.print(TEXT, "\r\n", "visit #{visits}\n")
end

def old(request, out, _)
  out.print("Status: 302 Found\r\n", "Location: #{request.env['SCRIPT_NAME']}/hello\r\n\r\n")
end

def broken(request, out, _)
  request.err.print("this page is broken on purpose\n")
  out.print("Status: 500 Internal Server Error\r\n", TEXT, "\r\n", "something broke\n")
end

def clock(request, out, _)
  out.print(TEXT, "\r\n", "process #{Process.pid}\n")
  (request.env['QUERY_STRING'].to_s[/ticks=(\d+)/, 1] || 5).to_i.times do |tick|
    out.flush
    sleep 0.1
    out.print("tick #{tick + 1}\n")
  end
end

PAGES = %w[hello params sum visits old broken clock].freeze

FCGI.each do |request|
  _, page, rest = request.env['PATH_INFO'].to_s.split('/', 3)
  if PAGES.include?(page)
    send(page, request, request.out, rest)
  else
    request.out.print("Status: 404 Not Found\r\n", TEXT, "\r\n", "there is no such page\n")
  end
  request.finish
end
