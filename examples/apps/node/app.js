// app.js: the pages of examples/apps in JavaScript, with node-fastcgi.
const fcgi = require('node-fastcgi');

const pages = {
  hello(request, response, name) {
    response.end(`Hello, ${name || 'world'}! I am process ${process.pid}.\n`);
  },
  params(request, response) {
    const all = Object.entries(request.cgiParams);
    response.end(all.map(([name, value]) => `${name}=${value}\n`).join(''));
  },
  sum(request, response) {
    let a = 1, b = 0, length = 0;
    request.on('data', (part) => {
      length += part.length;
      for (const byte of part) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
      }
    });
    request.on('end', () => {
      const sum = (b * 65536 + a).toString(16).padStart(8, '0');
      response.end(`${length} bytes, Adler-32 ${sum}\n`);
    });
  },
  visits(request, response) {
    const visits = 1 + Number((/visits=(\d+)/.exec(request.headers.cookie) || [])[1] || 0);
    response.setHeader('Set-Cookie', [`visits=${visits}; Path=/`, 'last=node; Path=/; HttpOnly']);
    response.end(`visit ${visits}\n`);
  },
  old(request, response) {
    response.writeHead(302, {Location: `${request.cgiParams.SCRIPT_NAME}/hello`});
    response.end();
  },
  broken(request, response) {
    response.stderr.write('this page is broken on purpose\n');
    response.statusCode = 500;
    response.end('something broke\n');
  },
  clock(request, response) {
    const ticks = Number(new URLSearchParams(request.cgiParams.QUERY_STRING).get('ticks') || 5);
    let tick = 0;
    response.write(`process ${process.pid}\n`);
    const timer = setInterval(() => {
      response.write(`tick ${++tick}\n`);
      if (tick >= ticks) {
        clearInterval(timer);
        response.end();
      }
    }, 100);
    request.on('aborted', () => clearInterval(timer)); // the client has left
  },
};

fcgi.createServer((request, response) => {
  const [, page, rest] = (request.cgiParams.PATH_INFO || '').split('/', 3);
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  if (Object.hasOwn(pages, page)) {
    pages[page](request, response, rest);
  } else {
    response.statusCode = 404;
    response.end('there is no such page\n');
  }
}).listen();
