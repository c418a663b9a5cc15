# config.ru: the pages of examples/apps as a Rack application.  rack.rb beside it serves it.
require 'rack'
require 'zlib'

class Pages
  TEXT = { 'Content-Type' => 'text/plain; charset=utf-8' }.freeze
  PAGES = %w[hello params sum visits old broken clock].freeze

  def call(env)
    request = Rack::Request.new(env)
    _, page, rest = request.path_info.split('/', 3)
    return [404, TEXT, ["there is no such page\n"]] unless PAGES.include?(page)

    send(page, request, rest)
  end

  private

  def hello(_, name)
    [200, TEXT, ["Hello, #{name.to_s.empty? ? 'world' : name}! I am process #{Process.pid}.\n"]]
  end

  def params(request, _)
    [200, TEXT, request.env.sort.map { |name, value| "#{name}=#{value}\n" }]
  end

  def sum(request, _)
    length = 0
    sum = Zlib.adler32
    while (part = request.body.read(65_536))
      length += part.bytesize
      sum = Zlib.adler32(part, sum)
    end
    [200, TEXT, [format("%d bytes, Adler-32 %08x\n", length, sum)]]
  end

  def visits(request, _)
    visits = 1 + request.cookies['visits'].to_i
    response = Rack::Response.new(["visit #{visits}\n"], 200, TEXT)
    response.set_cookie('visits', value: visits.to_s, path: '/')
    response.set_cookie('last', value: 'ruby', path: '/', httponly: true)
    response.finish
  end

  def old(request, _)
    [302, { 'Location' => "#{request.script_name}/hello" }, []]
  end

  def broken(request, _)
    request.env['rack.errors'].puts('this page is broken on purpose')
    [500, TEXT, ["something broke\n"]]
  end

  def clock(request, _)
    ticks = (request.GET['ticks'] || 5).to_i
    lines = Enumerator.new do |out|
      out << "process #{Process.pid}\n"
      ticks.times do |tick|
        sleep 0.1
        out << "tick #{tick + 1}\n"
      end
    end
    [200, TEXT, lines]
  end
end

run Pages.new
