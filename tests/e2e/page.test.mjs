// Pages in Debian's Chromium: the quick start, and the article's page with the client of its time.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { kScreenshots, openBrowser } from './browser.mjs';
import { assert, freePort, publishHeard, request, root, scenario, until } from './harness.mjs';

const kWays = ['ws', 'sse', 'sio'];
const kKey = 'only-for-the-quick-start';

// The quick start as it is shipped, and a page that complains of anything out of the ordinary.
async function quickStart(world) {
  const redis = await world.redis();
  const port = await freePort();
  const adminPort = await freePort();
  const box = await world.signalboxWith(path.join(root, 'config/quickstart.yaml'), {
    port,
    adminPort,
    env: { REDIS_URL: redis.url, SIGNALBOX_PORT: String(port), SIGNALBOX_ADMIN_PORT: String(adminPort) },
  });
  const context = await openBrowser(world, { width: 1200, height: 900 });
  const page = context.pages()[0] ?? await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (asked) => asked.url().startsWith(box.url) || /^(data|ws):/.test(asked.url()) || complaints.push(`asked ${asked.url()}`));
  const publish = (event, data) => request(`${box.url}/publish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${kKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'tok123', event, data }),
  });
  const come = async () => {
    await page.goto(`${box.url}/`);
    for (const way of kWays) await page.waitForSelector(`#s-${way}[data-state=connected]`);
  };
  const shown = (way) => page.locator(`#${way} li`);
  const showAll = (count, ways = kWays) => until(`${count} events are shown`, async () => {
    for (const way of ways) assert.equal(await shown(way).count(), count, way);
    return true;
  });
  return { redis, box, page, complaints, publish, come, shown, showAll };
}

scenario('the quick start page shows each event over WebSocket, SSE and Socket.IO, from Redis and from the publish API', async (world) => {
  const { redis, box, page, complaints, publish, come, shown, showAll } = await quickStart(world);
  await come();
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7, name: 'Li', token: 'stays here' } });
  await showAll(1);
  assert.equal((await publish('story', { title: '<img src=x onerror=alert(1)>' })).status, 200);
  await showAll(2);
  for (const way of kWays) {
    const texts = await shown(way).allTextContents();
    assert.match(texts[0], /<img src=x/, `data is shown as text by ${way}`);
    assert.match(texts[1], /wechat\.login.*"name": "Li"/s, way);
    assert.doesNotMatch(texts[1], /stays here/, way);
  }
  assert.match(await page.textContent('#s-ws'), /by ws/);
  const command = await page.textContent('#curl');
  assert.ok(command.includes(`${box.url}/publish`) && command.includes(kKey), command);
  fs.mkdirSync(kScreenshots, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(kScreenshots, `quickstart-${colorScheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 380, height: 700 });
  await page.screenshot({ path: path.join(kScreenshots, 'quickstart-phone.png'), fullPage: true });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing sticks out on a phone');
  assert.deepEqual(complaints, []);
  await box.process.end();
  for (const way of kWays) await page.waitForSelector(`#s-${way}[data-state=disconnected]`);
}, { timeoutMs: 90_000 });

scenario('what is published while the quick start page is left, or before it was ever open, is there when it comes', async (world) => {
  const { page, complaints, publish, come, shown, showAll } = await quickStart(world);
  assert.equal((await publish('wechat.login', { id: 1 })).status, 200);
  await come();
  await showAll(1);
  await page.click('#leave');
  await page.waitForURL('**/away.html');
  assert.equal((await publish('wechat.login', { id: 2 })).status, 200);
  await page.click('text=Back at once');
  for (const way of kWays) await page.waitForSelector(`#s-${way}[data-state=connected]`);
  await showAll(2, ['sse', 'sio']);
  await showAll(1, ['ws']);
  assert.match(await shown('ws').textContent(), /"id": 2/, 'the helper goes on where the tab was');
  await page.screenshot({ path: path.join(kScreenshots, 'quickstart-late.png'), fullPage: true });
  assert.deepEqual(complaints, []);
}, { timeoutMs: 90_000 });

