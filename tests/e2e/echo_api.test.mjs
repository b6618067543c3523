// laravel-echo-server's HTTP API, as its users call it, against pages that listen.
import { AuthServer, admit } from './auth_server.mjs';
import { assert, request, scenario, until } from './harness.mjs';
import { collect, membersBox, quiet, subscribe } from './members.mjs';
import { Process } from './process.mjs';

const kKey = '0123456789abcdef0123456789abcdef';

async function start(world, { api = {}, ...options } = {}) {
  const redis = await world.redis();
  const server = await AuthServer.start(world, admit);
  const clients = [{ app_id: 'shop', key: kKey }, { app_id: 'other', key: `other-${kKey}` }];
  const source = { plugin: 'echo_api', with: { listener: 'public', clients, ...api } };
  const auth = {
    presence: { grace: '300ms' },
    rules: [{ channels: ['private-*', 'presence-*'], laravel: { endpoint: server.url, cookies: true, cache: '0s' } }],
  };
  const box = await membersBox(world, redis, auth, { sources: { http: source }, from: ['http'], ...options });
  const call = async (method, path, { key = kKey, query = {}, body, headers = {} } = {}) => {
    const search = new URLSearchParams(query).toString();
    const bearer = key ? { authorization: `Bearer ${key}` } : {};
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await request(`${box.url}/apps/${path}${search ? `?${search}` : ''}`, { method, headers: { ...bearer, ...headers }, body: text });
    const json = /^[[{]/.test(answer.body ?? '');
    return { ...answer, body: json ? JSON.parse(answer.body) : answer.body };
  };
  const post = (body, options_) => call('POST', 'shop/events', { body, ...options_ });
  const get = (path, query = {}) => call('GET', `shop/${path}`, { query });
  const page = (user) => world.connected(4, box.url, { extraHeaders: user ? { Cookie: `user=${user}` } : {} });
  return { redis, server, box, call, post, get, page };
}

scenario('what is posted is heard in each of its channels, once, by the others', async (world) => {
  const { post, page } = await start(world);
  const [a, b] = [await page('a'), await page('b')];
  const heard = [collect(a, 'App\\Events\\Paid'), collect(b, 'App\\Events\\Paid')];
  for (const socket of [a, b]) for (const channel of ['news', 'private-orders.7']) assert.equal(await subscribe(socket, channel), 'ok');
  const data = { id: 12345678901234567n.toString(), text: 'ü' };
  const all = await post({ channels: ['news', 'private-orders.7', 'news'], name: 'App\\Events\\Paid', data: JSON.stringify(data) });
  assert.deepEqual([all.status, all.body], [200, { message: 'ok' }]);
  await until('both have heard both', () => heard.every((list) => list.length === 2));
  assert.equal((await post({ channel: 'news', name: 'App\\Events\\Paid', data: { n: 1 }, socket_id: a.id })).status, 200);
  await until('the other hears it', () => heard[1].length === 3);
  await quiet();
  assert.deepEqual(heard[0], [['news', data], ['private-orders.7', data]]);
  assert.deepEqual(heard[1][2], ['news', { n: 1 }]);
});

scenario('data is what JSON.parse would make of it, or the text that it is', async (world) => {
  const { post, page } = await start(world);
  const socket = await page();
  const heard = collect(socket, 'e');
  await subscribe(socket, 'news');
  const cases = [[{ a: 1 }, { a: 1 }], ['{"a":1}', { a: 1 }], ['7', 7], ['plain {', 'plain {'], ['', ''], [0, 0], [[], []]];
  for (const [data] of cases) assert.equal((await post({ channel: 'news', name: 'e', data })).status, 200);
  await until('all are heard', () => heard.length === cases.length);
  assert.deepEqual(heard.map(([, data]) => data), cases.map(([, said]) => said));
});

scenario('whoever has no key of that very app gets 403, and always the same one', async (world) => {
  const { call, box } = await start(world);
  const body = { channel: 'news', name: 'e', data: 1 };
  const wrong = ['', 'wrong', `${kKey}x`, kKey.slice(1), `other-${kKey}`].map((key) => ({ key }));
  wrong.push({ key: '', query: { auth_key: 'wrong' } });
  for (const options of wrong) {
    for (const [method, path] of [['POST', 'shop/events'], ['GET', 'shop/status'], ['GET', 'shop/channels'], ['POST', 'nobody/events']]) {
      const answer = await call(method, path, { ...options, body: method === 'POST' ? body : undefined });
      assert.deepEqual([answer.status, answer.body], [403, { error: 'Unauthorized' }]);
    }
  }
  assert.equal((await call('POST', 'nobody/events', { body })).status, 403);
  assert.equal((await call('POST', 'shop/events', { key: '', query: { auth_key: kKey }, body })).status, 200);
  assert.ok(!box.log.includes(kKey), 'no key is in the log');
});

scenario('no body ends the program, and nothing of a bad one is published', async (world) => {
  const { post, call, page, box } = await start(world, { api: { body: '4KiB' } });
  const socket = await page();
  const heard = collect(socket, 'e');
  await subscribe(socket, 'news');
  const good = { channel: 'news', name: 'e', data: 1 };
  const bad = ['', '{', 'null', '[]', '"x"', '{}', 'channel=news&name=e&data=1', '{"channel":"news","name":"e"}', '{"channel":"news","data":1}',
    { ...good, channel: 7 }, { ...good, channels: 'news' }, { ...good, channels: ['news', 7] }, { ...good, channels: ['news', ''] },
    { ...good, name: ['e'] }, { ...good, socket_id: {} }, { ...good, data: null }, '{"channel":"news","name":"e","data":"\\ud800"}',
    '{"channel":"news","name":"e","data":"\\x"}', '{"channel":"news","name":"e","data":1}x', '['.repeat(3000)];
  for (const body of bad) {
    const answer = await post(body);
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 80));
    assert.equal(typeof answer.body.error, 'string');
  }
  assert.equal((await post(undefined)).status, 400, 'no body at all');
  assert.equal((await post({ ...good, data: 'x'.repeat(5000) })).status, 413);
  assert.equal((await call('GET', 'shop/events')).status, 405);
  assert.equal((await call('PUT', 'shop/status', { body: {} })).status, 405);
  for (const path of ['shop', 'shop/', 'shop/nothing', 'shop/channels/a/b', 'shop/events/x']) assert.equal((await call('GET', path)).status, 404, path);
  assert.equal((await post(good)).status, 200);
  await until('the good one is heard', () => heard.length > 0);
  await quiet();
  assert.equal(heard.length, 1);
  assert.ok(box.process.running);
});

