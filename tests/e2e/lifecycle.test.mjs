// Starting, ending and the words in between.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { assert, freePort, once, publishHeard, request, scenario, until } from './harness.mjs';

for (const name of ['SIGTERM', 'SIGINT']) {
  scenario(`${name} tells the clients, ends with 0 within the deadline, and they reconnect elsewhere`, async (world) => {
    const redis = await world.redis();
    const box = await world.signalbox(redis);
    const sockets = [
      await world.connected(4, box.url, { transports: ['websocket'] }),
      await world.connected(2, box.url, { transports: ['websocket'] }),
      await world.connected(3, box.url, { transports: ['polling'] }),
    ];
    const told = sockets.map((socket) => once(socket, 'disconnect'));
    const began = Date.now();
    const { code } = await box.process.end(name);
    assert.equal(code, 0);
    assert.ok(Date.now() - began < 10_000);
    await Promise.all(told);
    const back = sockets.map((socket) => once(socket, 'connect', 20_000));
    await world.signalbox(redis, { port: box.port });
    await Promise.all(back);
    const heard = sockets.map((socket) => once(socket, 'c:e'));
    await publishHeard(redis, 'c', { event: 'e', data: 1 });
    assert.deepEqual(await Promise.all(heard), [1, 1, 1]);
  });
}

scenario('SIGTERM while a client never reads still ends in time', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const stuck = net.connect(box.port, '127.0.0.1');
  stuck.on('error', () => {});
  world.atEnd(() => stuck.destroy());
  await once(stuck, 'connect');
  stuck.pause();
  stuck.write('GET / HTTP/1.1\r\nHost: a\r\n'); // half a request
  const { code } = await box.process.end('SIGTERM', 20_000);
  assert.equal(code, 0);
});

scenario('a port in use is said in one plain sentence', async (world) => {
  const redis = await world.redis();
  const taken = net.createServer();
  const port = await freePort();
  await new Promise((resolve) => taken.listen(port, '127.0.0.1', resolve));
  world.atEnd(() => taken.close());
  const box = await world.signalbox(redis, { port, ready: null });
  const { code } = await box.process.exited;
  assert.equal(code, 1);
  assert.match(box.log, new RegExp(`error .*public.*127\\.0\\.0\\.1:${port}: another program listens there\\n`));
});

scenario('a configuration error ends with 78 and names file, line and column', async (world) => {
  const file = path.join(world.folder, 'wrong.yaml');
  fs.writeFileSync(file, 'listeners:\n  public:\n    bnd: "127.0.0.1:1"\n');
  for (const command of ['run', 'check']) {
    const { code, out } = await world.command(command, file);
    assert.equal(code, 78, out);
    assert.match(out, /wrong\.yaml:3:5: .*bnd.*/);
    assert.match(out, /did you mean "bind"\?/);
  }
});

scenario('check says fine to what runs', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const { code, out } = await world.command('check', box.file);
  assert.equal(code, 0, out);
  assert.match(out, /: ok\n$/);
});

scenario('broadcast mode without saying so is refused', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { sinkWith: { broadcast_to_everyone: false }, ready: null });
  const { code } = await box.process.exited;
  assert.equal(code, 78);
  assert.match(box.log, /broadcast_to_everyone/);
});

scenario('a file that is not there is said so', async (world) => {
  const { code, out } = await world.command('run', path.join(world.folder, 'nowhere.yaml'));
  assert.ok(code === 78 || code === 2 || code === 1, `ended with ${code}`);
  assert.match(out, /nowhere\.yaml/);
});

scenario('the program tells its version, its plugins and its commands', async (world) => {
  const version = await world.command('--version');
  assert.equal(version.code, 0);
  assert.match(version.out, /^signalbox \d+\.\d+\.\d+[^\n]*\n$/);
  const plugins = await world.command('plugins');
  assert.equal(plugins.code, 0);
  for (const name of ['redis', 'whitelist', 'socketio']) assert.match(plugins.out, new RegExp(`\\b${name}\\b`));
  const one = await world.command('plugins', 'redis');
  assert.equal(one.code, 0);
  assert.match(one.out, /patterns/);
  const usage = await world.command('dance');
  assert.equal(usage.code, 2, usage.out);
});

scenario('health, readiness and metrics are there, and readiness follows redis', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const admin = (page) => request(`http://127.0.0.1:${box.adminPort}/${page}`);
  assert.equal((await admin('healthz')).status, 200);
  assert.equal((await admin('readyz')).status, 200);
  const metrics = await admin('metrics');
  assert.equal(metrics.status, 200);
  assert.match(metrics.headers['content-type'], /^text\/plain/);
  assert.match(metrics.body, /^# TYPE signalbox_connections gauge$/m);
  await redis.kill();
  await until('not ready without redis', async () => (await admin('readyz')).status === 503);
  assert.equal((await admin('healthz')).status, 200);
  await redis.up();
  await box.ready();
});