scenario('the order on the quick start page is paid while the page is away, shown once it is back, and still after a reload', async (world) => {
  const { box, page, complaints, come } = await quickStart(world);
  await come();
  assert.equal(await page.textContent('#paid'), 'not paid yet');
  const order = await page.getAttribute('#order', 'title');
  await page.click('#go-pay');
  await page.waitForURL('**/provider.html*');
  await page.click('#forge');
  await page.waitForSelector('#said:has-text("refused (400)")');
  await page.click('text=Back to the shop');
  await page.waitForSelector('#s-ws[data-state=connected]');
  assert.equal(await page.textContent('#paid'), 'not paid yet', 'a forged callback pays nothing');

  await page.click('#go-pay');
  await page.click('#confirm');
  await page.waitForSelector('#said:has-text("taken (200)")');
  await page.screenshot({ path: path.join(kScreenshots, 'quickstart-provider.png'), fullPage: true });
  await page.click('text=Back to the shop');
  await page.waitForSelector('#paid.done');
  assert.equal(await page.textContent('#paid'), 'paid: 19.99 EUR');
  await page.screenshot({ path: path.join(kScreenshots, 'quickstart-paid.png'), fullPage: true });
  await page.reload();
  assert.equal(await page.textContent('#paid'), 'paid: 19.99 EUR');
  const kept = JSON.parse((await request(`${box.url}/events?channel=pay.${order}`, { headers: { accept: 'application/json' } })).body);
  assert.deepEqual(kept.events.map((e) => e.data), [{ order, cents: 1999, currency: 'eur' }], 'once, and nothing of the customer');

  await page.click('#new-order');
  assert.equal(await page.textContent('#paid'), 'not paid yet');
  assert.notEqual(await page.getAttribute('#order', 'title'), order);
  assert.deepEqual(complaints.filter((c) => !/400 \(Bad Request\)/.test(c)), []);
}, { timeoutMs: 90_000 });

// The article's page, on a web server of its own, with the version 2 client by polling first, as browsers of that time.
async function shop(world, boxUrl) {
  const client = fs.readFileSync(path.join(root, 'tests/e2e/node_modules/socket.io-client-2/dist/socket.io.js'));
  const page = `<!doctype html><title>login</title><p id="out">waiting</p><script src="/client.js"></script><script>
    var channel = 'tok123';
    var socket = io('${boxUrl}');
    socket.on('connect', function () { document.title = 'connected'; });
    socket.on('connect_error', function () { document.title = 'refused'; });
    socket.on(channel + ':wechat.login', function (data) { document.getElementById('out').textContent = JSON.stringify(data); });
  </script>`;
  const server = http.createServer((request, response) => {
    if (request.url === '/client.js') response.setHeader('content-type', 'text/javascript').end(client);
    else if (request.url === '/') response.setHeader('content-type', 'text/html').end(page);
    else response.writeHead(404).end();
  });
  const port = await freePort();
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  world.atEnd(() => server.close());
  return `http://127.0.0.1:${port}`;
}

for (const listed of [true, false]) {
  scenario(`the article's page from another origin ${listed ? 'works when it is listed' : 'is refused when it is not listed'}`, async (world) => {
    const redis = await world.redis();
    const port = await freePort();
    const origin = await shop(world, `http://127.0.0.1:${port}`);
    const box = await world.signalbox(redis, { port, listener: { origins: listed ? [origin] : ['https://shop.example'] } });
    const context = await openBrowser(world);
    const page = context.pages()[0] ?? await context.newPage();
    await page.goto(`${origin}/`);
    await page.waitForFunction((title) => document.title === title, listed ? 'connected' : 'refused');
    await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
    if (listed) {
      await page.waitForFunction(() => document.getElementById('out').textContent === '{"id":7}');
    } else {
      await until('the event went its way', async () => await box.figure('events') >= 1);
      assert.equal(await page.textContent('#out'), 'waiting');
    }
  }, { timeoutMs: 90_000 });
}
