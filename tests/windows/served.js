// served.js: node-fastcgi on a port or a named pipe, with the words of small-php: n, echo, size, pid.
// usage: node served.js PORT|\\.\pipe\NAME
const fcgi = require('node-fastcgi');

function answer(req, res) {
  const [word, value] = (req.url.split('?')[1] || '').split('=');
  const n = Number(value) || 0;
  res.writeHead(200, { 'Content-Type': 'text/plain' });
  if (word === 'echo') req.pipe(res);
  else if (word === 'size') res.end('abcdefghijklmnop'.repeat(n / 16 + 1).slice(0, n));
  else if (word === 'pid') res.end(String(process.pid));
  else req.resume().on('end', () => res.end(String(n)));
}

const where = process.argv[2];
const server = fcgi.createServer(answer);
if (/^\d+$/.test(where)) server.listen(Number(where), '127.0.0.1');
else server.listen(where);
