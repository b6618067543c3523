// What a provider is promised: an event whose callback was answered as accepted is kept, once, whatever happens to the
// program; when it cannot be kept, the provider is told so in time, and comes again.  E2E_KILL_ROUNDS takes more rounds.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { assert, request, scenario, sleep, until } from './harness.mjs';
import { Hooks, hook } from './hooks.mjs';
import { listeners } from './listeners.mjs';
import { signers, stripeSigned } from './signers.mjs';
import { wechatpaySigners } from './wechatpay_signers.mjs';

const kRounds = Number(process.env.E2E_KILL_ROUNDS ?? 10);
const kBatch = 16;
const { key } = signers.stripe;
const kDurable = [{ match: 'pay.*', retain: { events: 1_000_000, bytes: '512MiB', for: '2h', durable: true }, replay: 'retained' }];

// An event of a round; its channel is that of the round.
function payment(round, n, filler = '') {
  return JSON.stringify({
    id: `evt_${round}_${n}`,
    type: 'checkout.session.completed',
    data: { object: { client_reference_id: `${n}`, metadata: { round: `${round}`, filler } } },
  });
}

const stripeHook = (more) => hook('stripe', { secrets: { key }, channel: 'pay.{/data/object/metadata/round}', ...more });

// What the provider learns: the status, or that the connection broke.
async function delivered(hooks, body, agent) {
  try {
    return (await hooks.send('stripe', { ...stripeSigned(body, key), agent })).status;
  } catch {
    return 'cut';
  }
}

const ordersOf = async (hooks, round) => (await hooks.kept(round)).map((data) => Number(data.order)).sort((a, b) => a - b);

