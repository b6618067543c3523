// What strangers send.  After each of these the program serves the next client as before.
import { assert, once, publishHeard, request, scenario, sleep, until } from './harness.mjs';
import { RawConnection, rawAnswer } from './raw.mjs';

async function stillServes(world, redis, box) {
  const socket = await world.connected(4, box.url);
  const heard = once(socket, 'tok123:wechat.login');
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
  assert.deepEqual(await heard, { id: 7 });
  assert.ok(box.process.running);
}

scenario('payloads on redis that are no broadcasts harm nothing and are counted', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const socket = await world.connected(2, box.url);
  const names = [];
  const onevent = socket.onevent;
  socket.onevent = function tap(packet) {
    names.push(packet.data[0]);
    onevent.call(this, packet);
  };
  const payloads = [
    '', ' ', 'hello', '{', '[]', 'null', '0', '"text"', '{}', '{"event":7,"data":{}}', '{"event":null}', '{"event":{"a":1},"data":1}',
    '{"event":["x"],"data":1}', '{"event":"","data":1}', `${'['.repeat(100_000)}`, `{"event":"e","data":${'[' .repeat(5000)}${']'.repeat(5000)}}`,
    '{"event":"e","data":1}trailing', '{"event":"\\ud800","data":1}', Buffer.from([0xff, 0xfe, 0, 1]), Buffer.from('{"event":"\xff","data":1}', 'latin1'),
    `{"event":"${'e'.repeat(5000)}","data":1}`,
  ];
  for (const payload of payloads) await publishHeard(redis, 'tok123', payload);
  await publishHeard(redis, 'c'.repeat(5000), '{"event":"e","data":1}');
  await publishHeard(redis, Buffer.from([0x63, 0xff]), '{"event":"e","data":1}');
  await stillServes(world, redis, box);
  await until('this client has it, too', () => names.includes('tok123:wechat.login'));
  assert.ok(names.every((name) => typeof name === 'string'), `only names that are strings: ${JSON.stringify(names)}`);
  assert.ok(await box.figure('redisMalformed') >= 10);
});

scenario('every Laravel envelope there ever was is understood', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const socket = await world.connected(4, box.url);
  const seen = [];
  socket.on('c:e', (data) => seen.push(data));
  const envelopes = ['{"event":"e","data":{"id":1}}', '{"event":"e","data":{"id":2},"socket":null}',
    '{"event":"e","data":{"id":3,"socket":null},"socket":null}', '{"event":"e","data":[],"socket":null}',
    '{"event":"e","data":{"id":5,"url":"https:\\/\\/a","name":"\\u674e"},"socket":"nobody"}'];
  for (const envelope of envelopes) await publishHeard(redis, 'c', envelope);
  await until('all of them', () => seen.length === envelopes.length);
  assert.deepEqual(seen, [{ id: 1 }, { id: 2 }, { id: 3 }, [], { id: 5, url: 'https://a', name: '李' }]);
});

scenario('garbage instead of HTTP is refused', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const requests = [
    'hello\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nX Y: 1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(20_000)}\r\n`,
    `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'b'.repeat(200_000)}\r\n\r\n`,
    Buffer.from('16030100c8010000c40303', 'hex'),
  ];
  for (const bytes of requests) {
    const connection = await RawConnection.open(box.port);
    connection.send(bytes);
    connection.socket.end();
    const status = await connection.status();
    assert.ok(status === null || (status >= 400 && status < 600), `${String(bytes).slice(0, 60)} was answered ${status}`);
    connection.close();
  }
  await stillServes(world, redis, box);
});

scenario('a connection that says nothing, half a header or half a body is closed in time', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { listener: { limits: { handshake: '1s' } } });
  const silent = await RawConnection.open(box.port);
  const half = await RawConnection.open(box.port);
  half.send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nX-');
  const drip = await RawConnection.open(box.port);
  drip.send('GET / HTTP/1.1\r\nHost: localhost\r\n');
  const dripping = setInterval(() => drip.send('X-Slow: 1\r\n'), 200);
  world.atEnd(() => clearInterval(dripping));
  for (const [what, connection] of Object.entries({ silent, half, drip })) {
    assert.ok(await connection.closes(8000), `the ${what} one is closed`);
  }
  await stillServes(world, redis, box);
});

scenario('peers that vanish without a word are noticed', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { sinkWith: { ping_interval: '300ms', ping_timeout: '300ms' } });
  const gone = await RawConnection.open(box.port);
  assert.equal(await gone.upgrade('/socket.io/?EIO=4&transport=websocket'), 101);
  gone.frame('40'); // and never a pong
  // The closing handshake of RFC 6455 has its own few seconds before the connection is cut.
  assert.ok(await gone.closes(10_000), 'the connection that answers no ping is closed');
  await until('nobody is counted any more', async () => await box.figure('connections', { listener: 'public' }) === 0);
  await stillServes(world, redis, box);
});

