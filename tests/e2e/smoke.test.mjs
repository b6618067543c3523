// The shortest way through everything, for the inner loop: one client of each generation, one page of each kind.
import { readdirSync } from 'node:fs';

import { assert, clientVersions, once, publishHeard, request, root, scenario } from './harness.mjs';

scenario('a published event reaches clients of all generations and transports at once', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const sockets = [];
  for (const version of clientVersions) {
    for (const transport of ['polling', 'websocket']) {
      sockets.push(await world.connected(version, box.url, { transports: [transport] }));
    }
  }
  const heard = sockets.map((socket) => once(socket, 'tok123:wechat.login'));
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
  for (const data of await Promise.all(heard)) assert.deepEqual(data, { id: 7 });
  assert.equal((await request(`http://127.0.0.1:${box.adminPort}/metrics`)).status, 200);
});

scenario('a check of the shipped pipeline files finds nothing wrong', async (world) => {
  const examples = readdirSync(`${root}/config/examples`).map((name) => `${root}/config/examples/${name}`);
  for (const file of [`${root}/config/quickstart.yaml`, ...examples]) {
    const { code, out } = await world.command('check', file);
    assert.equal(code, 0, out);
  }
});
