// What the browsers' helper, sdk/js/signalbox.js, does in private and presence channels: credentials, refusals, members,
// and what a page says to others.
import assert from 'node:assert/strict';
import test from 'node:test';

import { World, event, page } from './world.mjs';

async function connected(world, channels = ['private-a'], options = {}) {
  const made = await page(world, { transports: ['ws'], ...options });
  channels.forEach(made.join);
  await world.pass(0);
  world.socket.open();
  world.socket.say({ type: 'welcome', id: '1', cursor: 'w' });
  await world.settle();
  return made;
}
const asked = (world) => world.socket.sent.filter((m) => m.type === 'subscribe');
const refuse = async (world, code, ref = asked(world).at(-1).ref) => {
  world.socket.say({ type: 'error', code, message: 'no', channel: 'private-a', ...(ref && { ref }) });
  await world.settle();
};
const admit = (world) => world.socket.say({ type: 'subscribed', channel: 'private-a', cursor: 's', recovered: false, ref: asked(world).at(-1).ref });
const counting = () => {
  let made = 0;
  return () => `t${++made}`;
};
const answer = (more) => ({ events: [], cursor: 'c', gap: false, ...more });

test('a function gives the credentials of each subscription, at once or later, and is told the channel', async () => {
  for (const auth of [(channel) => `for ${channel}`, async (channel) => `for ${channel}`]) {
    const world = new World();
    const { join } = await connected(world, ['private-a'], { auth });
    join('private-b');
    await world.settle();
    assert.deepEqual(asked(world).map((m) => m.auth), ['for private-a', 'for private-b']);
    world.socket.drop();
    await world.another('sockets');
    world.socket.open();
    await world.settle();
    assert.equal(asked(world).length, 2, 'and once more after a cut');
  }
});

test('a token is in the address, and asked for anew for each subscription when it is a function', async () => {
  const world = new World();
  await connected(world, ['private-a'], { token: counting() });
  assert.equal(new URL(world.socket.url).searchParams.get('token'), 't1');
  assert.equal(asked(world)[0].auth, 't2');
  const still = new World();
  await connected(still, ['private-a'], { token: 'T' });
  assert.equal('auth' in asked(still)[0], false, 'one that does not change is in the address alone');
});

test('credentials may be any JSON', async () => {
  const world = new World();
  await connected(world, ['private-a'], { auth: { token: 'T', headers: {} } });
  assert.deepEqual(asked(world)[0].auth, { token: 'T', headers: {} });
});

test('a channel that was left while its credentials were on their way is not asked for', async () => {
  const world = new World();
  let give;
  const { join } = await connected(world, ['a'], { auth: (channel) => (channel === 'private-a' ? new Promise((go) => (give = go)) : 'T') });
  const leave = join('private-a');
  leave();
  give('T');
  await world.settle();
  assert.deepEqual(asked(world).map((m) => m.channel), ['a']);
});

test('credentials that could not be had are a connection that failed', async () => {
  for (const auth of [() => { throw new Error('none'); }, async () => { throw new Error('none'); }]) {
    const world = new World();
    const { told } = await connected(world, ['private-a'], { auth });
    assert.deepEqual(told.state.at(-1), ['connecting', 'ws']);
    await world.another('sockets');
    assert.equal(world.sockets.length, 2);
  }
});

test('what has expired is asked for again with new credentials', async () => {
  const world = new World();
  const { told, data } = await connected(world, ['private-a'], { auth: counting() });
  admit(world);
  world.socket.say(event('private-a', 1));
  await refuse(world, 'expired', 0);
  assert.equal(told.error[0].code, 'expired');
  assert.equal(asked(world).length, 1, 'not all clients at once');
  await world.pass(1_000);
  assert.deepEqual(asked(world).map((m) => [m.auth, m.since]), [['t1', undefined], ['t2', 'c1']]);
  admit(world);
  world.socket.say(event('private-a', 2));
  assert.deepEqual(data(), [1, 2]);
});

