// The reason for all of it: a page that waits for a payment, in Debian's Chromium, and a provider that calls back when it
// likes: before the page came, while it subscribes, while it is there, while it is loaded again.  Each is shown once.
import path from 'node:path';

import { openBrowser } from './browser.mjs';
import { assert, root, scenario, sleep, until } from './harness.mjs';
import { Hooks, hook } from './hooks.mjs';
import { signers, stripeSigned } from './signers.mjs';
import { wechatpaySigners } from './wechatpay_signers.mjs';

const kOrder = 'ORD-7';
const { key } = signers.stripe;
const kWechat = wechatpaySigners['wechatpay-axios-plugin, version 3'];

async function open(world, options) {
  const to = { channel: 'pay.{order}', event: 'payment.{type}' };
  const hooks = await Hooks.open(world, {
    stripe: hook('stripe', { secrets: { key }, ...to }),
    wechat: hook('wechatpay-v3', { secrets: kWechat.secrets(kWechat.key), ...to }, 'wechat'),
  }, { listener: { files: { '/pay.html': path.join(root, 'tests/e2e/pages/pay.html') } } });
  const context = await openBrowser(world);
  const page = context.pages()[0] ?? await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  const address = `${hooks.url}/pay.html#${encodeURIComponent(JSON.stringify({ order: kOrder, options }))}`;
  const texts = () => page.locator('#paid li').allTextContents();
  const wanted = [];
  // Stripe calls back twice, as providers do that miss an answer.
  const pay = async (id) => {
    const body = JSON.stringify({ id, type: 'paid', data: { object: { client_reference_id: kOrder } } });
    wanted.push(`payment.paid ${id}`);
    for (const again of [0, 1]) assert.equal((await hooks.send('stripe', stripeSigned(body, key, Math.floor(Date.now() / 1000) + again))).status, 200);
  };
  const payByWechat = async () => {
    wanted.push(`payment.TRANSACTION.SUCCESS EV-${kOrder}`);
    const made = kWechat.make({ key: kWechat.key, order: kOrder, now: Math.floor(Date.now() / 1000) });
    assert.equal((await hooks.send('wechat', made)).status, 204);
  };
  const burst = async (name) => {
    for (let n = 0; n < 12; n += 1) {
      await pay(`evt_${name}_${n}`);
      await sleep(Math.random() * 30);
    }
  };
  const showsAll = () => until('the page shows each callback once', async () => {
    assert.deepEqual(await texts(), wanted);
    return true;
  }, 30_000);
  const opened = () => page.waitForFunction(() => document.getElementById('state').textContent === 'open', undefined, { timeout: 30_000 });
  return { hooks, page, complaints, address, pay, payByWechat, burst, showsAll, opened };
}

for (const transport of ['ws', 'sse', 'poll']) {
  scenario(`a page that waits for its payment by ${transport}: before, during and after it subscribes, and while it is reloaded`, async (world) => {
    const { hooks, page, complaints, address, pay, payByWechat, burst, showsAll, opened } = await open(world, { transports: [transport] });
    await pay('evt_before');
    await Promise.all([burst('during'), page.goto(address)]);
    await showsAll();
    await opened();
    await pay('evt_after');
    await payByWechat();
    await showsAll();
    await Promise.all([burst('reload'), page.reload()]);
    await showsAll();
    await page.goto('about:blank');
    await pay('evt_away');
    await page.goto(address);
    await showsAll();
    await opened();
    await hooks.kill();
    await hooks.up();
    await pay('evt_after_a_crash');
    await showsAll();
    // Time enough for one that would come twice.
    await sleep(300);
    await showsAll();
    assert.deepEqual(await page.evaluate('gaps'), []);
    assert.deepEqual(complaints, []);
  }, { timeoutMs: 120_000 });
}

scenario('a forged callback is not shown, and does not keep the genuine one from the page', async (world) => {
  const { hooks, page, address, pay, showsAll, opened } = await open(world, {});
  await page.goto(address);
  await opened();
  const forged = JSON.stringify({ id: 'evt_1', type: 'paid', data: { object: { client_reference_id: kOrder } } });
  assert.equal((await hooks.send('stripe', stripeSigned(forged, 'whsec_guessed'))).status, 400);
  await pay('evt_1');
  await showsAll();
});
