// The browsers' helper, sdk/js/signalbox.js, as a listener serves it, in Debian's Chromium: nothing is missed, nothing
// comes twice, by each of its transports.
import path from 'node:path';

import { openBrowser } from './browser.mjs';
import { assert, root, scenario, until } from './harness.mjs';
import { Shop } from './shop.mjs';

async function open(world, options, channels = ['pay.7']) {
  const shop = await Shop.open(world, { listener: { files: { '/helper.html': path.join(root, 'tests/e2e/pages/helper.html') } } });
  const context = await openBrowser(world);
  const page = context.pages()[0] ?? await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  const address = `${shop.url}/helper.html#${encodeURIComponent(JSON.stringify({ options, channels }))}`;
  const got = () => page.evaluate('got');
  const data = async () => (await got()).map(([, value]) => value);
  const shows = (wanted) => until(`the page got ${JSON.stringify(wanted)}`, async () => {
    assert.deepEqual(await data(), wanted);
    return true;
  }, 30_000);
  const opened = () => page.waitForFunction(() => states.at(-1)?.startsWith('open'), undefined, { timeout: 30_000 });
  return { shop, page, complaints, address, got, data, shows, opened };
}

for (const transport of ['ws', 'sse', 'poll']) {
  const options = { transports: [transport] };

  scenario(`the helper over ${transport}: before the page came, while it is there, while it was reloaded`, async (world) => {
    const { shop, page, complaints, address, got, shows, opened } = await open(world, options);
    await shop.publish('pay.7', 1);
    await page.goto(address);
    await shows([1]);
    await opened();
    const { cursor } = await shop.publish('pay.7', 2);
    await shows([1, 2]);
    assert.equal((await got())[1][2], cursor, 'the cursor is the one that publish returned');
    await page.goto('about:blank');
    await shop.publish('pay.7', 3);
    await shop.publish('pay.7', 4);
    await page.goto(address);
    await shows([3, 4]);
    await shop.publish('pay.7', 5);
    await shows([3, 4, 5]);
    assert.deepEqual(await page.evaluate('gaps'), []);
    assert.deepEqual(await page.evaluate('states.at(-1)'), `open ${transport}`);
    assert.deepEqual(complaints, []);
  }, { timeoutMs: 90_000 });

  scenario(`the helper over ${transport}: the program is killed twice, also before there was any event`, async (world) => {
    const { shop, page, complaints, address, shows, opened } = await open(world, options);
    await page.goto(address);
    await opened();
    for (const round of [0, 1]) {
      await shop.kill();
      await shop.up();
      await shop.publish('pay.7', `down ${round}`);
      await shows(['down 0', 'up 0', 'down 1'].slice(0, 2 * round + 1));
      await opened();
      await shop.publish('pay.7', `up ${round}`);
      await shows(['down 0', 'up 0', 'down 1', 'up 1'].slice(0, 2 * round + 2));
    }
    assert.deepEqual(await page.evaluate('gaps'), []);
    assert.deepEqual(complaints, []);
  }, { timeoutMs: 120_000 });

  scenario(`the helper over ${transport}: channels that are joined later bring their own past, and each resumes at its own place`, async (world) => {
    const { shop, page, complaints, address, data, shows, opened } = await open(world, options);
    await shop.publish('pay.8', 'old 8');
    await shop.publish('late.9', 'old 9');
    await page.goto(address);
    await opened();
    await shop.publish('pay.7', 'a');
    await shows(['a']);
    await page.evaluate(() => { join('pay.8'); join('late.9'); });
    await shows(['a', 'old 8']);
    for (const channel of ['pay.7', 'pay.8', 'late.9']) await shop.publish(channel, `new ${channel}`);
    await until('all three are heard', async () => (await data()).length === 5);
    assert.deepEqual((await data()).slice(2), ['new pay.7', 'new pay.8', 'new late.9']);
    await page.goto('about:blank');
    for (const channel of ['late.9', 'pay.8', 'pay.7']) await shop.publish(channel, `missed ${channel}`);
    await page.goto(address.replace('pay.7', 'pay.7%22%2C%22pay.8%22%2C%22late.9'));
    await until('all three are caught up', async () => (await data()).length === 3);
    assert.deepEqual((await data()).sort(), ['missed late.9', 'missed pay.7', 'missed pay.8']);
    assert.deepEqual(await page.evaluate('gaps'), []);
    assert.deepEqual(complaints, []);
  }, { timeoutMs: 90_000 });
}

scenario('the helper tells a gap when what was missed is no longer kept, and gives what is left', async (world) => {
  const { shop, page, address, data, opened } = await open(world, { transports: ['ws'] }, ['late.1']);
  await page.goto(address);
  await opened();
  await shop.publish('late.1', 0);
  await until('it is there', async () => (await data()).length === 1);
  await page.goto('about:blank');
  for (let i = 1; i <= 9; ++i) await shop.publish('late.1', i);
  await page.goto(address);
  await until('the rest is there', async () => (await data()).length === 5);
  assert.deepEqual(await data(), [5, 6, 7, 8, 9]);
  assert.deepEqual(await page.evaluate('gaps'), ['late.1']);
}, { timeoutMs: 90_000 });

scenario('where no WebSocket gets through the helper takes server-sent events, and where no stream does, it polls', async (world) => {
  const { shop, page, address, data } = await open(world, { ws: 'nothing-here' });
  await page.goto(address);
  await page.waitForFunction(() => states.at(-1) === 'open sse', undefined, { timeout: 30_000 });
  await shop.publish('pay.7', 1);
  await until('by sse', async () => (await data()).length === 1);
  // As behind a proxy that lets no stream pass.
  await page.addInitScript(() => { delete window.EventSource; });
  await page.reload();
  await page.waitForFunction(() => states.at(-1) === 'open poll', undefined, { timeout: 40_000 });
  await shop.publish('pay.7', 2);
  await until('by polling', async () => (await data()).includes(2));
  assert.deepEqual(await data(), [2]);
}, { timeoutMs: 120_000 });
