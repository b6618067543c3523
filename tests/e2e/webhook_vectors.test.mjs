// Every test request of every provider, byte for byte over HTTP and through the command, judged at the one moment that
// the vectors were made for: the reply, the stage that refused it, and the event that arrives.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { assert, program, scenario, until } from './harness.mjs';
import { Hooks, hook, kVectors, requestOf, stoppedClock } from './hooks.mjs';
import { listeners } from './listeners.mjs';

// These have handlers of their own, and sources of their own here: all other providers are rows of one table.  Over HTTP
// mollie-classic asks its provider first: see webhook_asking.test.mjs.
const kHandlers = ['braintree', 'mollie-classic', 'paypal'];
const kProviders = [...new Set(kVectors.vectors.map((vector) => vector.provider))];
const kRows = kProviders.filter((provider) => !kHandlers.includes(provider));

const xml = (code, message) => `<xml><return_code><![CDATA[${code}]]></return_code><return_msg><![CDATA[${message}]]></return_msg></xml>`;
const fail = '{"code":"FAIL","message":"signature"}';
// Where a provider wants something other than an empty 200, 401 or 400.
const kReplies = {
  adyen: { ok: [200, '[accepted]', 'text/plain'] },
  'adyen-platform': { ok: [200, '[accepted]', 'text/plain'] },
  alipay: { ok: [200, 'success', 'text/plain'], refused: [200, 'fail', 'text/plain'] },
  stripe: { refused: [400, '', undefined] },
  'wechat-mp-aes': { ok: [200, 'success', 'text/plain'] },
  'wechat-mp-plain': { ok: [200, 'success', 'text/plain'] },
  'wechatpay-v2': { ok: [200, xml('SUCCESS', 'OK'), 'text/xml'], refused: [200, xml('FAIL', 'SIGNERROR'), 'text/xml'] },
  'wechatpay-v2-refund': { ok: [200, xml('SUCCESS', 'OK'), 'text/xml'] },
  'wechatpay-v3': { ok: [204, '', undefined], refused: [401, fail, 'application/json'] },
};

function replyOf({ provider, expect, stage }) {
  const replies = kReplies[provider] ?? {};
  if (expect !== 'reject') return replies.ok ?? [200, '', undefined];
  if (stage === 'structure') return [400, '', undefined];
  return replies.refused ?? [401, '', undefined];
}

function eventOf({ extract }) {
  return { id: extract.event_id ?? '', type: extract.event_type ?? '', order: extract.order_ref };
}

// Where a vector names no order, whatever the preset took for it will do.
function assertEvent(data, vector) {
  const wanted = eventOf(vector);
  const { id = '', type = '', order } = data ?? {};
  assert.deepEqual({ id: id ?? '', type: type ?? '', order: wanted.order && order }, wanted, vector.id);
}

async function judgeOverHttp(world, hooks, provider) {
  const listener = await new listeners.sse(world, hooks.url, `pay.${provider}`).open();
  const vectors = kVectors.vectors.filter((vector) => vector.provider === provider);
  const accepted = [];
  // What is sent again comes after what it repeats, whatever the order in the file.
  for (const vector of [...vectors].sort((a, b) => (a.expect === 'duplicate') - (b.expect === 'duplicate'))) {
    const before = await hooks.outcomes(provider);
    const { status, headers, body } = await hooks.send(provider, requestOf(vector));
    assert.deepEqual([status, body, headers['content-type']], replyOf(vector), vector.id);
    const outcome = { accept: 'accepted', duplicate: 'duplicate', reject: vector.stage }[vector.expect];
    assert.deepEqual(await hooks.outcomes(provider), { ...before, [outcome]: (before[outcome] ?? 0) + 1 }, vector.id);
    if (vector.expect === 'accept') accepted.push(vector);
  }
  await until(`the events of ${provider} arrive`, () => listener.events.length >= accepted.length);
  assert.equal(listener.events.length, accepted.length, provider);
  accepted.forEach((vector, i) => assertEvent(listener.events[i], vector));
  listener.close();
  return vectors.length;
}

function sources(providers) {
  return Object.fromEntries(providers.map((provider) => [provider, hook(provider)]));
}

