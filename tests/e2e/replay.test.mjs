// A provider's callbacks that were kept as they came, and `signalbox replay`.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { assert, freePort, request, scenario, sleep, until } from './harness.mjs';
import { listeners } from './listeners.mjs';

const kSecret = 'whsec_a-secret-for-tests';

class Till {
  static async open(world, options = {}) {
    const till = new Till();
    till.world = world;
    till.ports = { port: await freePort(), adminPort: await freePort() };
    till.config = {
      listeners: { public: { bind: `127.0.0.1:${till.ports.port}`, origins: ['*'] } },
      store: { path: path.join(world.folder, 'signalbox.db') },
      channels: [{ match: 'pay.*', retain: { events: 2000, for: '2h', durable: true }, replay: 'none' }],
      sources: {
        stripe: {
          plugin: 'webhook',
          with: { listener: 'public', path: '/hooks/stripe', preset: 'stripe', secrets: { key: kSecret }, channel: 'pay.{order}', event: 'e', keep_raw: true },
        },
        plain: {
          plugin: 'webhook',
          with: { listener: 'public', path: '/hooks/plain', preset: 'stripe', secrets: { key: kSecret }, channel: 'pay.{order}', event: 'e' },
        },
      },
      filters: { fields: { plugin: 'whitelist', with: { rules: [{ channels: ['pay.*'], keep: ['/id'] }], otherwise: 'drop' } } },
      sinks: { ws: { plugin: 'websocket', with: { listener: 'public', path: '/ws' } } },
      pipelines: { shop: { from: ['stripe', 'plain'], through: ['fields'], to: ['ws'] } },
      admin: { bind: `127.0.0.1:${till.ports.adminPort}` },
      lanes: 2,
      ...options.config,
    };
    await till.up();
    return till;
  }

  async up() {
    this.box = await this.world.signalboxRunning(this.config, this.ports);
  }

  async down() {
    await this.box.process.end();
  }

