// Peer: the smallest useful server on npm's "ws", one lane.  With TLS when it is given a certificate.
//   node server-ws.js [port] [redisPort]
const fs = require('fs');
const [port = 3000, redisPort = 6379] = process.argv.slice(2);
const Redis = require('ioredis-5');
const { WebSocketServer } = require('ws');
const tls = process.env.BENCH_CERT && { cert: fs.readFileSync(process.env.BENCH_CERT), key: fs.readFileSync(process.env.BENCH_KEY) };
const http = tls ? require('https').createServer(tls) : require('http').createServer();
const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
const redis = new Redis(Number(redisPort));

redis.psubscribe('*');
redis.on('pmessage', (pattern, channel, text) => {
  for (const client of wss.clients) client.send(text);
});
http.listen(Number(port), '127.0.0.1', 4096);
