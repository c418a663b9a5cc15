// probe.js: answers `fcgi check` with node-fastcgi.
const fcgi = require('node-fastcgi');

fcgi.createServer((request, response) => {
  const query = new URLSearchParams(request.cgiParams.QUERY_STRING || '');
  if (query.has('stderr')) response.stderr.write(query.get('stderr') + '\n');
  response.writeHead(Number(query.get('status')) || 200, {'Content-Type': 'text/plain'});
  if (query.has('echo')) { // request.pipe(response) stalls now and then, with bodies that fill the socket
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => response.end(Buffer.concat(pieces)));
  } else if (query.has('size')) {
    response.end('x'.repeat(Number(query.get('size'))));
  } else {
    response.end(Object.entries(request.cgiParams).map(([name, value]) => `${name}=${value}\n`).join(''));
  }
}).listen();
