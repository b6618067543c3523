// Peer: the classic server.js on Socket.IO 4.  With TLS when it is given a certificate.
//   node server-v4.js [port] [redisPort] [rooms]
// With "rooms" a client sends ["subscribe", name] and gets that channel only.
const fs = require('fs');
const [port = 3000, redisPort = 6379, mode = ''] = process.argv.slice(2);
const Redis = require('ioredis-5');
const tls = process.env.BENCH_CERT && { cert: fs.readFileSync(process.env.BENCH_CERT), key: fs.readFileSync(process.env.BENCH_KEY) };
const http = tls ? require('https').createServer(tls) : require('http').createServer();
const io = new (require('socket.io-4').Server)(http, { cors: { origin: '*' } });
const redis = new Redis(Number(redisPort));

if (mode === 'rooms') io.on('connection', (socket) => socket.on('subscribe', (name) => socket.join(name)));

redis.psubscribe('*');
redis.on('pmessage', (pattern, channel, text) => {
  const message = JSON.parse(text);
  const out = mode === 'rooms' ? io.to(channel) : io;
  out.emit(channel + ':' + message.event, message.data);
});
http.listen(Number(port), '127.0.0.1', 4096);
