// Connection state recovery with real clients: whatever the line does, a page has each event of each of its channels
// once and in order, and what it is told to remember never moves back.
import { assert, patience, request, scenario, sleep, socketIo, until } from './harness.mjs';
import { Shop } from './shop.mjs';
import { Wire } from './wire.mjs';

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

// The place in the log that an offset tells: 128 bits, of which the epoch is the upper half.
function placeOf(offset) {
  const [cursor, op, seq] = offset.split('.');
  return { cursor: Buffer.from(cursor, 'base64url').toString('hex'), op: Number(op ?? 0), seq: Number(seq ?? 0) };
}

// A page with several channels, which subscribes to them again only when it is told that it was not recovered.
class Page {
  constructor(world, url, channels, { version = 4, again = false, ...options } = {}) {
    Object.assign(this, { world, channels, again, version, heard: Object.create(null), gaps: [], recovered: [], errors: [], joined: [], backwards: [] });
    this.socket = socketIo(version)(url, { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 50, randomizationFactor: 0, ...options });
    world.atEnd(() => this.socket.close());
    this.socket.on('connect', () => this.onConnect());
    this.socket.on('e', (channel, data, offset) => {
      this.hear(channel).push(data);
      this.look(offset);
    });
    this.socket.on('signalbox:hello', (_, offset) => {
      this.last = undefined;
      this.look(offset);
    });
    this.socket.on('signalbox.gap', (channel) => this.gaps.push(channel));
    this.socket.on('subscription_succeeded', (channel, told) => this.joined.push({ channel, ...told }));
    this.socket.on('subscription_error', (channel, status) => this.errors.push([channel, status]));
  }

  hear(channel) {
    this.heard[channel] ??= [];
    return this.heard[channel];
  }

  // Within a connection the place of all channels never moves back, nor does that of a replay.
  look(offset) {
    if (offset === undefined) return;
    const place = placeOf(offset);
    const last = this.last;
    this.last = place;
    if (!last) return;
    if (place.cursor < last.cursor || (place.op !== 0 && place.op === last.op && place.seq < last.seq)) this.backwards.push([last, place]);
  }

  onConnect() {
    this.recovered.push(this.socket.recovered);
    if (this.again || !this.socket.recovered) for (const channel of this.channels) this.socket.emit('subscribe', { channel });
  }

  join(channel) {
    this.channels.push(channel);
    this.socket.emit('subscribe', { channel });
  }

  // What it said may have been cut off on its way.
  sayAgain() {
    for (const channel of this.channels)
      if (!this.joined.some((j) => j.channel === channel)) this.socket.emit('subscribe', { channel });
  }

  async open() {
    await until('the page is in its channels', () => this.channels.every((c) => this.joined.some((j) => j.channel === c)));
    return this;
  }

  async has(channel, count, deadlineMs) {
    await until(`${channel} has ${count} events (it has ${this.hear(channel).length})`, () => this.hear(channel).length >= count, deadlineMs);
  }
}

const transports = {
  'polling alone': { transports: ['polling'] },
  'WebSocket alone': { transports: ['websocket'] },
  'polling that becomes WebSocket': {},
};

for (const [how, options] of Object.entries(transports)) {
  scenario(`over ${how}: each event once and in order over many cuts at any moment, on other lanes too`, async (world) => {
    const shop = await Shop.open(world, { lanes: 4 });
    const wire = await Wire.to(world, shop.port);
    const channels = ['pay.a', 'mem.b', 'pay.c'];
    const count = { 'pay.a': 0, 'mem.b': 0, 'pay.c': 0 };
    // What was there before comes by replay, and may be cut in the middle.
    while (count['pay.c'] < 300) await shop.publish('pay.c', count['pay.c']++);
    const page = await new Page(world, wire.url, ['pay.a', 'mem.b'], options).open();
    for (let round = 0; round < 25; round += 1) {
      if (round === 5) page.join('pay.c');
      for (let n = Math.floor(Math.random() * 6); n > 0; n -= 1) {
        const channel = channels[Math.floor(Math.random() * 3)];
        await shop.publish(channel, count[channel]++);
      }
      await sleep(Math.random() * 40);
      wire.cut();
      if (round % 3 === 0) await shop.publish('mem.b', count['mem.b']++);
      wire.mend();
      await sleep(Math.random() * 120);
    }
    await sleep(1000);
    page.sayAgain();
    for (const channel of channels) await page.has(channel, count[channel]);
    await sleep(100);
    for (const channel of channels) assert.deepEqual(page.hear(channel), range(0, count[channel]), channel);
    assert.deepEqual([page.gaps, page.errors, page.backwards], [[], [], []]);
    // The first time it is new; a cut before the CONNECT was answered leaves it so.
    assert.ok(page.recovered.slice(1).some((yes) => yes), 'it was recovered');
  }, { timeoutMs: 90_000 });
}

