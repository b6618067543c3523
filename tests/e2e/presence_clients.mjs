// A connection to one presence channel, by each of the protocols, behind one face.  It writes down who it was told is
// there and everything that cannot be true: joining of one who is in, leaving of one who is not, news of its own user.
import http from 'node:http';
import { createRequire } from 'node:module';

import { socketIo } from './harness.mjs';

const require = createRequire(import.meta.url);
const WebSocket = require('ws');

class Connection {
  constructor(url, user, channel) {
    Object.assign(this, { url, user, channel, members: undefined, lists: 0, problems: [], over: false });
    this.cookie = `user=${user}`;
  }

  problem(text) {
    if (!this.over) this.problems.push(`${this.constructor.name} of user ${this.user}: ${text}`);
  }

  list(members) {
    this.lists += 1;
    const ids = members.map((member) => member.user_id);
    if (new Set(ids).size !== ids.length) this.problem(`the list has one user twice: ${ids}`);
    if (!ids.includes(this.user)) this.problem(`the list is without its own user: ${ids}`);
    this.members = new Set(ids);
    this.ready?.();
  }

  joining({ user_id: id }) {
    if (!this.members) return this.problem(`joining of ${id} before the list`);
    if (id === this.user) return this.problem('joining of its own user');
    if (this.members.has(id)) return this.problem(`joining of ${id}, who is in`);
    return this.members.add(id);
  }

  leaving({ user_id: id }) {
    if (!this.members) return this.problem(`leaving of ${id} before the list`);
    if (id === this.user) return this.problem('leaving of its own user');
    if (!this.members.has(id)) return this.problem(`leaving of ${id}, who is not in`);
    return this.members.delete(id);
  }

  // In the channel, with its list.
  async open(deadlineMs) {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.constructor.name} of user ${this.user} was not let in`)), deadlineMs);
      this.ready = () => {
        clearTimeout(timer);
        resolve();
      };
      this.start();
    });
    return this;
  }

  // Takes its leave, as a page does that is closed by its user.
  leave() {
    this.over = true;
    this.goodbye();
  }

  // Its line breaks.
  cut() {
    this.over = true;
    this.wire().destroy();
    this.end();
  }
}

class SocketIo extends Connection {
  start() {
    this.socket = socketIo(this.version)(this.url, {
      forceNew: true, reconnection: false, transports: ['websocket'], extraHeaders: { Cookie: this.cookie },
    });
    this.socket.on('connect', () => this.socket.emit('subscribe', { channel: this.channel }));
    this.socket.on('presence:subscribed', (channel, members) => this.list(members));
    this.socket.on('presence:joining', (channel, member) => this.joining(member));
    this.socket.on('presence:leaving', (channel, member) => this.leaving(member));
    this.socket.on('subscription_error', (channel, code) => this.problem(`refused with ${code}`));
  }

  wire() {
    return this.socket.io.engine.transport.ws._socket;
  }

  goodbye() {
    this.socket.emit('unsubscribe', { channel: this.channel });
    this.socket.close();
  }

  end() {
    this.socket.close();
  }
}

class SocketIo2 extends SocketIo {
  version = 2;
}

class SocketIo4 extends SocketIo {
  version = 4;
}

class Ws extends Connection {
  start() {
    this.ws = new WebSocket(`${this.url.replace('http', 'ws')}/ws`, ['signalbox.v1'], { headers: { Cookie: this.cookie } });
    this.ws.on('error', () => {});
    this.ws.on('open', () => this.ws.send(JSON.stringify({ type: 'subscribe', channel: this.channel })));
    this.ws.on('message', (text) => this.hear(JSON.parse(text)));
  }

  hear({ type, members, member, code }) {
    if (type === 'subscribed' || type === 'members') this.list(members);
    if (type === 'join') this.joining(member);
    if (type === 'leave') this.leaving(member);
    if (type === 'error') this.problem(`refused with ${code}`);
  }

  wire() {
    return this.ws._socket;
  }

  goodbye() {
    this.ws.send(JSON.stringify({ type: 'unsubscribe', channel: this.channel }));
    this.ws.close();
  }

  end() {
    this.ws.terminate();
  }
}

class Sse extends Connection {
  start() {
    const headers = { accept: 'text/event-stream', cookie: this.cookie };
    this.request = http.get(`${this.url}/events?channel=${this.channel}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) this.problem(`refused with ${response.statusCode}`);
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', (chunk) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) this.hear(block);
      });
    });
    this.request.on('error', () => {});
  }

  hear(block) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const data = () => JSON.parse(field('data'));
    const event = field('event');
    if (event === 'signalbox.members') this.list(data().members);
    if (event === 'signalbox.join') this.joining(data().member);
    if (event === 'signalbox.leave') this.leaving(data().member);
    if (event === 'signalbox.refused') this.problem(`refused: ${field('data')}`);
  }

  wire() {
    return this.request.socket;
  }

  // There is no other way to leave a stream.
  goodbye() {
    this.request.destroy();
  }

  end() {
    this.request.destroy();
  }
}

export const connections = [SocketIo2, SocketIo4, Ws, Sse];
