// The publish API as a shop's back end uses and misuses it.
import { assert, request, scenario, sleep, until } from './harness.mjs';
import { listeners } from './listeners.mjs';
import { kKey, Shop } from './shop.mjs';

scenario('a batch is answered in its order, with cursors that the browser sees again', async (world) => {
  const shop = await Shop.open(world);
  const listener = await new listeners.websocket(world, shop.url, 'pay.1').open();
  const seen = [];
  listener.ws.on('message', (text) => seen.push(JSON.parse(text)));
  const { status, body } = await shop.post([
    { channel: 'pay.1', event: 'e', data: { n: 1 }, id: 'a' },
    { channel: 'pay.2', event: 'e', data: null },
    { channel: 'pay.1', event: 'e', data: { n: 2 }, id: 'b' },
  ]);
  assert.equal(status, 200);
  assert.equal(body.events.length, 3);
  assert.equal(body.events[0].id, 'a');
  assert.equal(body.events[2].id, 'b');
  assert.ok(body.events[1].id, 'an event without an id has one all the same');
  await listener.has(2);
  assert.deepEqual(seen.map(({ id, cursor }) => ({ id, cursor })), [body.events[0], body.events[2]]);
});

scenario('the same id is the same event: sent again, sent twice at once, in one batch, and after a crash', async (world) => {
  const shop = await Shop.open(world);
  const first = await shop.publish('pay.1', 1, { id: 'order-1' });
  assert.deepEqual(await shop.publish('pay.1', 1, { id: 'order-1' }), first);
  const many = await Promise.all(Array.from({ length: 20 }, () => shop.publish('pay.1', 2, { id: 'order-2' })));
  for (const receipt of many) assert.deepEqual(receipt, many[0]);
  const { body } = await shop.post(Array.from({ length: 3 }, () => ({ channel: 'pay.1', event: 'e', data: 3, id: 'order-3' })));
  assert.equal(new Set(body.events.map((e) => e.cursor)).size, 1);
  await shop.kill();
  await shop.up();
  assert.deepEqual(await shop.publish('pay.1', 1, { id: 'order-1' }), first);
  assert.deepEqual(await shop.publish('pay.1', 2, { id: 'order-2' }), many[0]);
  await shop.publish('pay.1', 4, { id: 'order-4' });
  const listener = await new listeners.sse(world, shop.url, 'pay.1').open();
  await listener.has(4);
  await sleep(50);
  assert.deepEqual(listener.events, [1, 2, 3, 4]);
});

scenario('a wrong key is 401, a malformed body 400, and nothing of it is published', async (world) => {
  const shop = await Shop.open(world);
  const good = { channel: 'pay.1', event: 'e', data: 1 };
  for (const key of ['', 'wrong', `${kKey}x`, kKey.slice(1)]) assert.equal((await shop.post(good, { key })).status, 401, key);
  assert.equal((await shop.post(good, { headers: { authorization: `Basic ${kKey}` } })).status, 401);
  const second = [{}, { ...good, channel: '' }, { ...good, channel: 7 }, { ...good, id: 'x'.repeat(5000) }, { ...good, channel: 'a\nb' }];
  const bad = ['', '{', '[]x', 'null', '1', '"x"', '{"channel":"pay.1"', ...second.map((event) => JSON.stringify([good, event])),
    '{"channel":"pay.1","event":"e","data":1,"channel":"pay.2"}',
    '[{"channel":"pay.1","event":"e","data":1},{"channel":"pay.\\ud800","event":"e","data":1}]'];
  for (const body of bad) {
    const answer = await shop.post(body);
    assert.equal(answer.status, 400, body);
    assert.ok(answer.body.error.message, `${body} is told what is wrong`);
  }
  assert.equal((await request(`${shop.url}/publish`)).status, 405);
  const listener = await new listeners.poll(world, shop.url, 'pay.1').open();
  await sleep(100);
  assert.deepEqual(listener.events, []);
});

scenario('a full store answers that nothing is durable, keeps its memory, and recovers by itself', async (world) => {
  const shop = await Shop.open(world, {
    store: { size: '1MiB' },
    channels: [{ match: 'pay.*', retain: { events: 40, for: '3s', bytes: '1MiB', durable: true } }],
  });
  const listener = await new listeners.websocket(world, shop.url, 'pay.1').open();
  const accepted = [];
  let refused = 0;
  for (let n = 0; n < 60 && refused < 3; n += 1) {
    const answer = await shop.post({ channel: `pay.${n}`, event: 'e', data: { n, filler: 'x'.repeat(60_000) }, id: `order-${n}` });
    if (answer.status === 200) accepted.push(n);
    else {
      assert.equal(answer.status, 503);
      refused += 1;
    }
  }
  assert.ok(accepted.length > 3 && refused >= 3, `accepted ${accepted.length}, refused ${refused}`);
  const health = await request(`http://127.0.0.1:${shop.ports.adminPort}/readyz`);
  assert.equal(health.status, 503);
  assert.match(health.body, /store/);
  // What is over its time makes room.
  await until('there is room again', async () => (await shop.post({ channel: 'pay.1', event: 'e', data: { n: 'after' } })).status === 200, 30_000, 200);
  await until('healthy again', async () => (await request(`http://127.0.0.1:${shop.ports.adminPort}/readyz`)).status === 200);
  await until('the listener has it', () => listener.events.some((e) => e.n === 'after'));
}, { timeoutMs: 90_000 });

scenario('two programs do not share a store, and a damaged one is not emptied', async (world) => {
  const shop = await Shop.open(world);
  const second = await world.commandWith({}, 'run', shop.box.file);
  assert.equal(second.code, 1);
  assert.match(second.out, /in use/);
});
