// Why a page would miss what the provider was told we have, and that it does not: by every protocol.  (The four causes
// of docs/ARCHITECTURE.md, "Delivery".)
import { assert, scenario, sleep, until } from './harness.mjs';
import { listeners } from './listeners.mjs';
import { Shop } from './shop.mjs';
import { Wire } from './wire.mjs';

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

for (const [name, Listener] of Object.entries(listeners)) {
  // Old clients do not tell what they have: what was sent since their last heartbeat comes again, rather than never.
  const repeats = /client [23]/.test(name);
  const same = (listener, expected) => {
    const got = repeats ? [...new Set(listener.events)] : listener.events;
    assert.deepEqual(got, expected, `${name} has ${JSON.stringify(listener.events)}`);
    assert.equal(listener.gaps, 0, 'no gap is told where nothing is missing');
  };

  for (const channel of ['pay.7', 'mem.7']) {
    scenario(`${name}: what was published on ${channel} before the subscription comes after it`, async (world) => {
      const shop = await Shop.open(world);
      await shop.publish(channel, 1);
      await shop.publish('pay.8', 'of somebody else');
      await shop.publish(channel, 2);
      const listener = await new Listener(world, shop.url, channel).open();
      await listener.has(2);
      await shop.publish(channel, 3);
      await listener.has(3);
      await sleep(50);
      same(listener, [1, 2, 3]);
    });

    scenario(`${name}: what is published on ${channel} while the line is cut comes when it is back`, async (world) => {
      const shop = await Shop.open(world);
      const wire = await Wire.to(world, shop.port);
      const listener = await new Listener(world, wire.url, channel).open();
      await shop.publish(channel, 1);
      await listener.has(1);
      let next = 2;
      for (let round = 0; round < 3; round += 1) {
        const before = listener.subscribed;
        wire.cut();
        for (let i = 0; i < 5; i += 1) await shop.publish(channel, next++);
        wire.mend();
        await listener.has(next - 1);
        await listener.back(before);
        await shop.publish(channel, next++);
        await listener.has(next - 1);
      }
      await sleep(50);
      same(listener, range(1, next));
    });
  }

  scenario(`${name}: a page that waited in silence, longer than the window, has its event; also the second time`, async (world) => {
    const shop = await Shop.open(world, { resumeFor: '3s' });
    const wire = await Wire.to(world, shop.port);
    const listener = await new Listener(world, wire.url, 'pay.1').open();
    // Others' events in between must not matter.
    await shop.publish('pay.2', 'x');
    for (let n = 1; n <= 2; n += 1) {
      await sleep(3500);
      const before = listener.subscribed;
      wire.cut();
      await shop.publish('pay.1', n);
      await sleep(200);
      wire.mend();
      await listener.has(n);
      await listener.back(before);
    }
    same(listener, [1, 2]);
  });

  scenario(`${name}: a blip without any event, twice in a row, and at once again`, async (world) => {
    const shop = await Shop.open(world);
    const wire = await Wire.to(world, shop.port);
    const listener = await new Listener(world, wire.url, 'late.1').open();
    for (let blip = 0; blip < 3; blip += 1) {
      const before = listener.subscribed;
      const over = wire.blip();
      if (blip === 2) await shop.publish('late.1', 1);
      await over;
      await listener.back(before);
    }
    // `replay: none`: only who shows that it was here is given what it missed.
    await listener.has(1);
    await shop.publish('late.1', 2);
    await listener.has(2);
    same(listener, [1, 2]);
  });

  scenario(`${name}: the program is killed in a stream of durable events, twice, and nothing of it is missing`, async (world) => {
    const shop = await Shop.open(world);
    const listener = await new Listener(world, shop.url, 'pay.9').open();
    let sent = 0;
    let stop = false;
    // A back end that tries again until it has its receipt; the ids make that harmless.
    const publisher = (async () => {
      while (!stop) {
        try {
          await shop.publish('pay.9', sent, { id: `order-${sent}` });
          sent += 1;
        } catch {
          await sleep(20);
        }
      }
    })();
    for (let round = 0; round < 2; round += 1) {
      const before = sent;
      await until('some are through', () => sent > before + 40);
      await shop.kill();
      await shop.up();
    }
    const before = sent;
    await until('some more are through', () => sent > before + 40);
    stop = true;
    await publisher;
    await until(`${name} has all ${sent} (it has ${listener.events.length})`, () => new Set(listener.events).size === sent);
    await sleep(100);
    // A client whose session died with the program gets what is retained again when it subscribes anew: that is what
    // `replay: retained` says.  One that shows a cursor gets each event once.
    const keepsCursor = !/client/.test(name);
    assert.deepEqual(keepsCursor ? listener.events : [...new Set(listener.events)], range(0, sent));
    if (keepsCursor) assert.equal(listener.gaps, 0);
  }, { timeoutMs: 90_000 });

  scenario(`${name}: what is no longer there is told as a gap, and then comes what is left`, async (world) => {
    const shop = await Shop.open(world);
    const wire = await Wire.to(world, shop.port);
    const listener = await new Listener(world, wire.url, 'late.2').open();
    const before = listener.subscribed;
    wire.cut();
    for (let n = 1; n <= 9; n += 1) await shop.publish('late.2', n);
    wire.mend();
    await until(`${name} is told of the gap`, () => listener.gaps > 0);
    await listener.back(before);
    await shop.publish('late.2', 10);
    await until('the last one is there', () => listener.events.at(-1) === 10);
    // A Socket.IO client that cannot be recovered is a new one: it may begin with what happens from now on.
    if (!/client 4/.test(name)) assert.deepEqual(listener.events, [5, 6, 7, 8, 9, 10]);
  });
}

scenario('a cursor from the publish answer, embedded in the page, begins the subscription there', async (world) => {
  const shop = await Shop.open(world);
  await shop.publish('late.3', 1);
  const { cursor } = await shop.publish('late.3', 2);
  await shop.publish('late.3', 3);
  for (const [name, Listener] of Object.entries(listeners)) {
    const listener = new Listener(world, shop.url, 'late.3', { since: cursor });
    await listener.open();
    await listener.has(1);
    assert.deepEqual(listener.events, [3], name);
    assert.equal(listener.gaps, 0);
  }
});

scenario('cursors that are none are gaps, never errors', async (world) => {
  const shop = await Shop.open(world);
  const { cursor } = await shop.publish('late.4', 1);
  const flipped = cursor.slice(0, 3) + (cursor[3] === 'A' ? 'B' : 'A') + cursor.slice(4);
  for (const since of ['x', flipped, `${cursor}${cursor}`, '%00', '🙂']) {
    for (const name of ['websocket', 'sse', 'poll']) {
      const listener = await new listeners[name](world, shop.url, 'late.4', { since }).open();
      await until(`${name} is told that ${since} is no place`, () => listener.gaps === 1);
      await listener.has(1);
      assert.deepEqual(listener.events, [1]);
      listener.close();
    }
  }
});
