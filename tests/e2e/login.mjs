// A shop whose pages log in through signalbox: its pipeline, a browser as plain HTTP, and the shop's back end.
import path from 'node:path';

import { assert, freePort, request, until } from './harness.mjs';
import { openWire } from './login_wire.mjs';

export const kRedeemKey = 'a-redeem-key-for-tests-only';

export class LoginShop {
  // The options are the source's; `port` and `files` are the public listener's.
  static async open(world, providers, options = {}, { port, files } = {}) {
    const shop = new LoginShop();
    Object.assign(shop, { world, port: port ?? await freePort(), adminPort: await freePort(), redeemPort: await freePort() });
    shop.url = `http://127.0.0.1:${shop.port}`;
    const config = {
      listeners: {
        public: { bind: `127.0.0.1:${shop.port}`, origins: [shop.url], ...(files ? { files } : {}) },
        private: { bind: `127.0.0.1:${shop.redeemPort}` },
      },
      store: { path: path.join(world.folder, 'signalbox.db') },
      channels: [{ match: 'login.*', retain: { events: 5, for: '60s', durable: true }, replay: 'retained' }],
      sources: {
        login: {
          plugin: 'oauth',
          with: {
            listener: 'public', path: '/login', public_url: shop.url, providers,
            redeem: { listener: 'private', path: '/admin/tickets/redeem', key: kRedeemKey }, ...options,
          },
        },
      },
      sinks: {
        ws: { plugin: 'websocket', with: { listener: 'public', path: '/ws' } },
        sse: { plugin: 'sse', with: { listener: 'public', path: '/events' } },
        io: { plugin: 'socketio', with: { listener: 'public', path: '/socket.io', mode: 'echo' } },
      },
      pipelines: { logins: { from: ['login'], to: ['ws', 'sse', 'io'] } },
      admin: { bind: `127.0.0.1:${shop.adminPort}` },
      lanes: 2,
    };
    shop.box = await world.signalboxRunning(config, shop);
    return shop;
  }

  // What a page asks for to begin; {status, cookie, ...answer}.
  async start(provider, { origin = this.url, cookie, body = { provider }, type = 'application/json' } = {}) {
    const answer = await request(`${this.url}/login/start`, {
      method: 'POST',
      headers: { 'content-type': type, ...(origin ? { origin } : {}), ...(cookie ? { cookie } : {}) },
      body: JSON.stringify(body),
    });
    const set = answer.headers['set-cookie']?.[0] ?? '';
    const json = answer.headers['content-type']?.includes('json') ? JSON.parse(answer.body) : {};
    return { ...json, status: answer.status, cookie: set.split(';')[0] || cookie, setCookie: set };
  }

  // The way of the browser over the provider, up to the address that the provider sends it back to.
  async authorize(started) {
    const answer = await request(started.authorize_url);
    assert.equal(answer.status, 302);
    return answer.headers.location;
  }

  callback(address, { cookie } = {}) {
    return request(address, { headers: cookie ? { cookie } : {} });
  }

  // A whole login; the answer to the callback.
  async login(started) {
    return this.callback(await this.authorize(started), started);
  }

  async redeem(ticket, { key = kRedeemKey } = {}) {
    const answer = await request(`http://127.0.0.1:${this.redeemPort}/admin/tickets/redeem`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ticket }),
    });
    return { status: answer.status, body: answer.body ? JSON.parse(answer.body) : undefined };
  }

  listen(started, options) {
    return openWire(this.world, this.url, started.channel, { wait: started.wait, ...options });
  }

  // Nothing of this may ever stand in the log.
  keptQuiet(secrets) {
    for (const secret of secrets) assert.ok(!this.box.process.log.includes(secret), `the log holds ${secret.slice(0, 6)}…`);
  }
}

export async function firstEvent(wire) {
  await until('an event came', () => wire.events.length > 0);
  return wire.events[0];
}
