// Peer: the classic server.js on Socket.IO 4.
//   node server-v4.js [port] [redisPort]
const [port = 3000, redisPort = 6379] = process.argv.slice(2);
const Redis = require('ioredis-5');
const http = require('http').createServer();
const io = new (require('socket.io-4').Server)(http, { cors: { origin: '*' } });
const redis = new Redis(Number(redisPort));

redis.psubscribe('*');
redis.on('pmessage', (pattern, channel, text) => {
  const message = JSON.parse(text);
  io.emit(channel + ':' + message.event, message.data);
});
http.listen(Number(port), '127.0.0.1', 4096);