scenario(`${kRounds} times SIGKILL between receipt and reply`, async (world, t) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook() }, { channels: kDurable });
  const all = Array.from({ length: kBatch }, (_, n) => n);
  const totals = { accepted: 0, cut: 0, cutButKept: 0 };
  let pause = 15;
  for (let round = 0; round < kRounds; round += 1) {
    const sent = Promise.all(all.map((n) => delivered(hooks, payment(round, n))));
    await sleep(Math.random() * pause);
    await hooks.kill();
    const answers = await sent;
    assert.deepEqual(answers.filter((answer) => answer !== 200 && answer !== 'cut'), []);
    const accepted = all.filter((n) => answers[n] === 200);
    await hooks.up();
    const kept = await ordersOf(hooks, round);
    assert.deepEqual(accepted.filter((n) => !kept.includes(n)), [], `accepted in round ${round} and missing after it`);
    assert.equal(new Set(kept).size, kept.length, `twice in round ${round}`);
    // All are sent again: those that were cut off because no answer came, the others because the answer may be lost, too.
    for (const answer of await Promise.all(all.map((n) => delivered(hooks, payment(round, n))))) assert.equal(answer, 200);
    assert.deepEqual(await ordersOf(hooks, round), all, `each once after round ${round}`);
    totals.accepted += accepted.length;
    totals.cut += kBatch - accepted.length;
    totals.cutButKept += kept.length - accepted.length;
    // The moment of the kill is kept where some have their answer and some have not.
    pause = accepted.length > kBatch / 2 ? pause * 0.8 : Math.min(pause * 1.4, 80);
  }
  t.diagnostic(`${totals.accepted} answered before the kill, ${totals.cut} cut off, of which ${totals.cutButKept} were kept already`);
  assert.ok(totals.cut > 0 && totals.accepted > 0, `the kills came between: ${JSON.stringify(totals)}`);
  await hooks.kill();
  assert.equal(execFileSync('sqlite3', [hooks.config.store.path, 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok');
}, { timeoutMs: 60_000 + kRounds * 4_000 });

// What each provider takes for "come again".
const kNotDurable = {
  stripe: [503, ''],
  alipay: [200, 'fail'],
  'wechatpay-v2': [200, '<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[RETRY]]></return_msg></xml>'],
  'wechatpay-v3': [500, '{"code":"FAIL","message":"retry"}'],
};
const kProviderPatienceMs = 5_000;

const kRefusedInARow = 5;

// Sends callbacks of this size until the store takes none any more; the bodies that were refused.
async function fill(send, name, size) {
  const refused = [];
  for (let n = 0; n < 3000 && refused.length < kRefusedInARow; n += 1) {
    const body = payment(`${name}${n}`, n, 'x'.repeat(size));
    const [status, text] = await send('stripe', stripeSigned(body, key));
    if (status === 200) refused.length = 0;
    else {
      assert.deepEqual([status, text], kNotDurable.stripe);
      refused.push(body);
    }
  }
  assert.equal(refused.length, kRefusedInARow, `the store is full for ${size} bytes`);
  return refused;
}

scenario('a full store: each provider gets its own reply for it in time, and is served again when there is room', async (world, t) => {
  const others = [signers['alipay-sdk'], wechatpaySigners['wechatpay-axios-plugin, version 2 by MD5'], wechatpaySigners['wechatpay-axios-plugin, version 3']];
  const whole = { data: undefined };
  const sources = Object.fromEntries(others.map((s) => [s.preset, hook(s.preset, { secrets: s.secrets(s.key), channel: 'pay.{order}', ...whole })]));
  const hooks = await Hooks.open(world, { stripe: stripeHook(whole), ...sources }, {
    store: { size: '1MiB' },
    channels: [{ match: 'pay.*', retain: { events: 40, for: '8s', bytes: '1MiB', durable: true }, replay: 'retained' }],
  });
  let slowest = 0;
  const send = async (name, made) => {
    const began = performance.now();
    const { status, body } = await hooks.send(name, made);
    slowest = Math.max(slowest, performance.now() - began);
    return [status, body];
  };
  const make = (signer, order) => signer.make({ key: signer.key, order, now: Math.floor(Date.now() / 1000) });
  const refused = await fill(send, 'big', 60_000);
  await fill(send, 'small', 3_000);
  await fill(send, 'tiny', 10);
  for (const signer of others) {
    // A page of the file that is not quite full may take one more.
    const answers = [];
    for (let n = 0; n < 8; n += 1) answers.push(await send(signer.preset, make(signer, `full${n}`)));
    assert.deepEqual(answers.at(-1), kNotDurable[signer.preset], signer.preset);
  }
  assert.equal((await request(`http://127.0.0.1:${hooks.ports.adminPort}/readyz`)).status, 503);
  assert.ok(slowest < kProviderPatienceMs, `the slowest reply took ${slowest} ms`);
  t.diagnostic(`the slowest reply of a full store took ${Math.round(slowest)} ms`);
  await until('there is room again', async () => (await delivered(hooks, payment('room', 1))) === 200, 30_000, 200);
  await until('healthy again', async () => (await request(`http://127.0.0.1:${hooks.ports.adminPort}/readyz`)).status === 200);
  // What was refused was never seen: it is taken now, as new.
  const before = (await hooks.outcomes('stripe')).duplicate ?? 0;
  for (const body of refused) assert.equal(await delivered(hooks, body), 200);
  assert.equal((await hooks.outcomes('stripe')).duplicate ?? 0, before);
  for (const signer of others) assert.deepEqual(await send(signer.preset, make(signer, 'full7')), signer.ok, signer.preset);
}, { timeoutMs: 90_000 });

// A disk of this size of its own, or undefined where this user may not have one.
function smallDisk(world, size) {
  const folder = path.join(world.folder, 'disk');
  fs.mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  world.atEnd(async () => {
    await world.processes.at(-1).end('SIGKILL');
    execFileSync('umount', [folder]);
  });
  return folder;
}

scenario('a disk that others have filled: not one false promise, and on it goes when there is room', async (world, t) => {
  const disk = smallDisk(world, '4m');
  if (!disk) return t.skip('this user may not mount a disk');
  const hooks = await Hooks.open(world, { stripe: stripeHook({ data: undefined }) }, {
    channels: kDurable,
    store: { path: path.join(disk, 'signalbox.db') },
  });
  const filler = 'x'.repeat(2_000);
  const accepted = [];
  const refused = [];
  let slowest = 0;
  const send = async (n) => {
    const began = performance.now();
    const answer = await delivered(hooks, payment('disk', n, filler));
    slowest = Math.max(slowest, performance.now() - began);
    (answer === 200 ? accepted : refused).push(n);
    if (answer !== 200) assert.equal(answer, kNotDurable.stripe[0]);
  };
  for (let n = 0; n < 20; n += 1) await send(n);
  assert.equal(refused.length, 0);
  const ballast = path.join(disk, 'ballast');
  assert.throws(() => fs.writeFileSync(ballast, Buffer.alloc(8 << 20)), /ENOSPC/);
  // What the file has reserved already takes a few.
  for (let n = 20; n < 2_000 && refused.length < 10; n += 1) await send(n);
  assert.equal(refused.length, 10, 'the disk is full');
  assert.ok(slowest < kProviderPatienceMs, `the slowest reply took ${slowest} ms`);
  fs.rmSync(ballast);
  const again = refused.splice(0);
  await until('there is room again', async () => (await delivered(hooks, payment('room', 1))) === 200);
  for (const n of again) await send(n);
  assert.deepEqual(refused, []);
  await hooks.kill();
  await hooks.up();
  const kept = (await hooks.kept('disk')).map((data) => Number(data.data.object.client_reference_id));
  assert.deepEqual(kept.sort((a, b) => a - b), accepted.sort((a, b) => a - b));
}, { timeoutMs: 90_000 });

scenario('copies of a callback at once, from many connections, are one event', async (world) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook() });
  const listener = await new listeners.websocket(world, hooks.url, 'pay.copies').open();
  for (let n = 0; n < 20; n += 1) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => delivered(hooks, payment('copies', n))));
    assert.deepEqual(answers, Array(8).fill(200));
  }
  await listener.has(20);
  await sleep(50);
  assert.deepEqual(listener.events.map((data) => Number(data.order)), Array.from({ length: 20 }, (_, n) => n));
  const { accepted, duplicate } = await hooks.outcomes('stripe');
  assert.deepEqual([accepted, duplicate], [20, 140]);
});

scenario('under load every callback is answered; how fast, is told', async (world, t) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook() }, { channels: kDurable });
  const filler = 'x'.repeat(900);
  const times = [];
  const refused = [];
  await Promise.all(Array.from({ length: 32 }, async (_, p) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 60; n += 1) {
      const body = payment(`load${p}`, n, filler);
      const began = performance.now();
      const answer = await delivered(hooks, body, agent);
      times.push(performance.now() - began);
      if (answer !== 200) refused.push(answer);
    }
    agent.destroy();
  }));
  times.sort((a, b) => a - b);
  const at = (share) => Math.round(times[Math.floor(times.length * share)] * 10) / 10;
  const late = times.filter((ms) => ms > 1000).length;
  t.diagnostic(`${times.length} durable callbacks on 32 connections: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, over 1 s: ${late}`);
  assert.deepEqual(refused, []);
  assert.equal((await hooks.outcomes('stripe')).accepted, times.length);
});