scenario('bodies and messages over the limit are refused', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { listener: { limits: { body: '64KiB', message: '64KiB' } } });
  const open = await request(`${box.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse(open.body.slice(1));
  const session = `${box.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
  let status;
  try {
    ({ status } = await request(session, { method: 'POST', body: `4${'x'.repeat(100_000)}` }));
  } catch (error) {
    status = error.code; // cut off before the answer was read: refused, too
  }
  assert.ok(status === 413 || status === 400 || status === 'ECONNRESET' || status === 'EPIPE', `answered ${status}`);

  // Refused by its head alone, also when the session lives on another lane than the connection came in on.
  for (let i = 0; i < 8; i += 1) {
    const again = JSON.parse((await request(`${box.url}/socket.io/?EIO=4&transport=polling`)).body.slice(1));
    const huge = await RawConnection.open(box.port);
    huge.send(`POST /socket.io/?EIO=4&transport=polling&sid=${again.sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n`);
    assert.equal(await huge.status(), 413);
    huge.close();
  }

  const ws = await RawConnection.open(box.port);
  assert.equal(await ws.upgrade('/socket.io/?EIO=4&transport=websocket'), 101);
  for (let i = 0; i < 20; i += 1) ws.frame('x'.repeat(10_000), { opcode: i === 0 ? 1 : 0, fin: false });
  assert.ok(await ws.closes(8000), 'a message without end is cut off');
  await stillServes(world, redis, box);
});

scenario('WebSocket frames that break the rules close the connection', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const wrongs = {
    'an unmasked frame': (c) => c.frame('40', { mask: false }),
    'a reserved opcode': (c) => c.frame('40', { opcode: 3 }),
    'text that is no UTF-8': (c) => c.frame(Buffer.from([0x34, 0xff, 0xfe])),
    'a fragmented ping': (c) => c.frame('', { opcode: 9, fin: false }),
    'a continuation of nothing': (c) => c.frame('40', { opcode: 0 }),
    'an Engine.IO packet of no type': (c) => c.frame('x'),
    'an event before CONNECT': (c) => c.frame('42["a"]'),
    'a Socket.IO packet that is no JSON': (c) => {
      c.frame('40');
      c.frame('42[');
    },
  };
  for (const [what, send] of Object.entries(wrongs)) {
    const connection = await RawConnection.open(box.port);
    assert.equal(await connection.upgrade('/socket.io/?EIO=4&transport=websocket'), 101);
    send(connection);
    assert.ok(await connection.closes(8000), `${what} closes the connection`);
  }
  await stillServes(world, redis, box);
});

scenario('handshakes that cannot be are answered with the codes that clients know', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const base = `${box.url}/socket.io/`;
  const cases = [
    ['?EIO=4&transport=carrier-pigeon', {}, 400, 0],
    ['?EIO=4&transport=polling&sid=nobody', {}, 400, 1],
    ['?EIO=4&transport=polling', { method: 'POST', body: '40' }, 400, 2],
    ['?EIO=4&transport=websocket', {}, 400, 3],
    ['?EIO=99&transport=polling', {}, 400, 5],
  ];
  for (const [query, options, status, code] of cases) {
    const answer = await request(base + query, options);
    assert.equal(answer.status, status, query);
    const body = JSON.parse(answer.body);
    assert.equal(body.code, code, `${query}: ${answer.body}`);
    assert.equal(typeof body.message, 'string');
  }
  await until('the log tells of the version that is not spoken', () => /Engine\.IO "99"/.test(box.log));
  assert.equal((await request(`${box.url}/elsewhere`)).status, 404);
});

scenario('allow_eio3: false turns clients of version 2 away with a reason', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { sinkWith: { allow_eio3: false } });
  const answer = await request(`${box.url}/socket.io/?EIO=3&transport=polling`);
  assert.equal(answer.status, 400);
  assert.equal(JSON.parse(answer.body).code, 5);
  await stillServes(world, redis, box);
});

scenario('a second poll for one session ends it', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const open = await request(`${box.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse(open.body.slice(1));
  const session = `${box.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
  const first = request(session);
  await sleep(200);
  const second = await request(session);
  assert.equal(second.status, 400);
  await first.catch(() => {});
  await until('the session is gone', async () => JSON.parse((await request(session)).body).code === 1);
});

scenario('more connections than the listener allows are turned away, and served again later', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis, { listener: { limits: { connections: 10, per_ip: 10 } }, extra: { lanes: 1 } });
  const held = [];
  for (let i = 0; i < 30; i += 1) {
    held.push(await RawConnection.open(box.port));
    held[i].send('GET / HTTP/1.1\r\nHost: a\r\n');
  }
  await until('the surplus is closed', () => held.filter((c) => c.isClosed || c.received.length > 0).length >= 20);
  for (const connection of held) connection.close();
  await until('there is room again', async () => (await rawAnswer(box.port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n')).status === 404);
  await stillServes(world, redis, box);
});
