// Who may call from a browser: the Origin allow-list, for polling and WebSocket alike.
import { assert, request, scenario } from './harness.mjs';
import { RawConnection } from './raw.mjs';

const kShop = 'https://shop.example';
const kStranger = 'https://stranger.example';
const kPolling = '/socket.io/?EIO=4&transport=polling';
const kWebSocket = '/socket.io/?EIO=4&transport=websocket';

async function upgradeStatus(box, headers) {
  const connection = await RawConnection.open(box.port);
  const status = await connection.upgrade(kWebSocket, headers);
  connection.close();
  return status;
}

scenario('a listed origin is let in, with credentials, by polling and WebSocket', async (world) => {
  const box = await world.signalbox(await world.redis(), { listener: { origins: [kShop] } });
  for (const eio of [3, 4]) {
    const answer = await request(`${box.url}/socket.io/?EIO=${eio}&transport=polling`, { headers: { origin: kShop } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['access-control-allow-origin'], kShop);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    assert.match(answer.headers.vary ?? '', /origin/i);
  }
  assert.equal(await upgradeStatus(box, `Origin: ${kShop}\r\n`), 101);
});

scenario('an origin that is not listed is refused by polling and WebSocket', async (world) => {
  const box = await world.signalbox(await world.redis(), { listener: { origins: [kShop] } });
  const answer = await request(`${box.url}${kPolling}`, { headers: { origin: kStranger } });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  assert.equal(await upgradeStatus(box, `Origin: ${kStranger}\r\n`), 403);
  for (const near of [`${kShop}.evil.example`, 'http://shop.example', `${kShop}:444`, 'null']) {
    assert.equal(await upgradeStatus(box, `Origin: ${near}\r\n`), 403, near);
  }
});

scenario('a preflight is answered for a listed origin only', async (world) => {
  const box = await world.signalbox(await world.redis(), { listener: { origins: [kShop] } });
  const ask = (origin) => request(`${box.url}${kPolling}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
  const allowed = await ask(kShop);
  assert.ok(allowed.status === 204 || allowed.status === 200, `answered ${allowed.status}`);
  assert.equal(allowed.headers['access-control-allow-origin'], kShop);
  assert.match(allowed.headers['access-control-allow-methods'] ?? '', /POST/);
  assert.match(allowed.headers['access-control-allow-headers'] ?? '', /content-type/i);
  const refused = await ask(kStranger);
  assert.equal(refused.headers['access-control-allow-origin'], undefined);
});

scenario('what is no browser has no origin and is served', async (world) => {
  const box = await world.signalbox(await world.redis(), { listener: { origins: [kShop] } });
  assert.equal((await request(`${box.url}${kPolling}`)).status, 200);
  assert.equal(await upgradeStatus(box, ''), 101);
});

scenario('the page of the listener itself is at home', async (world) => {
  const box = await world.signalbox(await world.redis(), { listener: { origins: [kShop] } });
  const home = `http://127.0.0.1:${box.port}`;
  assert.equal((await request(`${box.url}${kPolling}`, { headers: { origin: home } })).status, 200);
});
