// What the browsers' helper, sdk/js/signalbox.js, does where a WebSocket does not get through: server-sent events, polls.
import assert from 'node:assert/strict';
import test from 'node:test';

import { World, event, page } from './world.mjs';

const query = (url) => [url.searchParams.getAll('channel'), url.searchParams.getAll('since')];
const answer = (events, cursor, more = {}) => ({ events, cursor, gap: false, ...more });

async function fallen(world, channels = ['a'], options = {}) {
  const made = await page(world, { transports: ['sse', 'poll'], ...options });
  channels.forEach(made.join);
  await world.pass(0);
  return made;
}

test('a transport that fails to open twice makes way for the next, and the best is tried again later', async () => {
  const world = new World();
  const { join, told, data } = await page(world);
  join('a');
  await world.pass(0);
  world.socket.drop();
  await world.pass(5_000);
  assert.equal(world.sockets.length, 2);
  world.socket.drop();
  await world.pass(5_000);
  assert.equal(world.sockets.length, 2);
  assert.equal(world.request.url.pathname, '/events');
  await world.request.answer(answer([event('a', 1)], 'c1'));
  world.stream.fail();
  await world.pass(10_000);
  await world.request.answer(answer([], 'c1'));
  world.stream.fail();
  await world.pass(10_000);
  await world.request.answer(answer([event('a', 2)], 'c2'));
  assert.deepEqual(told.state.at(-1), ['open', 'poll']);
  assert.equal(world.request.url.searchParams.get('wait'), '25');
  const polling = world.request;
  await world.another('sockets', 1000);
  assert.equal(world.sockets.length, 3);
  assert.equal(polling.signal.aborted, true);
  world.socket.open();
  assert.deepEqual(world.socket.sent.map(({ channel, since }) => [channel, since]), [['a', 'c2']]);
  assert.deepEqual(data(), [1, 2]);
});

test('a browser without WebSocket, or one that never opens, falls back as well', async () => {
  for (const missing of [true, false]) {
    const world = new World();
    if (missing) delete world.globals.WebSocket;
    const { join } = await page(world);
    join('a');
    await world.pass(40_000);
    assert.equal(world.fetches.length > 0, true);
  }
});

test('a stream begins where the poll before it ended, and moves the cursor of all its channels', async () => {
  const world = new World();
  const { told, data } = await fallen(world, ['a', 'b']);
  assert.deepEqual(query(world.request.url), [['a', 'b'], ['', '']]);
  assert.equal(world.request.headers.accept, 'application/json');
  await world.request.answer(answer([event('a', 1)], 'c1'));
  assert.deepEqual(query(world.stream.url), [['a', 'b'], ['c1', 'c1']]);
  assert.equal(world.stream.url.searchParams.get('format'), 'envelope');
  world.stream.open();
  assert.deepEqual(told.state, [['open', 'sse']]);
  world.stream.say({ channel: 'a', event: 'e', data: 1 }, 'c1');
  world.stream.say({ channel: 'b', event: 'e', data: 2 }, 'c2');
  assert.deepEqual(data(), [1, 2]);
  assert.deepEqual(told.events.at(-1), { channel: 'b', event: 'e', data: 2, id: 'c2', cursor: 'c2' });
  await world.show(true);
  assert.equal(world.stream.closed, true);
  assert.deepEqual(query(world.request.url), [['a', 'b'], ['c2', 'c2']]);
});

test('a channel that joins a stream later has its own past', async () => {
  const world = new World();
  const { join, data } = await fallen(world, ['a']);
  await world.request.answer(answer([], 'c0'));
  world.stream.open();
  world.stream.say({ channel: 'a', event: 'e', data: 5 }, 'c5');
  join('b');
  join('c');
  const asked = world.fetches.length;
  await world.pass(0);
  assert.equal(world.fetches.length, asked + 1, 'once for both');
  assert.deepEqual(query(world.request.url), [['a', 'b', 'c'], ['c5', '', '']]);
  await world.request.answer(answer([event('b', 3), event('a', 5), event('a', 6)], 'c6'));
  assert.deepEqual(data(), [5, 3, 6]);
  assert.deepEqual(query(world.stream.url), [['a', 'b', 'c'], ['c6', 'c6', 'c6']]);
});

