// Peer: the same server.js in its own era: Socket.IO 2.
//   node server-v2.js [port] [redisPort]
const [port = 3000, redisPort = 6379] = process.argv.slice(2);
const Redis = require('ioredis-3');
const http = require('http').createServer();
const io = require('socket.io-2')(http);
const redis = new Redis(Number(redisPort));

redis.psubscribe('*');
redis.on('pmessage', (pattern, channel, text) => {
  const message = JSON.parse(text);
  io.emit(channel + ':' + message.event, message.data);
});
http.listen(Number(port), '127.0.0.1', 4096);
