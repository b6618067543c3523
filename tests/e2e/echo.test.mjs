// laravel-echo itself, 1.x and 2.x, by socket.io-client 2 and 4, against a PHP application with Laravel's broadcaster.
import { createRequire } from 'node:module';

import { assert, once, patience, scenario, socketIo, until } from './harness.mjs';
import { LaravelApp } from './laravel_app.mjs';
import { collect, membersBox, quiet } from './members.mjs';
import { Wire } from './wire.mjs';

const require = createRequire(import.meta.url);
// Version 2 is a package of modules whose other form Node cannot load.
const libraries = { 1: require('laravel-echo-1'), 2: await import('laravel-echo-2') };
const pairs = [[1, 2], [1, 4], [2, 2], [2, 4]];

async function start(world, { prefix = '' } = {}) {
  const redis = await world.redis();
  const app = await LaravelApp.start(world, redis, { prefix });
  const auth = {
    presence: { grace: '500ms' },
    rules: [{ channels: ['*'], laravel: { endpoint: app.authEndpoint, headers: ['authorization'], cookies: true, cache: '0s' } }],
  };
  // Public channels need no question.
  auth.rules.unshift({ channels: ['news', 'news.*'], allow: 'everyone' });
  const box = await membersBox(world, redis, auth, { redisWith: prefix ? { prefix } : {}, extra: { lanes: 2 } });
  const api = { world, redis, app, box, url: box.url };
  return api;
}

// A page of this user.
async function page({ world, url }, [echoVersion, clientVersion], user, options = {}) {
  const library = libraries[echoVersion];
  const Echo = library.default ?? library;
  const echo = new Echo({
    broadcaster: 'socket.io',
    client: socketIo(clientVersion),
    host: url,
    forceNew: true,
    transports: ['websocket'],
    reconnectionDelay: 50,
    reconnectionDelayMax: 100,
    ...(user ? { extraHeaders: { Cookie: `shop_session=user-${user}` } } : {}),
    ...options,
  });
  world.atEnd(() => echo.disconnect());
  const { socket } = echo.connector;
  echo.answers = collect(socket, 'subscription_succeeded');
  echo.errors = collect(socket, 'subscription_error');
  if (!socket.connected) await once(socket, 'connect');
  return echo;
}

const subscribed = (echo, channel, times = 1) =>
  until(`${channel} is subscribed`, () => echo.answers.filter(([name]) => name === channel).length >= times);

const refused = (echo, channel) =>
  until(`${channel} is refused`, () => echo.errors.find(([name]) => name === channel)).then(([, code]) => code);

