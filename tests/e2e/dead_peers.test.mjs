// Clients that are gone without a word: WebSockets that do not answer, plain and behind TLS, and streams whose peer
// takes nothing any more.
import fs from 'node:fs';
import tls from 'node:tls';
import { createRequire } from 'node:module';

import { Authority } from './certificates.mjs';
import { assert, once, patience, scenario, sleep, until } from './harness.mjs';
import { RawConnection } from './raw.mjs';
import { Shop } from './shop.mjs';

const WebSocket = createRequire(import.meta.url)('ws');
const kPulse = { ping: '1s', pong: '1s' };
const kSilenceMs = 2000;
const kLateMs = 1500; // for a busy machine

// How long after the upgrade the connection was over.
async function silence(connection) {
  const begin = Date.now();
  assert.equal(await connection.upgrade('/ws'), 101);
  assert.ok(await connection.closes());
  return Date.now() - begin;
}

function assertSilence(ms) {
  assert.ok(ms > kSilenceMs - 300 && ms < kSilenceMs + kLateMs * patience, `it took ${ms} ms`);
}

scenario('a websocket that answers nothing is gone after ping and pong; those that answer stay', async (world) => {
  const shop = await Shop.open(world, { sinks: { ws: kPulse } });
  const answering = new WebSocket(`ws://127.0.0.1:${shop.port}/ws?channel=mem.1`);
  world.atEnd(() => answering.terminate());
  let pings = 0;
  let closed = false;
  answering.on('ping', () => {
    pings += 1;
  });
  answering.on('close', () => {
    closed = true;
  });
  await once(answering, 'open');

  // Says nothing but pongs that nobody asked for.
  const ponging = await RawConnection.open(shop.port);
  assert.equal(await ponging.upgrade('/ws?channel=mem.1'), 101);
  const timer = setInterval(() => ponging.frame('', { opcode: 10 }), 300);
  world.atEnd(() => {
    clearInterval(timer);
    ponging.close();
  });

  const all = await Promise.all(Array.from({ length: 20 }, async () => silence(await RawConnection.open(shop.port))));
  for (const ms of all) assertSilence(ms);
  await until('they are counted', async () => await shop.box.figure('websocketsClosed', { reason: 'timeout' }) === 20);

  await until('the answering one was pinged four times', () => pings >= 4);
  assert.ok(!closed && !ponging.isClosed);
  assert.ok(!ponging.received.includes(Buffer.from([0x89, 0x00])), 'who gives signs of life is not asked for them');
  assert.equal(await shop.box.figure('connections', { listener: 'public' }), 2);
  const heard = once(answering, 'message');
  await shop.publish('mem.1', 1);
  await heard;
});

scenario('a websocket that does not read is gone as well, whatever waits for it', async (world) => {
  const shop = await Shop.open(world, { sinks: { ws: { ...kPulse, outbox: { bytes: '64MiB' } } } });
  const stuck = await RawConnection.open(shop.port);
  assert.equal(await stuck.upgrade('/ws?channel=mem.1'), 101);
  await until('it is in its channel', () => stuck.text.includes('"subscribed"'));
  stuck.socket.pause();
  for (let n = 0; n < 40; n += 1) await shop.publish('mem.1', 'x'.repeat(500_000));
  await until('it is gone', async () => await shop.box.figure('connections', { listener: 'public' }) === 0);
  await until('it is counted', async () => await shop.box.figure('websocketsClosed', { reason: 'timeout' }) === 1);
});

scenario('behind TLS as well', async (world) => {
  const pair = new Authority(world.folder).issue('localhost');
  const shop = await Shop.open(world, { sinks: { ws: kPulse }, listener: { tls: { certificate: pair.certificate, key: pair.key } } });
  const open = () => new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: shop.port, ca: fs.readFileSync(pair.ca), servername: 'localhost' }, () => resolve(socket));
    socket.on('error', reject);
  });
  const answering = new WebSocket(`wss://127.0.0.1:${shop.port}/ws`, { ca: fs.readFileSync(pair.ca) });
  world.atEnd(() => answering.terminate());
  await once(answering, 'open');
  assertSilence(await silence(new RawConnection(await open())));
  await until('it is counted', async () => await shop.box.figure('websocketsClosed', { reason: 'timeout' }) === 1);
  await sleep(kSilenceMs);
  assert.equal(answering.readyState, WebSocket.OPEN);
});

scenario('a stream whose peer acknowledges nothing is dead; one that reads on is not', async (world) => {
  const shop = await Shop.open(world, { sinks: { sse: { heartbeat: '1s', dead_after: '2s', outbox: { bytes: '64MiB' } } } });
  const request = 'GET /events?channel=none.1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n';
  const [stuck, reading] = [await RawConnection.open(shop.port), await RawConnection.open(shop.port)];
  for (const connection of [stuck, reading]) {
    connection.send(request);
    assert.equal(await connection.status(), 200);
  }
  stuck.socket.pause();
  // Far more than the kernel keeps for a connection.
  for (let n = 0; n < 40; n += 1) await shop.publish('none.1', 'x'.repeat(500_000));
  await until('it is found dead', async () => await shop.box.figure('streamsClosed', { reason: 'dead' }) === 1);
  await until('the other has everything', () => reading.received.length > 40 * 500_000);
  await sleep(3000);
  assert.ok(!reading.isClosed);
  await until('only that one is left', async () => await shop.box.figure('connections', { listener: 'public' }) === 1);
});
