// A client that never reads must cost a bounded amount of memory and nobody else anything.
import { assert, scenario, until } from './harness.mjs';
import { RawConnection } from './raw.mjs';

const kSlow = 3;
const kBytes = 100_000;
const kMessages = 800; // 80 MB for each client: far over an outbox and the kernel's buffers together
const kGrowthMax = 160 * 1024 * 1024;

scenario('clients that never read are cut off; memory stays bounded and the others hear everything', async (world, t) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const slow = [];
  for (let i = 0; i < kSlow; i += 1) {
    const connection = await RawConnection.open(box.port);
    assert.equal(await connection.upgrade('/socket.io/?EIO=4&transport=websocket'), 101);
    connection.frame('40');
    await until('the client is admitted', () => connection.text.includes('40{"sid"'));
    connection.socket.pause();
    slow.push(connection);
  }
  const reader = await world.connected(4, box.url, { transports: ['websocket'] });
  const seen = [];
  reader.on('big:n', ({ n }) => seen.push(n));
  await until('all are counted', async () => await box.figure('connections', { listener: 'public' }) >= kSlow + 1);

  const before = box.process.rss();
  let peak = before;
  const pad = 'x'.repeat(kBytes);
  for (let n = 0; n < kMessages; n += 1) {
    await redis.publish('big', { event: 'n', data: { n, pad } });
    if (n - seen.length > 20) await until('the reader keeps up', () => n - seen.length <= 20, 10_000, 1);
    if (n % 20 === 0) peak = Math.max(peak, box.process.rss());
  }
  await until('the reader has everything', () => seen.length === kMessages);
  assert.deepEqual(seen, Array.from({ length: kMessages }, (_, n) => n));
  t.diagnostic(`resident memory grew by ${Math.round((peak - before) / 1048576)} MiB at most`);
  assert.ok(peak - before < kGrowthMax, `resident memory grew by ${peak - before} bytes`);

  await until('the overflows are counted', async () => await box.figure('outboxOverflows') >= kSlow);
  await until('only the reader is left', async () => await box.figure('connections', { listener: 'public' }) === 1);
  assert.ok(reader.connected);
  for (const connection of slow) {
    connection.socket.resume();
    assert.ok(await connection.closes());
  }
}, { timeoutMs: 120_000 });
