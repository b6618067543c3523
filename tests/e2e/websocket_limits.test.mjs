// Large messages, many fragments and small pieces (RFC 6455 section 5), and the opening handshake (section 4.2), right and
// wrong, against the echo of the conformance server.
import crypto from 'node:crypto';
import net from 'node:net';
import { createRequire } from 'node:module';

import { assert, once, request } from './harness.mjs';
import { all, binary, close, converse, echo, fragments, frame, kAccept, message, op, suite, text, WebSocketPeer } from './websocket.mjs';

const WebSocket = createRequire(import.meta.url)('ws');
const kMiB = 2 ** 20;
const kMessageMax = 16 * kMiB; // tests/conformance/echo_mount.cpp
const kUnit = '世界!\n'; // 8 octets

const letters = (octets) => kUnit.repeat(octets / 8);
const octets = (count) => crypto.randomBytes(count);

for (const [kind, make] of Object.entries({ text: letters, binary: octets })) {
  suite(`${kind} up to 16 MiB comes back`, async (port) => {
    for (const size of [64 * 1024, 256 * 1024, kMiB, 4 * kMiB, 8 * kMiB, kMessageMax]) {
      const payload = make(size);
      await converse(port, { say: [message(payload)], hear: [echo(payload)] });
    }
  });

  suite(`4 MiB of ${kind} in fragments of every size comes back whole`, async (port) => {
    const payload = make(4 * kMiB);
    for (const size of [64, 256, 1000, 4096, 16384, 65536, 262144, kMiB, 4 * kMiB]) {
      await converse(port, { say: [fragments(op[kind], payload, size)], hear: [echo(payload)] });
    }
    const whole = make(kMessageMax);
    await converse(port, { say: [fragments(op[kind], whole, kMiB)], hear: [echo(whole)] });
  });

  suite(`1 MiB of ${kind} in small pieces comes back`, async (port) => {
    const payload = make(kMiB);
    const pieces = [64, 128, 256, 512, 1024, 2048].map((chop) => [`pieces of ${chop}`, { say: [message(payload)], hear: [echo(payload)], chop }]);
    await all(port, Object.fromEntries(pieces));
    const short = make(65536);
    await converse(port, { say: [fragments(op[kind], short, 1304)], hear: [echo(short)] });
  });

  suite(`a thousand messages of ${kind} of one size come back in order`, async (port) => {
    for (const size of [0, 16, 64, 256, 1024, 4096]) {
      const peer = await WebSocketPeer.open(port);
      const payloads = Array.from({ length: 1000 }, () => make(size));
      for (const payload of payloads) {
        const count = peer.events.length + 1;
        await peer.write(message(payload));
        await peer.received(count);
      }
      await peer.write(close(1000));
      await peer.over();
      assert.deepEqual(peer.events, [...payloads.map(echo), ['close', 1000]]);
    }
  });
}

suite('a message over the limit is refused as early as its headers say so', async (port) => {
  const half = letters(kMessageMax / 2);
  await all(port, {
    'one octet more, by its header alone': { say: [text('', { announced: kMessageMax + 1 })], fails: 1009 },
    'binary of one octet more': { say: [binary(octets(1000), { announced: kMessageMax + 1 })], fails: 1009 },
    'the third fragment by its header': { fails: 1009,
      say: [text(half, { fin: false }), frame(op.continuation, half, { fin: false }), frame(op.continuation, 'a')] },
    'fragments without end': { say: [fragments(op.binary, Buffer.alloc(kMessageMax + 64 * 1024), 64 * 1024)], fails: 1009 },
  });
});

suite('a client that asks for more than it reads is cut off', async (port, world) => {
  const socket = net.connect(port, '127.0.0.1');
  world.atEnd(() => socket.destroy());
  socket.on('error', () => {});
  const cut = once(socket, 'close', 20_000);
  socket.write(WebSocketPeer.request('/echo'));
  await once(socket, 'readable');
  const large = binary(octets(4 * kMiB));
  for (let i = 0; i < 16; i += 1) socket.write(large);
  await cut;
});

suite('the opening handshake is answered as the RFC computes it', async (port) => {
  const peer = new WebSocketPeer(port);
  const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits', 'Sec-WebSocket-Protocol': 'chat' };
  await peer.write(WebSocketPeer.request('/echo', offer));
  const head = await peer.head;
  assert.match(head, /^HTTP\/1\.1 101 /);
  assert.ok(head.includes(`\r\nSec-WebSocket-Accept: ${kAccept}\r\n`), head);
  assert.match(head, /\r\nUpgrade: websocket\r\n/);
  assert.match(head, /\r\nConnection: Upgrade\r\n/);
  assert.doesNotMatch(head, /Sec-WebSocket-(Extensions|Protocol)/, 'neither is spoken here');
  await peer.write(close(1000));
  await peer.over();

  const odd = { connection: 'keep-alive, UPGRADE', upgrade: 'WebSocket', Connection: undefined, Upgrade: undefined };
  const early = await WebSocketPeer.open(port, { headers: odd, behind: Buffer.concat([text('early'), close(1000)]) });
  await early.over();
  assert.deepEqual(early.events, [['text', 'early'], ['close', 1000]], 'frames that came with the request are heard');
});

suite('wrong opening handshakes are refused with a reason', async (port) => {
  const wrong = {
    'a key that is no base64': [{ 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }, 400, /Sec-WebSocket-Key/],
    'a short key': [{ 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400, /Sec-WebSocket-Key/],
    'no key': [{ 'Sec-WebSocket-Key': undefined }, 400, /Sec-WebSocket-Key/],
    'version 8': [{ 'Sec-WebSocket-Version': '8' }, 426, /13/],
    'no version': [{ 'Sec-WebSocket-Version': undefined }, 426, /13/],
    'POST': [{ method: 'POST' }, 400, /GET/],
    'a body': [{ 'Content-Length': '1' }, 400, /body/],
    'no Upgrade': [{ Upgrade: undefined }, 426, /WebSocket/],
    'another protocol': [{ Upgrade: 'h2c' }, 426, /WebSocket/],
    'no Connection': [{ Connection: undefined }, 426, /WebSocket/],
    'HTTP/1.0': [{ version: 'HTTP/1.0' }, 426, /WebSocket/],
  };
  for (const [what, [headers, status, reason]] of Object.entries(wrong)) {
    const peer = new WebSocketPeer(port);
    await peer.write(WebSocketPeer.request('/echo', headers));
    const head = await peer.head;
    assert.ok(head.startsWith(`HTTP/1.1 ${status} `), `${what}: ${head}`);
    assert.match(await peer.wholeBody(), reason, what);
    if (status === 426) assert.match(head, /\r\nUpgrade: websocket\r\n/i, what);
    if (status === 426 && reason.test('13')) assert.match(head, /\r\nSec-WebSocket-Version: 13\r\n/i, what);
    peer.hangUp();
  }
  assert.equal((await request(`http://127.0.0.1:${port}/nothing-here`)).status, 404);
});

suite('the client that most programs use gets along', async (port, world) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  world.atEnd(() => socket.terminate());
  await once(socket, 'open');
  for (const payload of ['text', '', letters(kMiB), octets(100_000)]) {
    const heard = once(socket, 'message');
    socket.send(payload);
    assert.ok(Buffer.from(payload).equals(Buffer.from(await heard)));
  }
  const answered = once(socket, 'pong');
  socket.ping('still there?');
  assert.equal(String(await answered), 'still there?');
  const over = once(socket, 'close');
  socket.close(4001, 'enough');
  assert.equal((await over)[0], 4001);
});
