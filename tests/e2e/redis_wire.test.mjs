// The ways to a Redis that is not simply open, and what is said when the way is barred.
import { Authority } from './certificates.mjs';
import { assert, once, publishHeard, scenario, sleep, until } from './harness.mjs';

async function eventArrives(world, redis, box) {
  const socket = await world.connected(4, box.url);
  const heard = once(socket, 'tok123:wechat.login');
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
  assert.deepEqual(await heard, { id: 7 });
}

scenario('redis with a password in the URL', async (world) => {
  const redis = await world.redis({ password: 'open-sesame' });
  await eventArrives(world, redis, await world.signalbox(redis));
});

scenario('redis with a password beside the URL', async (world) => {
  const redis = await world.redis({ password: 'p@ss:w/rd' });
  const url = `redis://127.0.0.1:${redis.port}/0`;
  await eventArrives(world, redis, await world.signalbox(redis, { redisWith: { url, password: 'p@ss:w/rd' } }));
});

scenario('redis with an ACL user that may only subscribe to some channels', async (world) => {
  const redis = await world.redis({
    username: 'default',
    password: 'admin',
    acl: ['listener', 'on', '>listen', '-@all', '+subscribe', '+psubscribe', '+ping', '+select', '+auth', 'resetchannels', '&tok*'],
  });
  const url = `redis://listener:listen@127.0.0.1:${redis.port}/0`;
  await eventArrives(world, redis, await world.signalbox(redis, { redisWith: { url, patterns: ['tok*'] } }));
});

scenario('redis on a unix socket', async (world) => {
  const redis = await world.redis({ socket: true });
  await eventArrives(world, redis, await world.signalbox(redis));
});

scenario('redis over TLS with an authority of its own', async (world) => {
  const tls = new Authority(world.folder).issue('redis');
  const redis = await world.redis({ tls });
  await eventArrives(world, redis, await world.signalbox(redis, { redisWith: { tls: { ca: tls.ca } } }));
});

scenario('redis over TLS that asks for a client certificate', async (world) => {
  const authority = new Authority(world.folder);
  const client = authority.issue('client');
  const redis = await world.redis({ tls: authority.issue('redis'), clientCertificates: true });
  await eventArrives(world, redis, await world.signalbox(redis, {
    redisWith: { tls: { ca: authority.certificate, certificate: client.certificate, key: client.key } },
  }));
});

scenario('a redis whose certificate nobody vouches for is not trusted', async (world) => {
  const stranger = new Authority(world.folder, 'stranger');
  const redis = await world.redis({ tls: new Authority(world.folder).issue('redis') });
  const box = await world.signalbox(redis, { redisWith: { tls: { ca: stranger.certificate } }, ready: 'healthz' });
  await until('the log names the certificate', () => /certificate/i.test(box.log));
  assert.equal(await redis.publish('tok123', '{"event":"e","data":1}'), 0);
});

scenario('a wrong password is said plainly, and tried again until it is right', async (world) => {
  const redis = await world.redis({ password: 'right' });
  const url = `redis://127.0.0.1:${redis.port}/0`;
  const box = await world.signalbox(redis, { redisWith: { url, password: 'wrong' }, ready: 'healthz' });
  await until('the log says so', () => /password|WRONGPASS/i.test(box.log));
  assert.doesNotMatch(box.log, /\bwrong\b(?! (password|username))/, 'the password itself is not in the log');
  await redis.client.command('CONFIG', 'SET', 'requirepass', 'wrong');
  await box.ready();
  await eventArrives(world, redis, box);
});

scenario('a redis that is not there yet is waited for', async (world) => {
  const redis = await world.redis();
  await redis.kill();
  const box = await world.signalbox(redis, { ready: 'healthz' });
  await until('the log says so', () => /redis|laravel/.test(box.log));
  await sleep(300);
  await redis.up();
  await box.ready();
  await eventArrives(world, redis, box);
});
