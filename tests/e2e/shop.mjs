// A shop's pipeline: the publish API, a log that keeps its payments on disk, and every sink.
import path from 'node:path';

import { freePort, request } from './harness.mjs';

export const kKey = 'a-key-for-tests-only';

export function shopConfig(world, ports, { channels, lanes = 2, resumeFor = '1m', sinks = {}, store = {}, api = {}, listener: more = {} } = {}) {
  const listener = 'public';
  return {
    listeners: { [listener]: { bind: `127.0.0.1:${ports.port}`, origins: ['*'], ...more } },
    store: { path: path.join(world.folder, 'signalbox.db'), ...store },
    channels: channels ?? [
      { match: 'pay.*', retain: { events: 2000, for: '2h', durable: true }, replay: 'retained' },
      { match: 'mem.*', retain: { events: 100, for: '1h' }, replay: 'retained' },
      { match: 'late.*', retain: { events: 5, for: '1h' }, replay: 'none' },
    ],
    sources: { api: { plugin: 'webhook', with: { listener, path: '/publish', preset: 'publish', secrets: { key: kKey }, ...api } } },
    sinks: {
      // A client whose upgrade to WebSocket is cut in the middle notices nothing before its heartbeat is missing.
      io: {
        plugin: 'socketio',
        with: { listener, path: '/socket.io', mode: 'echo', resume_for: resumeFor, ping_interval: '3s', ping_timeout: '3s', ...sinks.io },
      },
      ws: { plugin: 'websocket', with: { listener, path: '/ws', ...sinks.ws } },
      sse: { plugin: 'sse', with: { listener, path: '/events', ...sinks.sse } },
    },
    pipelines: { shop: { from: ['api'], to: ['io', 'ws', 'sse'] } },
    admin: { bind: `127.0.0.1:${ports.adminPort}` },
    lanes,
  };
}

export class Shop {
  static async open(world, options = {}) {
    const shop = new Shop();
    shop.world = world;
    shop.ports = { port: await freePort(), adminPort: await freePort() };
    shop.config = shopConfig(world, shop.ports, options);
    await shop.up();
    return shop;
  }

  async up() {
    this.box = await this.world.signalboxRunning(this.config, this.ports);
  }

  get port() {
    return this.ports.port;
  }

  get url() {
    return this.box.url;
  }

  // As a crash would.
  async kill() {
    await this.box.process.end('SIGKILL');
  }

  // {status, body}; `body` is the answer's JSON.
  async post(body, { key = kKey, headers = {} } = {}) {
    const answer = await request(`${this.url}/publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: answer.body ? JSON.parse(answer.body) : undefined };
  }

  // One event; its receipt, {id, cursor}.
  async publish(channel, data, more = {}) {
    const { status, body } = await this.post({ channel, event: 'e', data, ...more });
    if (status !== 200) throw new Error(`publish was answered ${status} ${JSON.stringify(body)}`);
    return body.events[0];
  }
}