scenario('a long replay, cut over and over in its middle, comes once and in order, with what happens meanwhile', async (world) => {
  const shop = await Shop.open(world, {
    lanes: 4,
    channels: [{ match: 'pay.*', retain: { events: 2000, bytes: '32MiB', for: '2h' }, replay: 'retained' }],
  });
  const wire = await Wire.to(world, shop.port);
  const padding = 'x'.repeat(10_000);
  for (let n = 0; n < 600; n += 1) await shop.publish('pay.old', `${n} ${padding}`);
  const page = await new Page(world, wire.url, ['pay.now']).open();
  await shop.publish('pay.now', 0);
  await page.has('pay.now', 1);
  wire.slow(1_500_000);
  page.join('pay.old');
  let now = 1;
  for (let cut = 0; cut < 6; cut += 1) {
    const before = page.hear('pay.old').length;
    await until('the replay goes on', () => page.hear('pay.old').length > Math.min(before + 20, 599));
    await shop.publish('pay.now', now++);
    wire.cut();
    await shop.publish('pay.now', now++);
    wire.mend();
  }
  wire.slow(0);
  await page.has('pay.old', 600, 20_000);
  await page.has('pay.now', now);
  await sleep(100);
  assert.deepEqual(page.hear('pay.old').map((text) => parseInt(text, 10)), range(0, 600));
  assert.deepEqual(page.hear('pay.now'), range(0, now));
  assert.deepEqual([page.gaps, page.backwards], [[], []]);
  assert.equal(page.recovered.filter((yes) => !yes).length, 1, 'it is new once');
}, { timeoutMs: 90_000 });

scenario('a page that subscribes again to what was recovered gets nothing twice', async (world) => {
  const shop = await Shop.open(world, { lanes: 4 });
  const wire = await Wire.to(world, shop.port);
  for (let n = 0; n < 5; n += 1) await shop.publish('pay.1', n);
  const page = await new Page(world, wire.url, ['pay.1', 'mem.1'], { again: true }).open();
  for (let n = 5; n < 9; n += 1) {
    wire.cut();
    await shop.publish('pay.1', n);
    wire.mend();
    await page.has('pay.1', n + 1);
    await until('it is told again that it is in both', () => page.joined.length >= 2 * (n - 3));
    await shop.publish('mem.1', n - 5);
  }
  await page.has('mem.1', 4);
  await sleep(50);
  assert.deepEqual(page.hear('pay.1'), range(0, 9));
  assert.deepEqual(page.hear('mem.1'), range(0, 4));
});

for (const version of [2, 3]) {
  scenario(`socket.io-client ${version} with a session of its own: all of it, in order, on any lane`, async (world) => {
    const shop = await Shop.open(world, { lanes: 4, sinks: { io: { ping_interval: '200ms' } } });
    const wire = await Wire.to(world, shop.port);
    const page = await new Page(world, wire.url, ['late.1', 'mem.1'], { version, query: { session: 'a-key-of-22-characters' }, again: true }).open();
    let n = 0;
    for (let round = 0; round < 6; round += 1) {
      await shop.publish('late.1', n++);
      await page.has('late.1', n);
      await sleep(500); // a heartbeat says that it has it
      wire.cut();
      await shop.publish('late.1', n++);
      wire.mend();
      await until('the missed event is there', () => page.hear('late.1').at(-1) === n - 1);
    }
    assert.deepEqual([...new Set(page.hear('late.1'))], range(0, n));
    assert.deepEqual(page.gaps, []);
  });
}

scenario('a client that comes back while its dead line still looks alive has its session at once', async (world) => {
  const shop = await Shop.open(world, { lanes: 4 });
  const wire = await Wire.to(world, shop.port);
  const page = await new Page(world, wire.url, ['late.1'], { transports: ['websocket'] }).open();
  for (let round = 0; round < 4; round += 1) {
    wire.deafen(); // nothing crosses any more, and nobody is told
    await shop.publish('late.1', 2 * round);
    page.socket.io.engine.close();
    await page.has('late.1', 2 * round + 1);
    await shop.publish('late.1', 2 * round + 1);
    await page.has('late.1', 2 * round + 2);
  }
  await sleep(50);
  assert.deepEqual(page.hear('late.1'), range(0, 8));
  assert.deepEqual(page.recovered, [false, true, true, true, true]);
});

scenario('beyond resume_for the session is a new one, and what the page showed is where its channels begin', async (world) => {
  const shop = await Shop.open(world, { lanes: 2, resumeFor: '1s' });
  const wire = await Wire.to(world, shop.port);
  const page = await new Page(world, wire.url, ['late.1']).open();
  const pid = page.socket._pid;
  await shop.publish('late.1', 0);
  await page.has('late.1', 1);
  wire.cut();
  await shop.publish('late.1', 1);
  await sleep(1300);
  wire.mend();
  await page.has('late.1', 2);
  assert.deepEqual(page.recovered, [false, false]);
  assert.notEqual(page.socket._pid, pid);
  assert.deepEqual(page.hear('late.1'), [0, 1]);
  assert.deepEqual(page.gaps, []);
});

