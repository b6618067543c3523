// Callbacks that the providers' own SDKs sign: good ones are taken and arrive, wrong keys, flipped bytes and old times
// are refused, what is sent again is answered as taken and routed once, and nothing that was refused stands in its way.
import { assert, scenario, sleep } from './harness.mjs';
import { Hooks, hook } from './hooks.mjs';
import { listeners } from './listeners.mjs';
import { signers } from './signers.mjs';
import { wechatpaySigners } from './wechatpay_signers.mjs';

const now = () => Math.floor(Date.now() / 1000);

// The last byte of the order's number where it stands open, else one in the middle.
function flipped(request, order) {
  const body = Buffer.from(request.body);
  const found = body.indexOf(order);
  const at = found < 0 ? Math.floor(body.length / 2) : found + order.length - 1;
  body[at] ^= 1;
  return { ...request, body };
}

async function trial(world, signer) {
  const ok = signer.ok ?? [200, ''];
  const secrets = signer.secrets ?? ((key) => ({ key }));
  const name = signer.preset;
  const more = { secrets: secrets(signer.key), channel: signer.channel ?? 'pay.{order}' };
  if (signer.public_url) more.public_url = signer.public_url;
  const hooks = await Hooks.open(world, { [name]: hook(name, more) });
  const order = `ORD-${String(Date.now()).slice(-9)}`;
  const make = (more) => signer.make({ key: signer.key, order, now: now(), ...more });
  const listener = await new listeners.websocket(world, hooks.url, `pay.${order}`).open();

  const refused = async (what, request) => {
    const before = await hooks.outcomes(name);
    const { status, body } = await hooks.send(name, request);
    assert.notDeepEqual([status, body], ok, what);
    const after = await hooks.outcomes(name);
    for (const taken of ['accepted', 'duplicate']) assert.equal(after[taken], before[taken], what);
  };
  const taken = async (what, request) => {
    const { status, body } = await hooks.send(name, request);
    assert.deepEqual([status, body], ok, what);
  };

  await refused('a wrong key', await make({ key: signer.wrong }));
  await refused('a flipped byte', flipped(await make(), order));
  if (signer.timed) {
    await refused('ten minutes old', await make({ now: now() - 600 }));
    await refused('ten minutes ahead', await make({ now: now() + 600 }));
  }
  const good = await make();
  if (signer.witness) {
    assert.equal(await signer.witness(good, signer.key), true, 'the SDK takes it');
    assert.equal(await signer.witness(good, signer.wrong), false, 'the SDK knows the key');
  }
  await taken('a good one', good);
  await taken('the same bytes again', good);
  await Promise.all(['twice', 'at once'].map((what) => taken(what, good)));
  // A provider that sends again may sign anew; what repeats must be known all the same.
  if (signer.timed && !signer.preset.startsWith('wechat')) await taken('signed anew', await make({ now: now() + 1 }));
  await listener.has(1);
  await sleep(50);
  assert.equal(listener.events.length, 1, 'routed once');
  const [event] = listener.events;
  if (!signer.channel) assert.equal(event.order, order);
  const counted = await hooks.outcomes(name);
  assert.equal(counted.accepted, 1);
  assert.ok(counted.duplicate >= 3);
}

for (const [sdk, signer] of Object.entries({ ...signers, ...wechatpaySigners })) {
  scenario(`${sdk} signs, ${signer.preset} verifies`, (world) => trial(world, signer));
}