for (const pair of pairs) {
  const name = `laravel-echo ${pair[0]} on socket.io-client ${pair[1]}`;

  scenario(`${name}: public and private channels, by both kinds of names`, async (world) => {
    const api = await start(world);
    const echo = await page(api, pair, 7);
    const said = [];
    const paid = [];
    echo.channel('news').listen('.said', (data) => said.push(data.text));
    echo.private('orders.7').listen('OrderPaid', (data) => paid.push(data.text));
    await subscribed(echo, 'news');
    await subscribed(echo, 'private-orders.7');
    await api.app.say('news', 'public');
    await api.app.say('other', 'not for us');
    await api.app.paid('private-orders.7', 'mine');
    await api.app.paid('private-orders.8', 'of somebody else');
    await until('both are heard', () => said.length === 1 && paid.length === 1);
    await quiet();
    assert.deepEqual([said, paid], [['public'], ['mine']]);
  });

  scenario(`${name}: who may not listen is told and hears nothing`, async (world) => {
    const api = await start(world);
    const echo = await page(api, pair, 7);
    const heard = [];
    echo.private('orders.8').listen('OrderPaid', (data) => heard.push(data));
    echo.join('room.closed').here((members) => heard.push(members));
    assert.equal(await refused(echo, 'private-orders.8'), 403);
    assert.equal(await refused(echo, 'presence-room.closed'), 403);
    const stranger = await page(api, pair);
    stranger.private('orders.7').listen('OrderPaid', (data) => heard.push(data));
    assert.equal(await refused(stranger, 'private-orders.7'), 403);
    await api.app.paid('private-orders.7', 'x');
    await api.app.paid('private-orders.8', 'x');
    await quiet();
    assert.deepEqual(heard, []);
  });

  scenario(`${name}: a bearer token of auth.headers is what the application is shown`, async (world) => {
    const api = await start(world);
    const echo = await page(api, pair, undefined, { bearerToken: 'user-9' });
    echo.private('orders.9').listen('OrderPaid', () => {});
    await subscribed(echo, 'private-orders.9');
  });

  scenario(`${name}: presence tells of users, not of connections`, async (world) => {
    const api = await start(world);
    const log = [];
    const first = await page(api, pair, 1);
    first.join('room.3')
      .here((members) => log.push(['here', members.map((m) => m.name)]))
      .joining((member) => log.push(['joining', member.name]))
      .leaving((member) => log.push(['leaving', member.name]));
    await until('the first is there', () => log.length === 1);
    const second = await page(api, pair, 2);
    const seen = [];
    second.join('room.3').here((members) => seen.push(...members.map((m) => m.name)));
    await until('the second is seen', () => log.length === 2 && seen.length > 0);
    assert.deepEqual(seen.sort(), ['Ü1', 'Ü2']);
    // Another tab of the second, which goes again, and the same for the first.
    const tab = await page(api, pair, 2);
    tab.join('room.3').here(() => {});
    await subscribed(tab, 'presence-room.3');
    tab.leave('room.3');
    const own = await page(api, pair, 1);
    own.join('room.3').here(() => {});
    await subscribed(own, 'presence-room.3');
    own.disconnect();
    second.leave('room.3');
    await until('the second has left', () => log.length === 3);
    await quiet();
    assert.deepEqual(log, [['here', ['Ü1']], ['joining', 'Ü2'], ['leaving', 'Ü2']]);
  });

  scenario(`${name}: whispers reach the others and not the one who whispers`, async (world) => {
    const api = await start(world);
    const users = [await page(api, pair, 1), await page(api, pair, 2)];
    const heard = [[], []];
    users.forEach((echo, i) => echo.join('room.3').here(() => {}).listenForWhisper('typing', (data) => heard[i].push(data)));
    await Promise.all(users.map((echo) => subscribed(echo, 'presence-room.3')));
    const outsider = await page(api, pair, 3);
    outsider.connector.socket.emit('client event', { channel: 'presence-room.3', event: 'client-typing', data: { by: 3 } });
    users[0].connector.socket.emit('client event', { channel: 'presence-room.3', event: 'said', data: { forged: true } });
    users[0].join('room.3').whisper('typing', { by: 1 });
    users[1].join('room.3').whisper('typing', { by: 2 });
    await until('both are heard', () => heard[0].length > 0 && heard[1].length > 0);
    await quiet();
    assert.deepEqual(heard, [[{ by: 2 }], [{ by: 1 }]]);
    // A private channel's answer is `true` and names nobody; there, too, one page of a user tells the other.
    const pages = [await page(api, pair, 7), await page(api, pair, 7)];
    const private_ = [[], []];
    pages.forEach((echo, i) => echo.private('orders.7').listenForWhisper('seen', (data) => private_[i].push(data)));
    await Promise.all(pages.map((echo) => subscribed(echo, 'private-orders.7')));
    pages[0].private('orders.7').whisper('seen', { id: 7 });
    await until('the other page hears it', () => private_[1].length > 0);
    await quiet();
    assert.deepEqual(private_, [[], [{ id: 7 }]]);
  });

  scenario(`${name}: toOthers leaves out the page that shows its socket`, async (world) => {
    const api = await start(world);
    const pages = [await page(api, pair, 1), await page(api, pair, 2)];
    const heard = [[], []];
    pages.forEach((echo, i) => echo.channel('news').listen('.said', ({ text }) => heard[i].push(text)));
    await Promise.all(pages.map((echo) => subscribed(echo, 'news')));
    await api.app.sayToOthers('news', 'from the first', pages[0].socketId());
    await api.app.sayToOthers('news', 'from the second', pages[1].socketId());
    await api.app.sayToOthers('news', 'from nobody here', 'nobody');
    await until('all are heard', () => heard.every((list) => list.length === 2));
    assert.deepEqual(heard, [['from the second', 'from nobody here'], ['from the first', 'from nobody here']]);
  });

  scenario(`${name}: who has left hears nothing more`, async (world) => {
    const api = await start(world);
    const echo = await page(api, pair, 1);
    const raw = collect(echo.connector.socket, 'said');
    echo.channel('news').listen('.said', () => {});
    echo.channel('news.2').listen('.said', () => {});
    await subscribed(echo, 'news.2');
    await subscribed(echo, 'news');
    echo.leave('news');
    await quiet();
    await api.app.say('news', 'too late');
    await api.app.say('news.2', 'in time');
    await until('the other channel is heard', () => raw.length > 0);
    assert.deepEqual(raw.map(([channel, { text }]) => [channel, text]), [['news.2', 'in time']]);
  });

  scenario(`${name}: after a cut the page is in its channels, though it says nothing again`, async (world) => {
    const api = await start(world);
    const wire = await Wire.to(world, api.box.port);
    // The older client names its session; the newer one has been given one.
    const session = pair[1] === 2 ? { query: { session: 'a-session-of-this-page-only' } } : {};
    const echo = await page({ ...api, url: wire.url }, pair, 7, session);
    const heard = [];
    const members = [];
    echo.channel('news').listen('.said', ({ text }) => heard.push(text));
    echo.private('orders.7').listen('OrderPaid', ({ text }) => heard.push(text));
    echo.join('room.3').here((list) => members.push(list.map((m) => m.name)));
    for (const channel of ['news', 'private-orders.7', 'presence-room.3']) await subscribed(echo, channel);
    const { socket } = echo.connector;
    // Echo's known fault, for every version alike: nothing is said again.
    for (const channel of Object.values(echo.connector.channels)) channel.subscribe = () => {};
    for (let round = 0; round < 3; round += 1) {
      wire.cut();
      await until('the page has noticed', () => !socket.connected);
      wire.mend();
      await until('the page is back', () => socket.connected);
      await until('the page is in its channels', async () => {
        await api.app.say('news', `news ${round}`);
        return heard.includes(`news ${round}`);
      }, 15_000, 200);
      await api.app.paid('private-orders.7', `order ${round}`);
      await until('the private channel is heard', () => heard.includes(`order ${round}`));
      assert.equal(heard.filter((text) => text === `order ${round}`).length, 1);
    }
    // It counts as there all the time.
    const other = await page(api, pair, 8);
    const seen = [];
    other.join('room.3').here((list) => seen.push(...list.map((m) => m.name)));
    await until('the other sees it', () => seen.length > 0);
    assert.deepEqual(seen.sort(), ['Ü7', 'Ü8']);
  }, { timeoutMs: 90_000 });
}

scenario('laravel-echo 2 on socket.io-client 4: the prefix of Redis is nobody\'s business', async (world) => {
  const api = await start(world, { prefix: 'laravel_database_' });
  const echo = await page(api, [2, 4], 7);
  const heard = [];
  echo.private('orders.7').listen('OrderPaid', ({ text }) => heard.push(text));
  await subscribed(echo, 'private-orders.7');
  await api.app.paid('private-orders.7', 'prefixed');
  await until('it is heard', () => heard.length === 1);
});

scenario('laravel-echo 1 on socket.io-client 2: pages by polling are members like any other', async (world) => {
  const api = await start(world);
  const log = [];
  const first = await page(api, [2, 4], 1);
  first.join('room.3').here(() => {}).joining((m) => log.push(`+${m.name}`)).leaving((m) => log.push(`-${m.name}`));
  await subscribed(first, 'presence-room.3');
  const polling = await page(api, [1, 2], 2, { transports: ['polling'] });
  polling.join('room.3').here(() => {});
  await until('the poller is seen', () => log.length === 1);
  polling.disconnect();
  await until('the poller has left', () => log.length === 2, 5000 * patience);
  assert.deepEqual(log, ['+Ü2', '-Ü2']);
});