for (const [when, heard] of [['in silence', 0], ['after an event', 1]]) {
  scenario(`a page recovered ${when} still knows its place when the program is killed`, async (world) => {
    const shop = await Shop.open(world, {
      channels: [{ match: 'kept.*', retain: { events: 100, for: '1h', durable: true }, replay: 'none' }],
    });
    const wire = await Wire.to(world, shop.port);
    const page = await new Page(world, wire.url, ['kept.1']).open();
    for (let n = 0; n < heard; n += 1) await shop.publish('kept.1', n);
    await page.has('kept.1', heard);
    await wire.blip();
    await until('it was recovered', () => page.recovered.length === 2);
    await sleep(50);
    wire.cut();
    await shop.publish('kept.1', heard);
    await shop.kill();
    await shop.up();
    wire.mend();
    await page.has('kept.1', heard + 1);
    assert.deepEqual(page.hear('kept.1'), range(0, heard + 1));
    assert.deepEqual(page.recovered, [false, true, false]);
  });
}

scenario('forged, foreign and broken pids and offsets give nobody anything, and harm nobody', async (world) => {
  const shop = await Shop.open(world, { lanes: 4 });
  const victim = await new Page(world, shop.url, ['late.1']).open();
  await shop.publish('late.1', 0);
  await victim.has('late.1', 1);
  const { _pid: pid, _lastOffset: offset } = victim.socket;
  const wrong = pid.slice(0, -1) + (pid.endsWith('A') ? 'B' : 'A');
  const forged = [
    { pid: wrong, offset }, { pid: '', offset }, { pid: 'x'.repeat(5000), offset: 'y'.repeat(50_000) }, { pid: 7, offset: {} },
    { pid: wrong, offset: `${offset}.18446744073709551615.18446744073709551615` }, { pid: wrong, offset: `${offset}.1.` },
    { pid: [pid], offset: [offset] }, { pid: `${pid}\u0000`, offset: '🙂' }, { offset: '../../..' },
  ];
  for (const auth of forged) {
    const socket = await world.connected(4, shop.url, { auth, reconnection: false });
    assert.equal(socket.recovered, false);
    assert.notEqual(socket._pid, pid);
    socket.close();
  }
  await shop.publish('late.1', 1);
  await victim.has('late.1', 2);
  assert.deepEqual(victim.recovered, [false], 'nobody put it out');
  // Many at once with the same pid: one has it in the end, and the program goes on.
  victim.socket.io.reconnection(false);
  const crowd = await Promise.all(Array.from({ length: 12 }, () =>
    world.connected(4, shop.url, { auth: { pid, offset: victim.socket._lastOffset }, reconnection: false }).catch(() => undefined)));
  // As the program sees it: a client whose session ends in the middle of its upgrade learns of it from the ping timeout.
  await until('one of them is left', async () => (await shop.box.figure('socketioClients')) <= 1);
  assert.ok(crowd.some((s) => s));
  assert.equal((await request(`http://127.0.0.1:${shop.ports.adminPort}/healthz`)).status, 200);
});

scenario('thousands of sessions that are lost, floods of subscriptions, and names that are none', async (world) => {
  const shop = await Shop.open(world, { lanes: 4, sinks: { io: { resume_sessions_max: 50, channels_max: 20 } } });
  for (let batch = 0; batch < 20; batch += 1) {
    const some = await Promise.all(Array.from({ length: 25 }, (_, i) =>
      world.connected(4, shop.url, { transports: ['websocket'], reconnection: false }).then((s) => s.emit('subscribe', { channel: `mem.${i}` }))));
    await sleep(20);
    for (const socket of some) socket.io.engine.close();
  }
  await until('they are forgotten but for 50', async () => (await shop.box.figure('sessionsKept')) <= 50);
  const names = ['pay."quoted"', 'pay.\\', 'pay.🙂', 'pay.é', 'pay.<script>', 'pay. ', '__proto__'];
  const page = await new Page(world, shop.url, names).open();
  for (const bad of ['a\nb', 'a\u0000b', '', 'x'.repeat(5000)]) page.socket.emit('subscribe', { channel: bad });
  for (const bad of [null, [], 'x', 7, { channel: 7 }, { channel: ['x'] }, {}]) page.socket.emit('subscribe', bad);
  for (let i = 0; i < 3000; i += 1) page.socket.emit(i % 2 ? 'subscribe' : 'unsubscribe', { channel: 'mem.flood' });
  for (let i = 0; i < 40; i += 1) page.socket.emit('subscribe', { channel: `mem.${i}` });
  for (const name of names) await shop.publish(name, name);
  for (const name of names) await page.has(name, 1);
  for (const name of names) assert.deepEqual(page.hear(name), [name]);
  // Names that the client keeps for itself would break the page.
  for (const event of ['connect', 'disconnect', 'connect_error', 'disconnecting', 'newListener', 'removeListener'])
    await shop.post({ channel: 'pay.🙂', event, data: 1 });
  await shop.publish('pay.🙂', 'last');
  await page.has('pay.🙂', 2);
  assert.deepEqual(page.recovered, [false]);
  assert.ok(page.errors.some(([, status]) => status === 429), 'the flood met its limit');
}, { timeoutMs: 90_000 * patience });
