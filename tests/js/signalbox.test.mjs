// The browsers' helper, sdk/js/signalbox.js, in a browser that is made for it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';

import { World, event, page } from './world.mjs';

async function connected(world, channels = ['a'], options) {
  const made = await page(world, options);
  channels.forEach(made.join);
  await world.pass(0);
  world.socket.open();
  world.socket.say({ type: 'welcome', id: '1', cursor: 'w' });
  return made;
}
const subscriptions = (socket) => socket.sent.filter((m) => m.type === 'subscribe').map(({ channel, since }) => [channel, since]);

test('a page gets the events of its channels, each with what the contract says', async () => {
  const world = new World();
  const { told } = await connected(world, ['a', 'b'], { token: 'T&1' });
  assert.equal(world.socket.url, 'wss://shop.example/ws?token=T%261');
  assert.equal(world.socket.protocol, 'signalbox.v1');
  assert.deepEqual(subscriptions(world.socket), [['a', undefined], ['b', undefined]]);
  world.socket.say(event('a', 1));
  world.socket.say(event('c', 2)); // nobody asked
  assert.deepEqual(told.events, [{ channel: 'a', event: 'e', data: 1, id: 'id-c1', cursor: 'c1' }]);
  assert.deepEqual(told.state, [['open', 'ws']]);
});

test('the base may be a folder, with or without its slash, or another origin', async () => {
  for (const [base, url] of [['/push', 'wss://shop.example/push/ws'], ['/push/', 'wss://shop.example/push/ws'],
    ['http://push.example:6001', 'ws://push.example:6001/ws']]) {
    const world = new World();
    const { join } = await page(world, undefined, base);
    join('a');
    await world.pass(0);
    assert.equal(world.socket.url, url);
  }
});

test('without a channel nothing is connected, and after the last one has left no more', async () => {
  const world = new World();
  const { join } = await page(world);
  await world.pass(60_000);
  assert.equal(world.sockets.length, 0);
  const leave = join('a');
  await world.pass(0);
  world.socket.open();
  leave();
  await world.pass(0);
  assert.deepEqual(world.socket.sent.at(-1), { type: 'unsubscribe', channel: 'a', ref: 2 });
  assert.equal(world.socket.readyState, 3);
  await world.show(true);
  await world.pass(60_000);
  assert.equal(world.sockets.length, 1);
});

test('a cut is resumed from the cursor of each channel, also of one that was silent', async () => {
  const world = new World();
  const { told, data } = await connected(world, ['a', 'quiet']);
  world.socket.say({ type: 'subscribed', channel: 'a', cursor: 's1', recovered: false, ref: 1 });
  world.socket.say({ type: 'subscribed', channel: 'quiet', cursor: 's2', recovered: false, ref: 2 });
  world.socket.say(event('a', 1));
  world.socket.drop();
  assert.deepEqual(told.state.at(-1), ['connecting', 'ws']);
  await world.another('sockets');
  assert.equal(world.sockets.length, 2);
  world.socket.open();
  assert.deepEqual(subscriptions(world.socket), [['a', 'c1'], ['quiet', 's2']]);
  world.socket.say(event('a', 2));
  assert.deepEqual(data(), [1, 2]);
});

test('a page that is loaded again goes on where it was', async () => {
  const before = new World();
  await connected(before);
  before.socket.say(event('a', 1));
  const after = new World({ storage: before.storage });
  await connected(after);
  assert.deepEqual(subscriptions(after.socket), [['a', 'c1']]);
});

test('storage: null, or one that refuses everything, costs only that', async () => {
  const refusing = () => { throw new Error('denied'); };
  const kinds = [{ storage: null }, { storage: { getItem: refusing, setItem: refusing, removeItem: refusing } }];
  for (const options of [...kinds, undefined]) {
    const world = new World();
    // A sandboxed page: even looking at it throws.
    if (!options) Object.defineProperty(world.globals, 'sessionStorage', { get: refusing });
    const { join, data } = await page(world, options);
    const leave = join('a');
    await world.pass(0);
    world.socket.open();
    world.socket.say(event('a', 1));
    world.socket.drop();
    await world.another('sockets');
    world.socket.open();
    assert.deepEqual(subscriptions(world.socket), [['a', 'c1']], 'the page itself remembers');
    leave();
    assert.deepEqual(data(), [1]);
    assert.equal(world.storage.size, 0);
    assert.deepEqual(world.uncaught, []);
  }
});

test('no event is given twice, whatever the server repeats', async () => {
  const world = new World();
  const { data } = await connected(world, ['a', 'b']);
  for (const one of [event('a', 1), event('a', 2), event('a', 1), event('b', 1), event('a', 2), event('a', 3)]) world.socket.say(one);
  assert.deepEqual(data(), [1, 2, 1, 3], 'the same cursor in two channels is two events');
});

test('what is remembered of a channel is bounded', async () => {
  const world = new World();
  const { data } = await connected(world);
  for (let i = 0; i < 1500; ++i) world.socket.say(event('a', i));
  world.socket.say(event('a', 1499));
  world.socket.say(event('a', 500));
  assert.equal(data().length, 1500);
  world.socket.say(event('a', 499));
  assert.equal(data().length, 1501, 'the thousand and first is forgotten');
});

