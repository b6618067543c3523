// Pages in Debian's Chromium: the quick start, and the article's page with the client of its time.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';

import { assert, freePort, publishHeard, root, scenario, until } from './harness.mjs';

const kChromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kScreenshots = path.join(root, 'build/screenshots');

async function browser(world) {
  const context = await chromium.launchPersistentContext(path.join(world.folder, 'chromium'), {
    executablePath: kChromium,
    headless: true,
    viewport: { width: 900, height: 700 },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  world.atEnd(() => context.close());
  return context;
}

scenario('the quick start page shows events as they arrive', async (world) => {
  const redis = await world.redis();
  const port = await freePort();
  const adminPort = await freePort();
  const box = await world.signalboxWith(path.join(root, 'config/quickstart.yaml'), {
    port,
    adminPort,
    env: { REDIS_URL: redis.url, SIGNALBOX_PORT: String(port), SIGNALBOX_ADMIN_PORT: String(adminPort) },
  });
  const context = await browser(world);
  const page = context.pages()[0] ?? await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith(box.url) || /^(data|ws):/.test(request.url()) || complaints.push(`asked ${request.url()}`));

  await page.goto(`${box.url}/`);
  await page.waitForSelector('#state[data-state=connected]');
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7, name: 'Li', token: 'stays here' } });
  await page.waitForSelector('#events li');
  const text = await page.textContent('#events li');
  assert.match(text, /tok123:wechat\.login/);
  assert.match(text, /"name": "Li"/);
  assert.doesNotMatch(text, /stays here/);
  await publishHeard(redis, 'news', { event: 'story', data: { title: '<img src=x onerror=alert(1)>' } });
  await page.waitForFunction(() => document.querySelectorAll('#events li').length === 2);
  assert.match(await page.textContent('#events li'), /<img src=x/, 'data is shown as text');

  fs.mkdirSync(kScreenshots, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(kScreenshots, `quickstart-${colorScheme}.png`) });
  }
  assert.deepEqual(complaints, []);
  await box.process.end();
  await page.waitForSelector('#state[data-state=disconnected]');
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
    const context = await browser(world);
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