test('a stream that breaks is begun anew by the helper, which knows every cursor', async () => {
  const world = new World();
  const { told } = await fallen(world);
  await world.request.answer(answer([], 'c0'));
  world.stream.open();
  world.stream.say({ channel: 'a', event: 'e', data: 1 }, 'c1');
  await world.pass(6_000);
  world.stream.fail();
  assert.deepEqual(told.state.at(-1), ['connecting', 'sse']);
  assert.equal(world.stream.closed, true);
  await world.pass(1_000);
  assert.deepEqual(query(world.request.url), [['a'], ['c1']]);
});

test('polling goes on from the cursor, rests when nothing came, and tells gaps and refusals', async () => {
  const world = new World();
  const { told, data } = await fallen(world, ['a', 'x'], { transports: ['poll'] });
  await world.request.answer(answer([event('a', 1)], 'c1', { gap: true, refused: ['x'] }));
  assert.deepEqual(told.gap, [{ channel: 'a' }]);
  assert.deepEqual(told.error, [{ code: 403, channel: 'x' }]);
  assert.deepEqual(query(world.request.url), [['a'], ['c1']], 'what is refused is not asked for again');
  assert.equal(world.fetches.length, 2);
  await world.request.answer(answer([], 'c2'));
  assert.equal(world.fetches.length, 2);
  await world.pass(1_000);
  assert.equal(world.fetches.length, 3);
  await world.request.answer(answer([event('a', 3)], 'c3'));
  assert.deepEqual(data(), [1, 3]);
  assert.deepEqual(query(world.request.url)[1], ['c3']);
});

test('an answer that was cut takes no channel back, and the rest is read before a stream begins', async () => {
  const storage = new Map([['signalbox https://shop.example/ a', 'c1'], ['signalbox https://shop.example/ b', 'c5']]);
  const world = new World({ storage });
  const { data } = await fallen(world, ['a', 'b', 'new']);
  assert.deepEqual(query(world.request.url)[1], ['c1', 'c5', '']);
  await world.request.answer(answer([event('a', 2), event('a', 3)], 'c3', { more: true }));
  assert.equal(world.streams.length, 0);
  assert.deepEqual(query(world.request.url), [['a', 'b', 'new'], ['c3', 'c5', 'c3']]);
  assert.equal(storage.get('signalbox https://shop.example/ b'), 'c5');
  await world.request.answer(answer([event('b', 6)], 'c7'));
  assert.deepEqual(query(world.stream.url)[1], ['c7', 'c7', 'c7']);
  assert.deepEqual(data(), [2, 3, 6]);
});

test('answers that are none are failures, with their status where they have one', async () => {
  const world = new World();
  const { told } = await fallen(world, ['a'], { transports: ['poll'] });
  for (const fail of [(r) => r.answer('<html>', 502), (r) => r.answer('null'), (r) => r.answer({ error: 'no' }, 403), (r) => r.fail()]) {
    const asked = world.fetches.length;
    await fail(world.request);
    await world.pass(30_000);
    assert.equal(world.fetches.length > asked, true);
  }
  assert.deepEqual(told.error, [{ code: 502 }, { code: 403 }]);
  assert.deepEqual(told.events, []);
});

test('a token may be made anew for each connection', async () => {
  const world = new World();
  let made = 0;
  await fallen(world, ['a'], { token: () => `t${++made}` });
  assert.equal(world.request.url.searchParams.get('token'), 't1');
  await world.request.answer(answer([], 'c0'));
  assert.equal(world.stream.url.searchParams.get('token'), 't2');
});
