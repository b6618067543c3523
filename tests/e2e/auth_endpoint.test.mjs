// The filter `auth` with an endpoint that is slow, refuses in every way, says too much, half of it, or nothing.
import { AuthServer, admit } from './auth_server.mjs';
import { assert, freePort, request, scenario, sleep, until } from './harness.mjs';
import { membersBox, subscribe } from './members.mjs';
import { parseMetrics } from './metrics.mjs';

async function start(world, { decide, laravel = {}, ...options } = {}) {
  const redis = await world.redis();
  const server = await AuthServer.start(world, decide);
  const shown = { headers: ['authorization', 'x-csrf-token'], cookies: true };
  const rule = { endpoint: server.url, timeout: '1s', concurrency: 4, queue: 1000, cache: '0s', ...shown, ...laravel };
  const box = await membersBox(world, redis, { rules: [{ channels: ['*'], laravel: rule }] }, { io: { channels_max: 1000 }, ...options });
  const client = (user, more = {}) => world.connected(4, box.url, { extraHeaders: user ? { Cookie: `user=${user}` } : {}, ...more });
  return { redis, server, box, client };
}

scenario('what the endpoint answers is what the page is told, without telling forbidden from unknown', async (world) => {
  const { server, client, box } = await start(world);
  const socket = await client('a');
  assert.equal(await subscribe(socket, 'private-fine'), 'ok');
  const expected = { 301: 401, 302: 401, 307: 401, 401: 401, 403: 403, 404: 403, 419: 419, 429: 429 };
  for (const [status, code] of Object.entries(expected)) assert.equal(await subscribe(socket, `private-status.${status}`), code, `an answer of ${status}`);
  for (const status of [500, 502, 503]) {
    const code = await subscribe(socket, `private-status.${status}`);
    assert.ok(code === status || code === 0, `an answer of ${status} is told as ${code}`);
  }
  for (const status of [201, 204]) assert.notEqual(await subscribe(socket, `private-status.${status}`), 'ok', `${status} admits nobody`);
  // Nothing was asked twice, and no redirect was followed.
  for (const status of [302, 500, 403]) assert.equal(server.of(`private-status.${status}`).length, 1);
  assert.ok(server.calls.every((call) => call.path === '/broadcasting/auth'));
  assert.ok(!/user=a/.test(box.log), 'no cookie is in the log');
});

scenario('no answer, half of one, far too much, or nobody there: code 0 and in time', async (world) => {
  const { server, client, box } = await start(world);
  const socket = await client('a');
  const names = ['private-never', 'private-half', 'private-huge', 'private-reset'];
  const codes = await Promise.all(names.map((name) => subscribe(socket, name)));
  codes.forEach((code, i) => assert.ok(code === 0 || code >= 500, `${names[i]} is told as ${code}`));
  assert.equal(codes[0], 0);
  for (const name of names) assert.equal(server.of(name).length, 1, `${name} is asked once`);
  assert.equal(await subscribe(socket, 'private-fine'), 'ok', 'and the next one is answered');
  assert.ok(box.process.running);
  const away = await start(world, { laravel: { endpoint: `http://127.0.0.1:${await freePort()}/auth` } });
  assert.equal(await subscribe(await away.client('a'), 'private-x'), 0);
});

scenario('the calls never exceed the cap, and everybody gets an answer', async (world) => {
  const { server, client } = await start(world);
  const socket = await client('a');
  const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => subscribe(socket, `private-slow.${20 + (i % 5)}.${i}`)));
  assert.ok(answers.every((answer) => answer === 'ok'));
  assert.equal(server.calls.length, 120);
  assert.ok(server.mostAtOnce <= 4, `${server.mostAtOnce} at a time`);
  assert.ok(server.mostAtOnce > 1, 'but not one after the other');
});

