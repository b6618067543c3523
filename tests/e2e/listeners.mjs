// Whoever waits for an event, by every protocol that a page may choose, behind one face: what it was given, in order,
// and how it comes back after its wire was cut.  Each does what its own library or the page around it would do.
import crypto from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';

import { patience, socketIo, until } from './harness.mjs';

const require = createRequire(import.meta.url);
const WebSocket = require('ws');

class Listener {
  constructor(world, url, channel, options) {
    Object.assign(this, { world, url, channel, options });
    this.events = []; // data, in the order given
    this.gaps = 0;
    this.subscribed = 0; // how often it was told so
    this.closed = false;
    world.atEnd(() => this.close());
  }

  // Subscribed, however it is told.
  async open() {
    this.start();
    await until(`${this.constructor.name} is subscribed to ${this.channel}`, () => this.subscribed > 0);
    return this;
  }

  async has(count, deadlineMs) {
    await until(`${this.constructor.name} has ${count} events (it has ${this.events.length})`, () => this.events.length >= count, deadlineMs);
  }

  // Back after a cut: subscribed once more than before.
  async back(before) {
    await until(`${this.constructor.name} is back`, () => this.subscribed > before);
  }
}

class SocketIo extends Listener {
  start() {
    this.socket = socketIo(this.version)(this.url, {
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
      randomizationFactor: 0,
      ...this.options,
    });
    this.recovered = [];
    this.socket.on('connect', () => {
      this.recovered.push(this.socket.recovered);
      this.onConnect();
    });
    this.socket.on('subscription_succeeded', (channel) => channel === this.channel && (this.subscribed += 1));
    this.socket.on('signalbox.gap', (channel) => channel === this.channel && (this.gaps += 1));
    this.socket.on('e', (channel, data) => channel === this.channel && this.events.push(data));
  }

  subscribe() {
    this.socket.emit('subscribe', { channel: this.channel, ...(this.options.since ? { since: this.options.since } : {}) });
  }

  close() {
    this.socket?.close();
  }
}

// Names its session, so that the server knows it again: these clients keep nothing themselves.
class SocketIo2 extends SocketIo {
  constructor(world, url, channel, options = {}) {
    super(world, url, channel, { query: { session: crypto.randomBytes(16).toString('hex') }, ...options });
    this.version = 2;
  }

  onConnect() {
    this.subscribe();
  }
}

class SocketIo3 extends SocketIo2 {
  constructor(...args) {
    super(...args);
    this.version = 3;
  }
}

// Recovers by itself (4.6 and later): a page subscribes again only when it is told that it was not.
class SocketIo4 extends SocketIo {
  constructor(world, url, channel, options = {}) {
    super(world, url, channel, options);
    this.version = 4;
  }

  onConnect() {
    if (this.socket.recovered) this.subscribed += 1;
    else this.subscribe();
  }
}

class Ws extends Listener {
  start() {
    if (this.closed) return;
    const since = this.cursor ?? this.options?.since;
    const query = new URLSearchParams({ channel: this.channel, ...(since ? { since } : {}) });
    this.ws = new WebSocket(`${this.url.replace('http', 'ws')}/ws?${query}`, ['signalbox.v1']);
    this.ws.on('message', (text) => this.hear(JSON.parse(text)));
    this.ws.on('error', () => {});
    this.ws.on('close', () => setTimeout(() => this.start(), 50));
  }

  hear(message) {
    if (message.type === 'gap') this.gaps += 1;
    if (message.type === 'event') this.events.push(message.data);
    if (message.type === 'subscribed') this.subscribed += 1;
    if (message.cursor) this.cursor = message.cursor;
  }

  close() {
    this.closed = true;
    this.ws?.terminate();
  }
}

// What EventSource does, as far as it matters here: fields, the last id, and coming back with it.
class Sse extends Listener {
  start() {
    if (this.closed) return;
    const query = new URLSearchParams({ channel: this.channel, ...(this.options?.since ? { since: this.options.since } : {}) });
    const headers = { accept: 'text/event-stream', ...(this.cursor ? { 'last-event-id': this.cursor } : {}) };
    const again = () => setTimeout(() => this.start(), 50);
    this.request = http.get(`${this.url}/events?${query}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) throw new Error(`the stream was answered ${response.statusCode}`);
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop();
        blocks.forEach((block) => this.hear(block));
      });
      response.on('error', () => {});
      response.on('close', again);
    });
    this.request.on('error', () => this.request.res ?? again());
  }

  hear(block) {
    const fields = {};
    for (const line of block.split('\n')) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
      else if (name) fields[name] = value;
    }
    if (fields.id !== undefined) {
      this.cursor = fields.id;
      if (fields.data === undefined) this.subscribed += 1;
    }
    if (fields.event === 'signalbox.gap') this.gaps += 1;
    else if (fields.data !== undefined) this.events.push(JSON.parse(fields.data));
  }

  close() {
    this.closed = true;
    this.request?.destroy();
  }
}

class Poll extends Listener {
  async start() {
    while (!this.closed) {
      try {
        const answer = await this.ask(this.subscribed === 0 ? 0 : 2);
        this.gaps += answer.gap ? 1 : 0;
        for (const event of answer.events) this.events.push(event.data);
        this.cursor = answer.cursor;
        this.subscribed += 1;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  ask(wait) {
    const since = this.cursor ?? this.options?.since;
    const query = new URLSearchParams({ channel: this.channel, wait, ...(since ? { since } : {}) });
    return new Promise((resolve, reject) => {
      const options = { headers: { accept: 'application/json' }, agent: false, timeout: 10_000 * patience };
      this.request = http.get(`${this.url}/events?${query}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
        response.on('error', reject);
      });
      this.request.on('error', reject);
      this.request.on('timeout', () => this.request.destroy());
    });
  }

  close() {
    this.closed = true;
    this.request?.destroy();
  }
}

export const listeners = {
  'socket.io-client 2': SocketIo2,
  'socket.io-client 3': SocketIo3,
  'socket.io-client 4': SocketIo4,
  websocket: Ws,
  sse: Sse,
  poll: Poll,
};
