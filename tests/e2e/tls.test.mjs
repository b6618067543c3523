// A listener with TLS: https and wss for every client version, and certificates that change on disk.
import fs from 'node:fs';
import tls from 'node:tls';

import { Authority } from './certificates.mjs';
import { assert, clientVersions, once, publishHeard, scenario, until } from './harness.mjs';
import { RawConnection } from './raw.mjs';

const peerName = (port, ca) => new Promise((resolve, reject) => {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: fs.readFileSync(ca), servername: 'localhost' }, () => {
    resolve(socket.getPeerCertificate().subject.CN);
    socket.destroy();
  });
  socket.on('error', reject);
});

for (const version of clientVersions) {
  for (const transport of ['polling', 'websocket']) {
    scenario(`socket.io-client ${version} by ${transport} over TLS`, async (world) => {
      const pair = new Authority(world.folder).issue('first');
      const redis = await world.redis();
      const box = await world.signalbox(redis, { tls: { certificate: pair.certificate, key: pair.key } });
      const socket = await world.connected(version, box.url, { transports: [transport], ca: fs.readFileSync(pair.ca) });
      const heard = once(socket, 'tok123:wechat.login');
      await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
      assert.deepEqual(await heard, { id: 7 });
    });
  }
}

scenario('a certificate that changes on disk is taken up; a broken one is not', async (world) => {
  const authority = new Authority(world.folder);
  const first = authority.issue('first');
  const second = authority.issue('second');
  const redis = await world.redis();
  const box = await world.signalbox(redis, { tls: { certificate: first.certificate, key: first.key } });
  assert.equal(await peerName(box.port, first.ca), 'first');
  const early = await world.connected(4, box.url, { transports: ['websocket'], ca: fs.readFileSync(first.ca) });

  fs.writeFileSync(first.certificate, 'not a certificate\n');
  await until('the log tells of the broken file', () => /certificate/.test(box.log), 15_000);
  assert.equal(await peerName(box.port, first.ca), 'first');

  fs.copyFileSync(second.key, first.key);
  fs.copyFileSync(second.certificate, first.certificate);
  await until('new connections see the new one', async () => await peerName(box.port, first.ca) === 'second', 15_000, 200);
  assert.ok(early.connected, 'who was connected stays');
});

scenario('plain HTTP on a TLS listener, and a cut handshake, harm nothing', async (world) => {
  const pair = new Authority(world.folder).issue('first');
  const redis = await world.redis();
  const box = await world.signalbox(redis, { tls: { certificate: pair.certificate, key: pair.key }, listener: { limits: { handshake: '1s' } } });
  const plain = await RawConnection.open(box.port);
  plain.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.ok(await plain.closes(8000));
  const half = await RawConnection.open(box.port);
  half.send(Buffer.from('16030100c8010000', 'hex'));
  assert.ok(await half.closes(8000));
  assert.equal(await peerName(box.port, pair.ca), 'first');
});