async function judgeAll(world, providers) {
  const hooks = await Hooks.open(world, sources(providers), { env: stoppedClock(kVectors.now) });
  let judged = 0;
  for (const provider of providers) judged += await judgeOverHttp(world, hooks, provider);
  return { hooks, judged };
}

scenario('every vector of the table over HTTP: the reply, the stage, and the event', async (world) => {
  const { judged } = await judgeAll(world, kRows);
  assert.equal(judged, 120);
}, { timeoutMs: 120_000 });

for (const provider of kHandlers.filter((name) => name !== 'mollie-classic')) {
  scenario(`every vector of ${provider} over HTTP: the reply, the stage, and the event`, async (world) => {
    const { judged } = await judgeAll(world, [provider]);
    assert.equal(judged, kVectors.vectors.filter((vector) => vector.provider === provider).length);
  });
}

scenario('an address is set up by answering what was asked, when it is signed, and makes no event', async (world) => {
  const providers = ['wechat-mp-plain', 'wechat-mp-aes'];
  const hooks = await Hooks.open(world, sources(providers), { env: stoppedClock(kVectors.now) });
  assert.ok(kVectors.challenges.length > 0);
  for (const challenge of kVectors.challenges) {
    for (const provider of providers) {
      const { status, body } = await hooks.send(provider, requestOf({ request: { ...challenge.request, body_b64: undefined } }));
      assert.deepEqual([status, body], [challenge.reply.status, challenge.reply.body ?? ''], `${challenge.id} ${provider}`);
    }
  }
  for (const provider of providers) assert.deepEqual(await hooks.kept(provider), []);
});

// A captured request as a user would keep it in a file.
function rawRequest(vector) {
  const { method, query, headers, body } = requestOf(vector);
  const lines = [`${method} /hooks/${vector.provider}${query} HTTP/1.1`, 'Host: pay.example.test',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), `Content-Length: ${body?.length ?? 0}`];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

// {code, told}: the one line that the command prints.
function verify(world, file, vector) {
  const captured = path.join(world.folder, 'captured.http');
  fs.writeFileSync(captured, rawRequest(vector));
  const args = ['webhook', 'verify', file, vector.provider, '--request', captured, '--now', String(kVectors.now)];
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: world.folder }, (error, stdout, stderr) => {
      const lines = stdout.trimEnd().split('\n');
      if (lines.length !== 1 || !lines[0].startsWith('{')) reject(new Error(`${vector.id}: not one line of JSON: ${stdout}${stderr}`));
      else resolve({ code: error ? error.code : 0, told: JSON.parse(lines[0]) });
    });
  });
}

async function judgeByCommand(world, providers) {
  const file = path.join(world.folder, 'verify.yaml');
  const listener = { bind: '127.0.0.1:0' };
  const config = {
    listeners: { public: listener },
    sources: sources(providers),
    sinks: { ws: { plugin: 'websocket', with: { listener: 'public', path: '/ws' } } },
    pipelines: { hooks: { from: providers, to: ['ws'] } },
  };
  fs.writeFileSync(file, JSON.stringify(config));
  let judged = 0;
  for (const vector of kVectors.vectors.filter(({ provider }) => providers.includes(provider))) {
    const { code, told } = await verify(world, file, vector);
    const [status, body] = replyOf(vector);
    assert.deepEqual([told.reply.status, told.reply.body ?? ''], [status, body], vector.id);
    // It remembers nothing, so what comes again is new to it.
    const rejected = vector.expect === 'reject';
    assert.deepEqual([code, told.verdict], rejected ? [1, 'reject'] : [0, 'accept'], vector.id);
    if (rejected) assert.equal(told.stage, vector.stage, vector.id);
    else if (vector.extract) assertEvent(told.event, vector);
    judged += 1;
  }
  return judged;
}

for (const providers of [kRows, ...kHandlers.map((provider) => [provider])]) {
  scenario(`signalbox webhook verify judges every vector of ${providers.length > 1 ? 'the table' : providers[0]}`, async (world) => {
    assert.ok(await judgeByCommand(world, providers) >= 3);
  }, { timeoutMs: 180_000 });
}