scenario('a full queue is refused with code 0, and what is in it is answered', async (world) => {
  const { server, client } = await start(world, { laravel: { concurrency: 2, queue: 3 } });
  const socket = await client('a');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => subscribe(socket, `private-slow.200.${i}`)));
  const count = (what) => answers.filter((answer) => answer === what).length;
  assert.equal(count('ok') + count(0), 20);
  assert.ok(count('ok') >= 5 && count(0) >= 10, `${count('ok')} were admitted and ${count(0)} refused`);
  assert.equal(server.calls.length, count('ok'));
  assert.ok(server.mostAtOnce <= 2);
  assert.equal(await subscribe(socket, 'private-fine'), 'ok');
});

scenario('an answer is remembered for its credentials and its channel, and no longer than it may', async (world) => {
  const { server, client } = await start(world, { laravel: { cache: '1s' } });
  const [a, again, b] = [await client('a'), await client('a'), await client('b')];
  assert.equal(await subscribe(a, 'private-x'), 'ok');
  assert.equal(await subscribe(again, 'private-x'), 'ok');
  assert.equal(server.of('private-x').length, 1, 'the same user is not asked for twice');
  assert.equal(await subscribe(b, 'private-x'), 'ok');
  assert.equal(server.of('private-x').length, 2, 'another user is');
  assert.equal(await subscribe(a, 'private-y'), 'ok');
  assert.equal(server.of('private-y').length, 1, 'another channel is');
  await sleep(1200);
  const later = await client('a');
  assert.equal(await subscribe(later, 'private-x'), 'ok');
  assert.equal(server.of('private-x').length, 3, 'after its time it is asked again');
});

scenario('the application is shown the channel, the cookies and the headers that are allowed, and nothing else', async (world) => {
  const { server, client } = await start(world);
  const socket = await client('a');
  const headers = {
    Authorization: 'Bearer T', 'X-CSRF-TOKEN': 'C', 'X-Evil': '1', Cookie: 'user=root', Host: 'evil.example',
    'Content-Length': '3', 'Transfer-Encoding': 'chunked', 'X-Forwarded-For': '10.0.0.1',
  };
  assert.equal(await subscribe(socket, 'private-näme & more', { auth: { headers } }), 'ok');
  const [call] = server.calls;
  assert.equal(call.method, 'POST');
  assert.equal(call.channel, 'private-näme & more');
  assert.deepEqual([...new URLSearchParams(call.body).keys()], ['channel_name']);
  assert.match(call.headers['content-type'], /^application\/x-www-form-urlencoded/);
  assert.equal(call.headers.authorization, 'Bearer T');
  assert.equal(call.headers['x-csrf-token'], 'C');
  assert.equal(call.headers['x-requested-with'], 'XMLHttpRequest');
  assert.equal(call.headers.cookie, 'user=a', 'the handshake\'s cookie, whatever the message says');
  assert.equal(call.headers.host, new URL(server.url).host);
  for (const name of ['x-evil', 'transfer-encoding', 'x-forwarded-for']) assert.equal(call.headers[name], undefined, name);
  const names = call.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  assert.equal(new Set(names).size, names.length, 'no header comes twice');
});

scenario('a header that would break out of its line goes nowhere', async (world) => {
  const { server, client } = await start(world);
  const socket = await client('a');
  await subscribe(socket, 'private-x', { auth: { headers: { Authorization: 'Bearer T\r\nX-Evil: 1', 'X-CSRF-TOKEN\r\nX-Evil': '1' } } });
  for (const call of server.calls) assert.ok(!call.raw.some((text) => /evil/i.test(text)), 'nothing of it has arrived');
  const odd = [7, 'x', [], { headers: 7 }, { headers: { Authorization: {} } }, { headers: null }];
  for (const auth of odd) await subscribe(socket, `private-odd.${JSON.stringify(auth)}`, { auth });
  assert.equal(await subscribe(socket, 'private-y'), 'ok');
});