test('each credentials are refused once, and pauses grow', async () => {
  const world = new World({ random: 1 });
  await connected(world, ['private-a'], { auth: counting() });
  const pauses = [];
  for (let i = 0; i < 8; ++i) {
    await refuse(world, 'unauthorized');
    const began = world.now;
    for (const before = asked(world).length; asked(world).length === before;) {
      await world.pass(100);
      if (world.socket.sent.at(-1).type === 'ping') world.socket.say({ type: 'pong' });
    }
    pauses.push(world.now - began);
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.equal(new Set(asked(world).map((m) => m.auth)).size, 9);
});

test('the same credentials are not shown for ever, and those that cannot change not again', async () => {
  for (const [auth, times] of [[() => 'same', 2], [() => ({ token: 'same' }), 2], ['fixed', 1], [undefined, 1]]) {
    const world = new World();
    await connected(world, ['private-a'], { auth });
    for (let i = 0; i < 5; ++i) {
      await refuse(world, 'unauthorized');
      await world.pass(20_000);
    }
    assert.equal(asked(world).length, times);
  }
});

test('what could not be judged, or was too much, is asked for again; what is forbidden is not', async () => {
  for (const [code, times] of [['unavailable', 4], ['rate_limited', 4], ['forbidden', 1], ['bad_channel', 1], ['too_many_channels', 1]]) {
    const world = new World();
    const { told } = await connected(world);
    for (let i = 0; i < 3; ++i) {
      await refuse(world, code);
      await world.pass(4_000);
    }
    assert.equal(asked(world).length, times, code);
    assert.equal(told.error.length, 3);
  }
});

test('who leaves before the pause is over is not asked for again', async () => {
  const world = new World();
  const { join } = await connected(world, ['a']);
  const leave = join('private-a');
  await refuse(world, 'unavailable');
  leave();
  await world.pass(5_000);
  assert.deepEqual(asked(world).map((m) => m.channel), ['a', 'private-a']);
});

test('members are told when a channel is entered, and then who comes and goes', async () => {
  const world = new World();
  const { told } = await connected(world, ['presence-r']);
  world.socket.say({ type: 'subscribed', channel: 'presence-r', cursor: 's', members: [{ user_id: '7' }], ref: 1 });
  world.socket.say({ type: 'join', channel: 'presence-r', member: { user_id: '8' } });
  world.socket.say({ type: 'leave', channel: 'presence-r', member: { user_id: '7' } });
  world.socket.say({ type: 'members', channel: 'presence-r', members: [] });
  assert.deepEqual(told.members, [{ channel: 'presence-r', members: [{ user_id: '7' }] }, { channel: 'presence-r', members: [] }]);
  assert.deepEqual(told.join, [{ channel: 'presence-r', member: { user_id: '8' } }]);
  assert.deepEqual(told.leave, [{ channel: 'presence-r', member: { user_id: '7' } }]);
});

test('after a gap the members are asked for anew, of presence channels only', async () => {
  const world = new World();
  await connected(world, ['presence-r', 'a']);
  world.socket.say({ type: 'subscribed', channel: 'presence-r', cursor: 's', members: [], ref: 1 });
  world.socket.say({ type: 'gap', channel: 'presence-r' });
  world.socket.say({ type: 'gap', channel: 'a' });
  assert.deepEqual(asked(world).map((m) => m.channel), ['presence-r', 'a', 'presence-r']);
});

test('a page says something to the others over a WebSocket, and is told when it may not', async () => {
  const world = new World();
  const { sb, told } = await connected(world);
  assert.equal(sb.say('private-a', 'client-typing', { on: true }), true);
  assert.deepEqual(world.socket.sent.at(-1), { type: 'event', channel: 'private-a', event: 'client-typing', data: { on: true }, ref: 0 });
  world.socket.say({ type: 'error', code: 'rate_limited', message: 'no', channel: 'private-a', ref: 0 });
  await world.pass(5_000);
  assert.equal(told.error[0].code, 'rate_limited');
  assert.equal(asked(world).length, 1, 'the subscription is as it was');
  world.socket.drop();
  assert.equal(sb.say('private-a', 'client-typing'), false);
});

test('a page without a WebSocket can say nothing', async () => {
  const world = new World();
  const { sb, join } = await page(world, { transports: ['sse'] });
  assert.equal(sb.say('private-a', 'client-typing'), false);
  join('private-a');
  await world.pass(0);
  await world.request.answer(answer());
  world.stream.open();
  assert.equal(sb.say('private-a', 'client-typing'), false);
});

test('a stream tells members, and what is taken away is asked for again with a new token', async () => {
  const world = new World();
  const { told, join } = await page(world, { transports: ['sse'], token: counting() });
  join('presence-r');
  join('a');
  await world.pass(0);
  await world.request.answer(answer({ members: { 'presence-r': [1] } }));
  world.stream.open();
  world.stream.tell('members', { channel: 'presence-r', members: [1, 2] });
  world.stream.tell('join', { channel: 'presence-r', member: 3 });
  world.stream.tell('leave', { channel: 'presence-r', member: 1 });
  assert.deepEqual(told.members.map((m) => m.members), [[1], [1, 2]]);
  assert.deepEqual([told.join, told.leave], [[{ channel: 'presence-r', member: 3 }], [{ channel: 'presence-r', member: 1 }]]);
  world.stream.tell('refused', { channel: 'presence-r', reason: 'expired', code: 401 });
  assert.deepEqual(told.error, [{ code: 401, channel: 'presence-r' }]);
  await world.pass(1_000);
  assert.equal(world.request.url.searchParams.get('token'), 't3');
  assert.deepEqual(world.request.url.searchParams.getAll('channel'), ['presence-r', 'a']);
});

test('after a gap of a presence channel a stream begins anew, with the members as they are', async () => {
  const world = new World();
  const { told, join } = await page(world, { transports: ['sse'] });
  join('presence-r');
  await world.pass(0);
  await world.request.answer(answer({ members: { 'presence-r': [1] } }));
  world.stream.open();
  world.stream.tell('gap', { channel: 'presence-r' });
  await world.pass(0);
  assert.equal(world.stream.closed, true);
  await world.request.answer(answer({ members: { 'presence-r': [2] } }));
  assert.deepEqual(told.members.map((m) => m.members), [[1], [2]]);
  assert.deepEqual(told.gap, [{ channel: 'presence-r' }]);
});

test('a stream does without what was refused to the poll before it, until that may be asked for again', async () => {
  for (const [code, again] of [[503, true], [429, true], [403, false], [401, true]]) {
    const world = new World();
    const { told, join } = await page(world, { transports: ['sse'], token: counting() });
    join('private-a');
    join('a');
    await world.pass(0);
    await world.request.answer(answer({ refused: ['private-a'], codes: { 'private-a': code } }));
    world.stream.open();
    assert.deepEqual(world.stream.url.searchParams.getAll('channel'), ['a']);
    assert.deepEqual(told.error, [{ code, channel: 'private-a' }]);
    const before = world.fetches.length;
    await world.pass(1_500);
    assert.equal(world.fetches.length > before, again, `${code}`);
    if (again) assert.deepEqual(world.request.url.searchParams.getAll('channel'), ['private-a', 'a']);
  }
});

test('a poll whose last channel was taken away begins anew', async () => {
  const world = new World();
  const { join } = await page(world, { transports: ['poll'], token: counting() });
  join('private-a');
  await world.pass(0);
  await world.request.answer(answer({ refused: ['private-a'], codes: { 'private-a': 401 } }));
  assert.equal(world.fetches.length, 1);
  await world.pass(2_000);
  assert.deepEqual(world.request.url.searchParams.getAll('channel'), ['private-a']);
  assert.equal(world.request.url.searchParams.get('token') > 't1', true);
});
