// Killed outright again and again under durable load: what was acknowledged is there afterwards, once, and the file is
// sound.  E2E_KILL_ROUNDS takes more rounds.
import { execFileSync } from 'node:child_process';

import { assert, scenario, sleep } from './harness.mjs';
import { listeners } from './listeners.mjs';
import { Shop } from './shop.mjs';

const kRounds = Number(process.env.E2E_KILL_ROUNDS ?? 12);
const kPublishers = 8;

scenario(`${kRounds} times SIGKILL under durable load`, async (world) => {
  const shop = await Shop.open(world, {
    channels: [{ match: 'pay.*', retain: { events: 1_000_000, bytes: '512MiB', for: '2h', durable: true } }],
  });
  const receipts = new Map(); // id -> cursor
  let open = true;
  const publishers = Array.from({ length: kPublishers }, async (_, p) => {
    for (let n = 0; ; ) {
      const id = `${p}-${n}`;
      try {
        const { cursor } = await shop.publish(`pay.${p}`, n, { id });
        assert.ok(!receipts.has(id) || receipts.get(id) === cursor);
        receipts.set(id, cursor);
        n += 1;
      } catch {
        // Stored, perhaps, and its receipt died with the program: it is sent until there is one.
        await sleep(10);
        continue;
      }
      if (!open) return;
    }
  });
  for (let round = 0; round < kRounds; round += 1) {
    await sleep(60 + Math.random() * 200);
    await shop.kill();
    await shop.up();
  }
  open = false;
  await Promise.all(publishers);
  for (let p = 0; p < kPublishers; p += 1) {
    const mine = [...receipts.keys()].filter((id) => id.startsWith(`${p}-`)).length;
    const listener = await new listeners.sse(world, shop.url, `pay.${p}`).open();
    await listener.has(mine, 30_000);
    await sleep(20);
    assert.deepEqual(listener.events, Array.from({ length: mine }, (_, n) => n));
    listener.close();
  }
  assert.ok(receipts.size > kRounds * kPublishers, `${receipts.size} receipts`);
  await shop.kill();
  assert.equal(execFileSync('sqlite3', [shop.config.store.path, 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok');
}, { timeoutMs: 60_000 + kRounds * 4_000 });