test('several handlers of a channel are one subscription; the last to leave ends it', async () => {
  const world = new World();
  const { join, data } = await connected(world);
  const leave = join('a');
  world.socket.say(event('a', 1));
  assert.deepEqual(data(), [1, 1]);
  leave();
  leave();
  world.socket.say(event('a', 2));
  assert.deepEqual(data(), [1, 1, 2]);
  await world.pass(0);
  assert.equal(world.socket.sent.length, 1);
});

test('who leaves a channel and joins it again is new to it', async () => {
  const world = new World();
  const { join, data } = await page(world);
  const leave = join('a');
  join('b');
  await world.pass(0);
  world.socket.open();
  world.socket.say(event('a', 1));
  leave();
  assert.equal(world.storage.size, 0);
  join('a');
  assert.deepEqual(subscriptions(world.socket), [['a', undefined], ['b', undefined], ['a', undefined]]);
  world.socket.say(event('a', 1));
  assert.deepEqual(data(), [1, 1], 'it is replayed to the new one');
});

test('a handler that throws harms neither the others nor the cursor', async () => {
  const world = new World();
  const { sb, data, join } = await page(world);
  sb.subscribe('a', () => { throw new Error('mine'); });
  join('a');
  await world.pass(0);
  world.socket.open();
  world.socket.say(event('a', 1));
  await world.pass(0);
  assert.deepEqual(data(), [1]);
  assert.deepEqual(world.uncaught.map((e) => e.message), ['mine']);
  assert.deepEqual([...world.storage.values()], ['c1']);
});

test('gaps and refusals are told, with their channel', async () => {
  const world = new World();
  const { told } = await connected(world, ['a', 'private-x']);
  world.socket.say({ type: 'gap', channel: 'a' });
  const { ref } = world.socket.sent.find((m) => m.channel === 'private-x');
  world.socket.say({ type: 'error', code: 'not_allowed', message: 'no', ref });
  assert.deepEqual(told.gap, [{ channel: 'a' }]);
  assert.deepEqual(told.error, [{ channel: 'private-x', code: 'not_allowed', message: 'no' }]);
});

test('messages that are none are passed over', async () => {
  const world = new World();
  const { data, told } = await connected(world);
  for (const bad of ['', 'nonsense', 'null', '5', '[]', '{"type":7}', '{"type":"later"}', '{"type":"event"}', '{"type":"gap"']) world.socket.say(bad);
  world.socket.say(event('a', 1));
  assert.deepEqual(data(), [1]);
  assert.equal(world.socket.readyState, 1);
  assert.deepEqual(told.error, []);
});

test('a silent WebSocket is asked, and left when it does not answer', async () => {
  const world = new World();
  await connected(world);
  const first = world.socket;
  await world.pass(25_000);
  assert.equal(first.sent.at(-1).type, 'ping');
  first.say({ type: 'pong' });
  await world.pass(24_000);
  assert.equal(first.sent.filter((m) => m.type === 'ping').length, 1, 'the answer counts from then');
  await world.pass(10_000);
  assert.equal(first.readyState, 3);
  assert.equal(world.sockets.length, 2);
});

test('a page that becomes visible finds out at once whether its WebSocket lives', async () => {
  const world = new World();
  const { data } = await connected(world);
  world.socket.say(event('a', 1));
  await world.show(false);
  await world.pass(5_000);
  assert.equal(world.socket.sent.at(-1).type, 'subscribe', 'nothing is asked of a hidden page');
  await world.show(true);
  assert.equal(world.socket.sent.at(-1).type, 'ping');
  await world.pass(6_000);
  assert.equal(world.sockets.length, 2);
  world.socket.open();
  assert.deepEqual(subscriptions(world.socket), [['a', 'c1']]);
  world.socket.say(event('a', 2));
  assert.deepEqual(data(), [1, 2]);
});

for (const how of ['visibilitychange', 'pageshow', 'online']) {
  test(`${how} ends the pause between two attempts`, async () => {
    const world = new World({ random: 1 });
    await connected(world);
    for (let i = 0; i < 3; ++i) {
      world.socket.drop();
      await world.another('sockets');
      world.socket.open();
      world.socket.say({ type: 'welcome' });
    }
    world.socket.drop();
    const before = world.sockets.length;
    await world.happens(how);
    await world.pass(0);
    assert.equal(world.sockets.length, before + 1);
  });
}

test('another network is a new connection, from the top', async () => {
  const world = new World();
  await connected(world);
  const old = world.socket;
  await world.happens('online');
  assert.equal(old.readyState, 3);
  assert.equal(world.sockets.length, 2);
});

test('pauses between attempts are random, grow to half a minute, and begin anew after a connection that held', async () => {
  const world = new World({ random: 1 });
  await connected(world, ['a'], { transports: ['ws'] });
  const pauses = [];
  const pause = async (held) => {
    await world.pass(held);
    world.socket.drop();
    pauses.push(await world.another('sockets'));
    world.socket.open();
    world.socket.say({ type: 'welcome' });
  };
  for (let i = 0; i < 8; ++i) await pause(100);
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  await pause(6_000);
  assert.equal(pauses.at(-1), 500);
});

test('it has less than 4.25 KiB when it is minified', async () => {
  const require = createRequire(new URL('../e2e/package.json', import.meta.url));
  const { minify } = require('terser');
  const { code } = await minify(fs.readFileSync(new URL('../../sdk/js/signalbox.js', import.meta.url), 'utf8'));
  assert.ok(code.length > 1000 && Buffer.byteLength(code) < 4.25 * 1024, `${Buffer.byteLength(code)} bytes`);
});