scenario('without cookies: true no cookie leaves', async (world) => {
  const { server, client } = await start(world, { laravel: { cookies: false, headers: [] } });
  await subscribe(await client('a'), 'private-x', { auth: { headers: { Authorization: 'Bearer T' } } });
  assert.equal(server.calls[0].headers.cookie, undefined);
  assert.equal(server.calls[0].headers.authorization, undefined);
});

scenario('who went away while the application thought about it is in nothing', async (world) => {
  const { redis, server, client, box } = await start(world, { laravel: { concurrency: 1 } });
  const gone = await client('a');
  gone.emit('subscribe', { channel: 'private-slow.300' });
  await until('the application is asked', () => server.calls.length === 1);
  gone.close();
  const stays = await client('b');
  assert.equal(await subscribe(stays, 'private-slow.10'), 'ok');
  await redis.publish('private-slow.300', JSON.stringify({ event: 'e', data: 1 }));
  assert.ok(box.process.running);
});

scenario('every refusal has its reason in the metrics', async (world) => {
  const { client, box } = await start(world);
  const socket = await client('a');
  await subscribe(socket, 'private-fine');
  for (const channel of ['private-status.403', 'private-status.302', 'private-reset']) await subscribe(socket, channel);
  const series = parseMetrics(await box.metrics()).filter(({ name }) => name.startsWith('signalbox_auth_'));
  const sum = (test) => series.filter(({ labels }) => test(Object.values(labels).join(' '))).reduce((n, { value }) => n + value, 0);
  assert.ok(series.length > 0, 'the filter counts');
  assert.ok(sum(() => true) >= 4, 'each of the four answers');
});

scenario('a presence channel without a member in the answer admits nobody', async (world) => {
  const bodies = { 'presence-true': 'true', 'presence-empty': '', 'presence-odd': '{"channel_data":7}', 'presence-half': '{"channel_data":{"user_info":{}}}' };
  const decide = (call, response) => {
    if (!(call.channel in bodies)) return admit(call, response);
    return response.writeHead(200).end(bodies[call.channel]);
  };
  const { client } = await start(world, { decide });
  const socket = await client('a');
  for (const channel of Object.keys(bodies)) assert.notEqual(await subscribe(socket, channel), 'ok', channel);
  const heard = new Promise((resolve) => { socket.on('presence:subscribed', (channel, members) => resolve(members)); });
  assert.equal(await subscribe(socket, 'presence-room'), 'ok');
  assert.deepEqual(await heard, [{ user_id: 'a', user_info: { name: 'user a' } }]);
});

scenario('over WebSocket and SSE the same questions are asked', async (world) => {
  const { server, box } = await start(world);
  const { WebSocket } = await import('ws').then((library) => ({ WebSocket: library.default }));
  const ws = new WebSocket(`${box.url.replace('http', 'ws')}/ws`, ['signalbox.v1'], { headers: { Cookie: 'user=w' } });
  world.atEnd(() => ws.terminate());
  const said = [];
  ws.on('message', (text) => said.push(JSON.parse(text)));
  await new Promise((resolve) => { ws.once('open', resolve); });
  ws.send(JSON.stringify({ type: 'subscribe', channel: 'private-fine', auth: { headers: { Authorization: 'Bearer W' } } }));
  ws.send(JSON.stringify({ type: 'subscribe', channel: 'private-status.403' }));
  await until('both are answered', () => said.some((m) => m.type === 'subscribed') && said.some((m) => m.type === 'error'));
  assert.equal(server.of('private-fine')[0].headers.cookie, 'user=w');
  assert.equal(server.of('private-fine')[0].headers.authorization, 'Bearer W');
  const poll = (channel) => request(`${box.url}/events?channel=${channel}`, { headers: { accept: 'application/json', cookie: 'user=s' } });
  assert.equal((await poll('private-fine')).status, 200);
  assert.equal(server.of('private-fine')[1].headers.cookie, 'user=s');
  assert.equal((await poll('private-status.403')).status, 403);
});
