// Compressed WebSocket messages (RFC 7692) between the program and a client of its own making, `ws`: that they are
// compressed can be seen from the bytes on the wire, that they are right from what is in them.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

import { assert, once, scenario, until } from './harness.mjs';
import { Shop } from './shop.mjs';

const WebSocket = createRequire(import.meta.url)('ws');

const repeated = (size) => '支付成功 paid '.repeat(size / 18);
const noise = (size) => crypto.randomBytes(size / 2).toString('hex');

// A client that writes down what it is told.
class Client {
  static async open(world, shop, query = '', { compress = true, ...options } = {}) {
    const client = new Client();
    client.told = [];
    client.ws = new WebSocket(`${shop.url.replace('http', 'ws')}/ws?${query}`, { perMessageDeflate: compress, ...options });
    world.atEnd(() => client.ws.terminate());
    client.ws.on('message', (text) => client.told.push(JSON.parse(text)));
    client.ws.on('error', (error) => {
      client.error = error;
    });
    await once(client.ws, 'open');
    await client.until((m) => m.type === 'welcome');
    for (const name of new URLSearchParams(query).getAll('channel')) await client.until((m) => m.type === 'subscribed' && m.channel === name);
    return client;
  }

  until(fits) {
    return until('the message comes', () => {
      if (this.error) throw this.error;
      return this.told.find(fits);
    });
  }

  get events() {
    return this.told.filter((m) => m.type === 'event');
  }

  // What crossed the wire while `body` ran; [read, written].
  async wire(body) {
    const socket = this.ws._socket;
    const before = [socket.bytesRead, socket.bytesWritten];
    await body();
    return [socket.bytesRead - before[0], socket.bytesWritten - before[1]];
  }
}

scenario('an event reaches who compresses and who does not, each in its form', async (world) => {
  const shop = await Shop.open(world, { lanes: 1, api: { body: '8MiB' }, listener: { limits: { body: '8MiB' } } });
  const compressing = await Client.open(world, shop, 'channel=pay.1');
  const plain = await Client.open(world, shop, 'channel=pay.1', { compress: false });
  assert.ok(compressing.ws.extensions.includes('permessage-deflate'));
  assert.equal(plain.ws.extensions, '');
  const bodies = ['short', repeated(10_000), noise(10_000), repeated(200_000), noise(200_000), repeated(900_000), repeated(2_000_000), ''];
  for (const [i, data] of bodies.entries()) {
    let narrow;
    const wide = await plain.wire(async () => {
      narrow = await compressing.wire(async () => {
        await shop.publish('pay.1', data);
        for (const client of [compressing, plain]) await until('it arrives', () => client.events.length > i);
      });
    });
    const size = Buffer.byteLength(data);
    for (const client of [compressing, plain]) assert.equal(client.events[i].data, data);
    assert.ok(wide[0] >= size);
    // Beyond a mebibyte nothing is compressed: the lane has others to serve.
    if (data.startsWith('支') && size < 1_000_000) assert.ok(narrow[0] < size / 20, `${size} octets took ${narrow[0]}`);
    else if (size > 200 && size < 1_000_000) assert.ok(narrow[0] < size * 0.7, `${size} octets of hexadecimal digits took ${narrow[0]}`);
  }
});

scenario('a replay is compressed, too, and in order', async (world) => {
  const shop = await Shop.open(world);
  for (let n = 0; n < 100; n += 1) await shop.publish('pay.1', { n, text: repeated(5000) });
  const client = await Client.open(world, shop);
  const [read] = await client.wire(async () => {
    client.ws.send(JSON.stringify({ type: 'subscribe', channel: 'pay.1' }));
    await until('all are there', () => client.events.length === 100);
  });
  assert.deepEqual(client.events.map((e) => e.data.n), Array.from({ length: 100 }, (_, n) => n));
  for (const event of client.events) assert.equal(event.data.text, repeated(5000));
  assert.ok(read < 100 * 1000, `100 events of 5000 octets took ${read}`);
});