  async paid(order, id, { to = 'stripe', atS = Math.floor(Date.now() / 1000) } = {}) {
    const body = JSON.stringify({ id, type: 'checkout.session.completed', data: { object: { client_reference_id: order, amount: 990 } } });
    const signature = crypto.createHmac('sha256', kSecret).update(`${atS}.${body}`).digest('hex');
    const answer = await request(`${this.box.url}/hooks/${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': `t=${atS},v1=${signature}` },
      body,
    });
    assert.equal(answer.status, 200, answer.body);
  }

  async listener(order) {
    return new listeners.websocket(this.world, this.box.url, `pay.${order}`).open();
  }

  // {code, counts, out}; counts is nothing when it said none.
  async replay(...args) {
    const { code, out } = await this.world.command('replay', this.box.file, ...args);
    const line = /^\{.*\}$/m.exec(out);
    return { code, out, counts: line ? JSON.parse(line[0]) : undefined };
  }

  admin(method, target, headers = {}, body = undefined) {
    return request(`http://127.0.0.1:${this.ports.adminPort}${target}`, { method, headers, body });
  }
}

scenario('a page that came later gets what is replayed, and only that', async (world) => {
  const till = await Till.open(world);
  await till.paid('1', 'evt_1');
  await till.paid('1', 'evt_1'); // Stripe sends it again
  await till.paid('1', 'evt_2');
  const page = await till.listener('1');

  assert.deepEqual(await till.replay('stripe', '--since', '1h', '--dry-run'), {
    code: 0, out: '{"found":2,"routed":0,"failed":0,"events":0}\n', counts: { found: 2, routed: 0, failed: 0, events: 0 },
  });
  assert.deepEqual((await till.replay('stripe', '--id', 'evt_2')).counts, { found: 1, routed: 1, failed: 0, events: 1 });
  await page.has(1);
  assert.deepEqual(page.events, [{ id: 'evt_2' }]);

  const all = await till.replay('stripe', '--since', '1h', '--rate', '500/s');
  assert.equal(all.code, 0, all.out);
  assert.deepEqual(all.counts, { found: 2, routed: 2, failed: 0, events: 2 });
  await page.has(3);
  await sleep(100);
  assert.deepEqual(page.events.map((e) => e.id), ['evt_2', 'evt_1', 'evt_2']);

  // What was replayed was not kept again.
  assert.deepEqual((await till.replay('stripe', '--since', '1h', '--dry-run')).counts.found, 2);
  assert.deepEqual((await till.replay('stripe', '--since', '1h', '--until', '30m')).counts.found, 0);
  assert.match(await till.box.metrics(), /^signalbox_replayed_total\{(?=.*source="stripe").*outcome="routed".*\} 3$/m);
});

scenario('a whitelist that kept too little is mended, and the replay brings what was missing', async (world) => {
  const till = await Till.open(world);
  await till.paid('7', 'evt_1');
  await till.down();
  till.config.filters.fields.with.rules[0].keep = ['/id', '/data/object/amount'];
  await till.up();
  const page = await till.listener('7');
  assert.equal((await till.replay('stripe', '--since', '1h')).code, 0);
  await page.has(1);
  assert.deepEqual(page.events, [{ id: 'evt_1', data: { object: { amount: 990 } } }]);
});

scenario('what was signed long ago is replayed as of the time it came, and with a new key it is not', async (world) => {
  const till = await Till.open(world);
  await till.paid('1', 'evt_1', { atS: Math.floor(Date.now() / 1000) - 290 });
  await till.paid('1', 'evt_2');
  await till.down();
  till.config.sources.stripe.with.tolerance = '291s';
  await till.up();
  await sleep(2500); // by now evt_1 would be refused
  assert.deepEqual((await till.replay('stripe', '--since', '1h')).counts, { found: 2, routed: 2, failed: 0, events: 2 });
  await till.down();
  till.config.sources.stripe.with.secrets.key = 'whsec_another';
  await till.up();
  const refused = await till.replay('stripe', '--since', '1h');
  assert.equal(refused.code, 1);
  assert.deepEqual(refused.counts, { found: 2, routed: 0, failed: 2, events: 0 });
  assert.match(refused.out, /2 of 2 requests could not be replayed/);
  await until('the log says why', () => /cannot replay the request .* signature/.test(till.box.log));
  assert.ok(!till.box.log.includes('v1='), 'no signature in the log');
});

scenario('the command says in a sentence what it needs, with the exit code for it', async (world) => {
  const till = await Till.open(world);
  const says = async (code, words, ...args) => {
    const told = await till.replay(...args);
    assert.equal(told.code, code, told.out);
    assert.match(told.out, words);
  };
  await says(2, /--since TIME, or --id ID/, 'stripe');
  await says(2, /--since wants a time/, 'stripe', '--since', 'yesterday');
  await says(2, /--since must be before/, 'stripe', '--since', '1h', '--until', '2h');
  await says(2, /--rate wants/, 'stripe', '--since', '1h', '--rate', 'fast');
  await says(2, /SOURCE/);
  await says(1, /no source "nobody"/, 'nobody', '--since', '1h');
  await says(1, /"plain" keeps no requests: set keep_raw/, 'plain', '--since', '1h');
  await till.down();
  await says(1, /no signalbox answers at 127\.0\.0\.1:\d+ .*start it/, 'stripe', '--since', '1h');
  fs.writeFileSync(till.box.file, 'sources: {}\n');
  await says(78, /admin listener, and this file has none/, 'stripe', '--since', '1h');
  fs.rmSync(till.box.file);
  await says(78, /cannot read this file/, 'stripe', '--since', '1h');
});

scenario('no web page can begin a replay, and one at a time is enough', async (world) => {
  const till = await Till.open(world);
  for (let n = 0; n < 30; n += 1) await till.paid('1', `evt_${n}`);
  const command = { 'x-signalbox-command': 'replay' };
  const target = '/replay?source=stripe&since=1h&rate=10';
  const bad = [{}, { origin: 'https://evil.example', ...command }, { 'sec-fetch-site': 'cross-site', ...command },
    { origin: `http://127.0.0.1:${till.ports.adminPort}`, ...command }, { 'x-signalbox-command': 'other' }];
  for (const headers of bad) assert.equal((await till.admin('POST', target, headers)).status, 403, JSON.stringify(headers));
  assert.equal((await till.admin('GET', '/replay/1')).status, 403);
  assert.equal((await till.admin('POST', target, command, 'body')).status, 400);
  assert.equal((await till.admin('POST', '/replay?source=stripe', command)).status, 400);

  const begun = await till.admin('POST', target, command);
  assert.equal(begun.status, 202);
  const { replay } = JSON.parse(begun.body);
  assert.equal((await till.admin('POST', target, command)).status, 409);
  const second = await till.replay('stripe', '--since', '1h');
  assert.equal(second.code, 1);
  assert.match(second.out, /another replay is under way/);
  await sleep(300);
  const progress = JSON.parse((await till.admin('GET', `/replay/${replay}`, command)).body);
  assert.equal(progress.ended, false);
  assert.ok(progress.found === 30 && progress.routed > 0 && progress.routed < 20, JSON.stringify(progress));
  await until('it has ended', async () => JSON.parse((await till.admin('GET', `/replay/${replay}`, command)).body).ended);
  assert.equal((await till.admin('GET', '/replay/1', command)).status, 404);
  assert.equal((await till.admin('GET', '/healthz')).body, 'ok');
});

scenario('what is kept holds no password, and is replayed without it', async (world) => {
  const till = await Till.open(world, {
    config: {
      sources: {
        own: {
          plugin: 'webhook',
          with: {
            listener: 'public', path: '/hooks/own', preset: 'bearer', secrets: { key: kSecret }, channel: 'pay.1', event: 'e', keep_raw: true,
          },
        },
      },
      pipelines: { shop: { from: ['own'], through: ['fields'], to: ['ws'] } },
    },
  });
  const answer = await request(`${till.box.url}/hooks/own`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${kSecret}`, cookie: 'secret=of-somebody' },
    body: '{"id":"a"}',
  });
  assert.equal(answer.status, 200);
  const page = await till.listener('1');
  assert.deepEqual((await till.replay('own', '--since', '1h')).counts, { found: 1, routed: 1, failed: 0, events: 1 });
  await page.has(1);
  await till.down();
  for (const name of fs.readdirSync(world.folder)) {
    if (!name.startsWith('signalbox.db')) continue;
    const bytes = fs.readFileSync(path.join(world.folder, name), 'latin1');
    assert.ok(!bytes.includes(kSecret) && !bytes.includes('of-somebody'), `${name} holds a secret`);
  }
});

scenario('a program without a store is told what keep_raw wants', async (world) => {
  const till = await Till.open(world, { config: { store: undefined, channels: [] } });
  const { code, out } = await world.command('check', till.box.file);
  assert.equal(code, 0);
  assert.match(out, /keep_raw[\s\S]*nothing will be kept|nothing will be kept for replays/);
  const told = await till.replay('stripe', '--since', '1h');
  assert.equal(told.code, 1);
  assert.match(told.out, /no store/);
});
