// Every generation of socket.io-client, by every way it connects, runs the article's page code unchanged.
import http from 'node:http';

import { assert, clientVersions, once, publishHeard, request, scenario, sleep, until } from './harness.mjs';

const kWays = {
  'polling only': { transports: ['polling'] },
  'websocket only': { transports: ['websocket'] },
  'default upgrade': {},
};

// Opens, listens as the article's page does, and waits until the transport is the one that it ends on.
async function page(world, version, url, options) {
  const socket = await world.connected(version, url, options);
  const last = options.transports?.[0] ?? 'websocket';
  await until(`version ${version} ends on ${last}`, () => socket.io.engine.transport.name === last);
  return socket;
}

for (const version of clientVersions) {
  for (const [way, options] of Object.entries(kWays)) {
    scenario(`socket.io-client ${version}, ${way}, gets the article's event`, async (world) => {
      const redis = await world.redis();
      const box = await world.signalbox(redis);
      const channel = 'tok123';
      const socket = await page(world, version, box.url, options);
      const heard = once(socket, channel + ':wechat.login');
      await publishHeard(redis, channel, { event: 'wechat.login', data: { token: 'eyJ0', channel } });
      assert.deepEqual(await heard, { token: 'eyJ0', channel });
    });

    scenario(`socket.io-client ${version}, ${way}, gets bytes as bytes and text of every kind`, async (world) => {
      const redis = await world.redis();
      const box = await world.signalbox(redis, { redisWith: { codec: 'raw' } });
      const socket = await page(world, version, box.url, options);
      const seen = [];
      socket.on('bin:message', (data) => seen.push(data));
      const bytes = Buffer.from([0, 255, 30, 254, 4, 98, 128]);
      const text = { s: 'naïve 李 😀 "quoted" \u001e \\ end', n: [1, -2.5, null, true] };
      await publishHeard(redis, 'bin', bytes);
      await redis.publish('bin', text);
      await redis.publish('bin', bytes);
      await until('three messages', () => seen.length === 3);
      assert.deepEqual(Buffer.from(seen[0]), bytes);
      assert.deepEqual(seen[1], text);
      assert.deepEqual(Buffer.from(seen[2]), bytes);
    });
  }
}

scenario('events published while clients upgrade arrive once each and in order', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { extra: { lanes: 2 } });
  const sockets = [];
  for (let i = 0; i < 12; i += 1) {
    const socket = await world.connected(clientVersions[i % 3], box.url);
    socket.seen = [];
    socket.on('up:n', ({ n }) => socket.seen.push(n));
    sockets.push(socket);
  }
  // From here every client must hear every message, whatever its transport is doing meanwhile.
  const kCount = 300;
  for (let n = 0; n < kCount; n += 1) {
    await redis.publish('up', { event: 'n', data: { n } });
    if (n % 20 === 0) await sleep(5);
  }
  const all = Array.from({ length: kCount }, (_, n) => n);
  await until('everybody has everything', () => sockets.every((s) => s.seen.length >= kCount));
  for (const socket of sockets) assert.deepEqual(socket.seen, all);
});

scenario('polling sessions live on four lanes though every request is a new connection', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { extra: { lanes: 4 } });
  const agent = new http.Agent({ keepAlive: false });
  const sockets = await Promise.all(Array.from({ length: 24 }, (_, i) =>
    world.connected(clientVersions[i % 3], box.url, { transports: ['polling'], agent })));
  const kCount = 20;
  for (const socket of sockets) {
    socket.seen = [];
    socket.on('lane:n', ({ n }) => socket.seen.push(n));
  }
  for (let n = 0; n < kCount; n += 1) {
    await redis.publish('lane', { event: 'n', data: { n } });
    await sleep(10);
  }
  await until('everybody has everything', () => sockets.every((s) => s.seen.length >= kCount));
  for (const socket of sockets) assert.deepEqual(socket.seen, Array.from({ length: kCount }, (_, n) => n));
  assert.ok(sockets.every((s) => s.connected));
});

for (const version of clientVersions) {
  scenario(`socket.io-client ${version} comes back by itself when the program is restarted`, async (world) => {
    const redis = await world.redis();
    const first = await world.signalbox(redis);
    const socket = await world.connected(version, first.url);
    const gone = once(socket, 'disconnect');
    const { code } = await first.process.end();
    assert.equal(code, 0);
    await gone;
    const back = once(socket, 'connect');
    await world.signalbox(redis, { port: first.port });
    await back;
    const heard = once(socket, 'tok123:wechat.login');
    await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { after: 'restart' } });
    assert.deepEqual(await heard, { after: 'restart' });
  });
}

for (const version of [4, 2]) {
  scenario(`the client library of version ${version} is served as the Node server does`, async (world) => {
    const redis = await world.redis();
    const box = await world.signalbox(redis, { sinkWith: { client: version } });
    for (const file of ['socket.io.js', 'socket.io.min.js']) {
      const answer = await request(`${box.url}/socket.io/${file}`);
      assert.equal(answer.status, 200, file);
      assert.match(answer.headers['content-type'], /^(application|text)\/javascript/);
      assert.match(answer.body.slice(0, 200), new RegExp(`Socket\\.IO v${version}\\.`));
    }
  });
}