scenario('what a client compresses is read: whole, in fragments with a ping between, and empty', async (world) => {
  const shop = await Shop.open(world);
  // Never the window of the message before: the program does not keep one.
  const client = await Client.open(world, shop, '', { compress: { threshold: 0 } });
  const padded = (channel) => `{"type":"subscribe","channel":"${channel}"${' '.repeat(30_000)}}`;
  for (const channel of ['mem.1', 'mem.2', 'mem.3']) {
    const [, written] = await client.wire(async () => {
      client.ws.send(padded(channel));
      await client.until((m) => m.type === 'subscribed' && m.channel === channel);
    });
    assert.ok(written < 500, `30000 octets took ${written}`);
  }

  let pongs = 0;
  client.ws.on('pong', (body) => {
    assert.equal(body.toString(), 'between');
    pongs += 1;
  });
  const text = padded('mem.4');
  const cuts = [0, 1, 10, 10, 15_000, text.length];
  for (let i = 1; i < cuts.length; i += 1) {
    client.ws.send(text.slice(cuts[i - 1], cuts[i]), { fin: i === cuts.length - 1, compress: true });
    client.ws.ping('between');
  }
  await client.until((m) => m.type === 'subscribed' && m.channel === 'mem.4');
  await until('every ping has its pong', () => pongs === cuts.length - 1);

  client.ws.send('', { compress: true });
  const refused = await client.until((m) => m.type === 'error');
  assert.equal(refused.code, 'bad_message');
  await shop.publish('mem.4', 'still here');
  await client.until((m) => m.type === 'event' && m.data === 'still here');
});

scenario('a message that is small on the wire and too large behind it closes its connection alone', async (world) => {
  const shop = await Shop.open(world, { lanes: 1, sinks: { ws: { message_max: '64KiB' } } });
  const other = await Client.open(world, shop, 'channel=mem.1');
  const before = shop.box.process.rss();
  for (let i = 0; i < 20; i += 1) {
    const bomb = await Client.open(world, shop);
    const closed = new Promise((resolve) => bomb.ws.once('close', resolve));
    bomb.ws.send('\0'.repeat(50_000_000), { compress: true });
    assert.equal(await closed, 1009);
  }
  assert.ok(shop.box.process.rss() - before < 20_000_000);
  await shop.publish('mem.1', 1);
  await other.until((m) => m.type === 'event');
});

scenario('a slow client that compresses reads whole messages, and a gap where some are missing', async (world) => {
  const shop = await Shop.open(world, { sinks: { ws: { outbox: { bytes: '256KiB', when_full: 'drop_oldest' } } } });
  const client = await Client.open(world, shop, 'channel=none.1');
  client.ws._socket.pause();
  const kMessages = 400;
  for (let n = 0; n < kMessages; n += 1) await shop.publish('none.1', { n, text: noise(100_000) });
  client.ws._socket.resume();
  await until('the last one is there', () => client.events.at(-1)?.data.n === kMessages - 1);
  let next = 0;
  let gap = false;
  let gaps = 0;
  for (const message of client.told) {
    if (message.type === 'gap') {
      assert.equal(message.channel, 'none.1');
      gap = true;
      gaps += 1;
    } else if (message.type === 'event') {
      if (gap) assert.ok(message.data.n > next, 'something is missing where a gap was told');
      else assert.equal(message.data.n, next);
      assert.equal(message.data.text.length, 100_000);
      gap = false;
      next = message.data.n + 1;
    }
  }
  assert.ok(gaps > 0, 'the client was slow enough to lose something');
});

scenario('compression: false is no for everybody', async (world) => {
  const shop = await Shop.open(world, { sinks: { ws: { compression: false } } });
  const client = await Client.open(world, shop, 'channel=mem.1');
  assert.equal(client.ws.extensions, '');
  await shop.publish('mem.1', repeated(9000));
  assert.equal((await client.until((m) => m.type === 'event')).data, repeated(9000));
});
