// Peer: a callback's receiver on node:http that reads the body, stores nothing and answers 200.
//   node hook.js [port]
require('http').createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Length': 2 }).end('ok'));
}).listen(Number(process.argv[2] || 3000), '127.0.0.1', 4096);
