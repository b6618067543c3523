// A small Redis client for the tests: commands out, replies counted in.  Enough to publish a hundred thousand messages
// in a pipeline and to see which ones Redis took.
import net from 'node:net';
import tls from 'node:tls';

const encode = (words) => {
  const parts = [`*${words.length}\r\n`];
  for (const word of words) {
    const bytes = Buffer.from(word);
    parts.push(`$${bytes.length}\r\n`, bytes, '\r\n');
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
};

// Replies of the commands used here are one line each (simple string, error, integer), or a bulk string.
function* takeReplies(state) {
  for (;;) {
    const end = state.text.indexOf('\r\n');
    if (end < 0) return;
    const line = state.text.slice(0, end);
    let size = end + 2;
    let value = line.slice(1);
    if (line[0] === '$' && value !== '-1') {
      size += Number(value) + 2;
      if (state.text.length < size) return;
      value = state.text.slice(end + 2, size - 2);
    }
    state.text = state.text.slice(size);
    yield line[0] === '-' ? new Error(value) : line[0] === ':' ? Number(value) : value;
  }
}

export class RedisClient {
  // where: {port} or {path}; {tls: {...}} of node:tls; {username, password}.
  static async connect(where) {
    const socket = where.tls
      ? tls.connect({ host: '127.0.0.1', port: where.port, ...where.tls })
      : net.connect(where.path ? { path: where.path } : { host: '127.0.0.1', port: where.port });
    await new Promise((resolve, reject) => {
      socket.once(where.tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    });
    const client = new RedisClient(socket);
    if (where.password) {
      await client.command('AUTH', ...(where.username ? [where.username, where.password] : [where.password]));
    }
    return client;
  }

  constructor(socket) {
    this.socket = socket;
    this.waiting = [];
    this.answered = 0;
    const state = { text: '' };
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      state.text += text;
      for (const reply of takeReplies(state)) {
        this.answered += 1;
        const { resolve, reject } = this.waiting.shift();
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      for (const { reject } of this.waiting.splice(0)) reject(new Error('the connection to redis ended'));
    });
  }

  command(...words) {
    if (this.closed) return Promise.reject(new Error('the connection to redis ended'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(encode(words));
    });
  }

  // How many clients Redis handed it to.
  publish(channel, message) {
    return this.command('PUBLISH', channel, typeof message === 'object' && !Buffer.isBuffer(message)
      ? JSON.stringify(message) : message);
  }

  close() {
    this.socket.destroy();
  }
}
