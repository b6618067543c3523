// A process with many cheap Socket.IO clients (the protocol by hand on a WebSocket each), which come back after a cut as
// the real ones do.  Each is in one private channel.
//   in:  {url, first, clients} {ask: 'state'}      out: {state: {subscribed, refused, problems}}
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const WebSocket = require('ws');
const kBackoffMs = 200;
const kProblemsMax = 20;

const state = { subscribed: 0, refused: 0, problems: [] };
const problem = (text) => state.problems.length < kProblemsMax && state.problems.push(text);

class Client {
  constructor(url, number) {
    Object.assign(this, { url, number, channel: `private-user.${number}`, inChannel: false });
    this.open();
  }

  open() {
    this.ws = new WebSocket(`${this.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      headers: { Cookie: `user=${this.number}` },
    });
    this.ws.on('message', (text) => this.hear(text.toString()));
    this.ws.on('error', () => {});
    this.ws.on('close', () => {
      if (this.inChannel) state.subscribed -= 1;
      this.inChannel = false;
      setTimeout(() => this.open(), kBackoffMs * (0.5 + Math.random()));
    });
  }

  // Engine.IO 4: 0 open, 2 ping, 4 message; Socket.IO 5 in it: 0 CONNECT, 2 EVENT.
  hear(text) {
    if (text[0] === '0') return this.ws.send('40');
    if (text[0] === '2') return this.ws.send('3');
    if (text.startsWith('40')) return this.subscribe();
    if (!text.startsWith('42')) return undefined;
    const [event, channel, detail] = JSON.parse(text.slice(2));
    if (event === 'subscription_succeeded' && channel === this.channel && !this.inChannel) {
      this.inChannel = true;
      state.subscribed += 1;
    }
    if (event !== 'subscription_error') return undefined;
    state.refused += 1;
    // 0 and 5xx: it could not be judged now, so the page tries again.
    if (detail !== 0 && detail < 500) problem(`client ${this.number} was refused with ${detail}`);
    return setTimeout(() => this.subscribe(), kBackoffMs);
  }

  subscribe() {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.send(`42${JSON.stringify(['subscribe', { channel: this.channel }])}`);
  }
}

process.on('message', ({ url, first, clients, ask }) => {
  if (ask === 'state') return process.send({ state });
  for (let i = 0; i < clients; i += 1) new Client(url, first + i);
  return undefined;
});
process.on('disconnect', () => process.exit(0));
