// One event on one channel, in one page of Debian's Chromium, by every way a page may listen.
import fs from 'node:fs';
import path from 'node:path';

import { openBrowser, kScreenshots } from './browser.mjs';
import { assert, root, scenario } from './harness.mjs';
import { Shop } from './shop.mjs';

const kWays = ['sio2', 'sio4', 'ws', 'sse', 'poll'];

async function openShop(world) {
  const modules = path.join(root, 'tests/e2e/node_modules');
  const shop = await Shop.open(world, {
    listener: {
      files: {
        '/five.html': path.join(root, 'tests/e2e/pages/five.html'),
        '/lib/socket.io-2.js': path.join(modules, 'socket.io-client-2/dist/socket.io.js'),
        '/lib/socket.io-4.js': path.join(modules, 'socket.io-client-4/dist/socket.io.js'),
      },
    },
  });
  const context = await openBrowser(world);
  const page = context.pages()[0] ?? await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  return { shop, page, complaints };
}

const shows = (page, count) => page.waitForFunction(
  ([ways, n]) => ways.every((id) => document.querySelectorAll(`#${id} li`).length >= n), [kWays, count], { timeout: 20_000 });

scenario('one event reaches socket.io-client 2 and 4, WebSocket, EventSource and the poll endpoint in one page', async (world) => {
  const { shop, page, complaints } = await openShop(world);
  // Before the page is there, while it is, and the page is told each time once, everywhere.
  await shop.publish('pay.7', { order: 7, state: 'seen' }, { event: 'paid' });
  await page.goto(`${shop.url}/five.html`);
  await shows(page, 1);
  await shop.publish('pay.8', { order: 8 }, { event: 'paid' });
  await shop.publish('pay.7', { order: 7, state: 'paid', note: 'line\nbreak, "quotes", 李 <b>' }, { event: 'paid' });
  await shows(page, 2);
  await page.waitForTimeout(200);
  const all = await page.evaluate((ways) => Object.fromEntries(
    ways.map((id) => [id, [...document.querySelectorAll(`#${id} li`)].map((li) => JSON.parse(li.textContent))])), kWays);
  for (const way of kWays)
    assert.deepEqual(all[way], [{ order: 7, state: 'seen' }, { order: 7, state: 'paid', note: 'line\nbreak, "quotes", 李 <b>' }], way);
  assert.equal(await page.locator('.gap').count(), 0);
  fs.mkdirSync(kScreenshots, { recursive: true });
  await page.screenshot({ path: path.join(kScreenshots, 'five-ways.png') });
  assert.deepEqual(complaints, []);
}, { timeoutMs: 90_000 });

scenario('the program is killed and comes back: EventSource and socket.io-client in the page go on where they were', async (world) => {
  const { shop, page } = await openShop(world);
  await page.goto(`${shop.url}/five.html`);
  await page.waitForSelector('#sse[data-ready]');
  await page.waitForSelector('#sio2[data-ready]');
  await page.waitForSelector('#sio4[data-ready]');
  await shop.publish('pay.7', 1, { event: 'paid' });
  await page.waitForFunction(() => document.querySelectorAll('#sse li').length === 1);
  await shop.kill();
  await shop.up();
  await shop.publish('pay.7', 2, { event: 'paid' });
  for (const id of ['sse', 'sio2', 'sio4'])
    await page.waitForFunction((at) => [...document.querySelectorAll(`#${at} li`)].some((li) => li.textContent === '2'), id, { timeout: 30_000 });
  // EventSource shows its last id by itself: nothing comes twice.
  assert.deepEqual(await page.locator('#sse li').allTextContents(), ['1', '2']);
}, { timeoutMs: 90_000 });