scenario('status, channels, one channel and its users are those of all lanes', async (world) => {
  const { get, page } = await start(world, { extra: { lanes: 2 } });
  const pages = [];
  for (const user of ['1', '1', '2', '3']) pages.push(await page(user));
  for (const socket of pages) {
    assert.equal(await subscribe(socket, 'news'), 'ok');
    assert.equal(await subscribe(socket, 'presence-room/1'), 'ok');
  }
  assert.equal(await subscribe(pages[3], 'private-orders.7'), 'ok');
  const status = await get('status');
  assert.equal(status.body.subscription_count, 4);
  assert.ok(Number.isInteger(status.body.uptime) && status.body.uptime >= 0);
  const row = (n) => ({ subscription_count: n, occupied: true });
  assert.deepEqual((await get('channels')).body, { channels: { news: row(4), 'presence-room/1': row(4), 'private-orders.7': row(1) } });
  assert.deepEqual((await get('channels', { filter_by_prefix: 'presence-' })).body, { channels: { 'presence-room/1': row(4) } });
  assert.deepEqual((await get('channels', { filter_by_prefix: 'x' })).body, { channels: {} });
  assert.deepEqual((await get('channels/news')).body, row(4));
  assert.deepEqual((await get('channels/nobody')).body, { subscription_count: 0, occupied: false });
  const room = `channels/${encodeURIComponent('presence-room/1')}`;
  assert.deepEqual((await get(room)).body, { ...row(4), user_count: 3 });
  const users = (await get(`${room}/users`)).body.users.sort((a, b) => Number(a.id) - Number(b.id));
  assert.deepEqual(users, ['1', '2', '3'].map((id) => ({ id, user_info: { name: `user ${id}` } })));
  assert.equal((await get('channels/news/users')).status, 400);
  pages[3].close();
  await until('the third is no user any more', async () => (await get(`${room}/users`)).body.users.length === 2);
  assert.deepEqual((await get('channels/private-orders.7')).body, { subscription_count: 0, occupied: false });
});

scenario('many ask and publish at once, and everybody is answered', async (world) => {
  const { get, post, page } = await start(world, { extra: { lanes: 2 } });
  const socket = await page();
  const heard = collect(socket, 'e');
  await subscribe(socket, 'news');
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 2 ? get('channels') : post({ channel: 'news', name: 'e', data: i }))));
  for (const { status } of answers) assert.ok(status === 200 || status === 503, `${status}`);
  const taken = answers.filter(({ status, body }) => status === 200 && body.message === 'ok').length;
  await until('what was taken is heard', () => heard.length === taken);
  assert.ok(taken > 0);
});

scenario('PHP posts as the packages for laravel-echo-server do', async (world) => {
  const { box, page } = await start(world);
  const socket = await page();
  const heard = collect(socket, 'App\\Events\\Paid');
  await subscribe(socket, 'news');
  const code = '$body = json_encode(["channel" => "news", "name" => "App\\\\Events\\\\Paid", "data" => json_encode(["n" => 1.5, "t" => "ü/"])]);'
    + '$http = ["method" => "POST", "header" => "Content-Type: application/json\\r\\n", "content" => $body];'
    + 'echo file_get_contents($argv[1], false, stream_context_create(["http" => $http]));';
  const php = world.keep(new Process('php', 'php', ['-r', code, '--', `${box.url}/apps/shop/events?auth_key=${kKey}`]));
  assert.equal((await php.exited).code, 0, php.log);
  assert.equal(php.log, '{"message":"ok"}');
  await until('it is heard', () => heard.length === 1);
  assert.deepEqual(heard, [['news', { n: 1.5, t: 'ü/' }]]);
});

scenario('with status: false nobody reads, and the key still publishes', async (world) => {
  const { get, post } = await start(world, { api: { status: false } });
  for (const path of ['status', 'channels', 'channels/x', 'channels/presence-x/users']) assert.equal((await get(path)).status, 404);
  assert.equal((await post({ channel: 'news', name: 'e', data: 1 })).status, 200);
});
