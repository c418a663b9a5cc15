-- app.lua: the pages of examples/apps in Lua, with WSAPI.
local fastcgi = require 'wsapi.fastcgi'

local pages = {}
local text = {['Content-Type'] = 'text/plain; charset=utf-8'}

local function pid()
  local file = io.open('/proc/self/stat')
  local number = file:read('*n')
  file:close()
  return number
end

local function lines(...)
  local all = {...}
  return coroutine.wrap(function()
    for _, line in ipairs(all) do coroutine.yield(line) end
  end)
end

function pages.hello(env, rest)
  return 200, text, lines(('Hello, %s! I am process %d.\n'):format(rest ~= '' and rest or 'world', pid()))
end

-- WSAPI asks for parameters by name: these are the ones that the page shows.
function pages.params(env)
  local names = {'REQUEST_METHOD', 'REQUEST_URI', 'SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING', 'HTTP_HOST', 'HTTP_COOKIE'}
  for n = 1, 200 do
    names[#names + 1] = 'HTTP_X_P_' .. n
    names[#names + 1] = 'P_' .. n
  end
  local all = {}
  for _, name in ipairs(names) do
    local value = env[name]
    if value and value ~= '' then all[#all + 1] = name .. '=' .. value .. '\n' end
  end
  return 200, text, lines(table.concat(all))
end

function pages.sum(env)
  local a, b, length = 1, 0, 0
  local left = tonumber(env.CONTENT_LENGTH) or 0
  while left > 0 do
    local part = env.input:read(math.min(left, 65536))
    if not part or part == '' then break end
    left, length = left - #part, length + #part
    for at = 1, #part do
      a = (a + part:byte(at)) % 65521
      b = (b + a) % 65521
    end
  end
  return 200, text, lines(('%d bytes, Adler-32 %04x%04x\n'):format(length, b, a))
end

function pages.visits(env)
  local visits = 1 + (tonumber(env.HTTP_COOKIE:match('visits=(%d+)')) or 0)
  local fields = {['Content-Type'] = text['Content-Type'],
    ['Set-Cookie'] = {('visits=%d; Path=/'):format(visits), 'last=lua; Path=/; HttpOnly'}}
  return 200, fields, lines(('visit %d\n'):format(visits))
end

function pages.old(env)
  return 302, {Location = env.SCRIPT_NAME .. '/hello'}, lines()
end

function pages.broken(env)
  env.error:write('this page is broken on purpose\n')
  return 500, text, lines('something broke\n')
end

function pages.clock(env)
  local ticks = tonumber(env.QUERY_STRING:match('ticks=(%d+)')) or 5
  return 200, text, coroutine.wrap(function()
    coroutine.yield(('process %d\n'):format(pid()))
    for tick = 1, ticks do
      os.execute('sleep 0.1')
      coroutine.yield(('tick %d\n'):format(tick))
    end
  end)
end

fastcgi.run(function(env)
  local page, rest = env.PATH_INFO:match('^/([^/]*)/?(.*)$')
  if pages[page] then return pages[page](env, rest) end
  return 404, text, lines('there is no such page\n')
end)
