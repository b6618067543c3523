// Laravel's own broadcasting classes publish; a browser's client receives.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { assert, clientVersions, once, scenario, until } from './harness.mjs';
import { Process } from './process.mjs';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'laravel/broadcast.php');

async function broadcast(world, redis, ...args) {
  const php = world.keep(new Process('php', 'php', [script, '127.0.0.1', String(redis.port), ...args]));
  const { code } = await php.exited;
  assert.equal(code, 0, php.log);
}

for (const prefix of ['', 'laravel_database_']) {
  const where = prefix ? `with the prefix ${prefix}` : 'without a prefix';
  const redisWith = prefix ? { prefix } : {};

  scenario(`an event without broadcastWith shows its public fields, ${where}`, async (world) => {
    const redis = await world.redis();
    const box = await world.signalbox(redis, { redisWith });
    for (const version of clientVersions) {
      const socket = await world.connected(version, box.url);
      const heard = once(socket, 'tok123:wechat.login');
      await broadcast(world, redis, prefix, 'tok123');
      // data.socket, which Laravel leaves in there, is gone.
      assert.deepEqual(await heard, { token: 'secret-of-the-user', channel: 'tok123' });
    }
  });

  scenario(`an event with broadcastWith shows what that says, ${where}`, async (world) => {
    const redis = await world.redis();
    const box = await world.signalbox(redis, { redisWith });
    const socket = await world.connected(4, box.url);
    const heard = once(socket, 'tok123:wechat.login');
    await broadcast(world, redis, prefix, 'tok123', 'with');
    assert.deepEqual(await heard, { token: 'secret-of-the-user', name: '李', url: 'https://shop.example/a' });
  });
}

scenario('the whitelist keeps what may leave and drops the rest', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, {
    filters: { fields: { plugin: 'whitelist', with: { rules: [{ events: ['wechat.login'], keep: ['/channel'] }] } } },
    through: ['fields'],
  });
  const socket = await world.connected(4, box.url);
  const heard = once(socket, 'tok123:wechat.login');
  await broadcast(world, redis, '', 'tok123');
  assert.deepEqual(await heard, { channel: 'tok123' });
});

scenario('traffic that looks prefixed where no prefix is configured is pointed out in the log', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  await broadcast(world, redis, 'laravel_database_', 'tok123');
  await broadcast(world, redis, 'laravel_database_', 'tok124');
  await until('a hint that names the prefix', () => /prefix/.test(box.log) && /laravel_database_/.test(box.log));
});
