// Callbacks as strangers, and providers on a bad day, send them: each is refused at its stage or by its limit, none makes
// an event, the genuine one after it is taken, and no secret, signature or body gets into the log.
import crypto from 'node:crypto';
import zlib from 'node:zlib';

import { assert, request, scenario, sleep, until } from './harness.mjs';
import { Hooks, hook } from './hooks.mjs';
import { RawConnection } from './raw.mjs';
import { signers, stripeSigned } from './signers.mjs';
import { wechatpaySigners } from './wechatpay_signers.mjs';

const { key } = signers.stripe;
const now = () => Math.floor(Date.now() / 1000);
const stripeHook = (more) => hook('stripe', { secrets: { key }, ...more });
const payment = (n, filler = '') => JSON.stringify({ id: `evt_${n}`, type: 'paid', data: { object: { client_reference_id: `${n}`, filler } } });

function hookOf(signer) {
  const { preset } = signer;
  const more = { secrets: (signer.secrets ?? ((k) => ({ key: k })))(signer.key), channel: `pay.${preset}` };
  return { [preset]: hook(preset, signer.public_url ? { ...more, public_url: signer.public_url } : more) };
}

// The whole request as bytes on the wire, with these headers in front of its own.
function wire({ headers, body }, before = []) {
  const lines = ['POST /hooks/stripe HTTP/1.1', 'Host: pay.example.test', ...before,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return { head: `${lines.join('\r\n')}\r\n`, body: Buffer.from(body) };
}

async function takesOne(hooks, n) {
  const { status } = await hooks.send('stripe', stripeSigned(payment(n), key));
  assert.equal(status, 200, `the genuine one after: ${n}`);
}

scenario('headers of all sizes and numbers: 400 signatures, 64 KiB, a header twice, a key without a value', async (world) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook() });
  const body = payment('many');
  const { headers } = stripeSigned(body, key);
  const [t, good] = headers['stripe-signature'].split(',');
  const wrong = (count) => Array.from({ length: count }, () => `v1=${crypto.randomBytes(32).toString('hex')}`);
  const variants = {
    'the good one is the 400th': [t, ...wrong(399), good],
    'every second name is unknown': [t, ...wrong(399).map((item, i) => (i % 2 ? item : item.replace('v1', `v${i}`))), good],
    'two times': [t, 't=1', good],
    'no time': [good],
    'a time that is none': ['t=Infinity', good],
    'a negative time': ['t=-1', good],
    'a key without a value': [t, 'v1', 'v1='],
    'an old scheme': [t, good.replace('v1', 'v0')],
  };
  for (const [what, items] of Object.entries(variants)) {
    const answer = await hooks.send('stripe', { headers: { ...headers, 'stripe-signature': items.join(',') }, body });
    assert.deepEqual([answer.status, answer.body], [400, ''], what);
  }
  const twice = await hooks.send('stripe', { headers: { ...headers, 'stripe-signature': [headers['stripe-signature'], headers['stripe-signature']] }, body });
  assert.equal(twice.status, 400, 'the header comes twice');
  const { head } = wire({ headers, body }, [`X-Filler: ${'f'.repeat(64 << 10)}`]);
  const connection = await RawConnection.open(hooks.ports.port);
  connection.send(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  assert.equal(await connection.status(), 431);
  connection.close();
  assert.deepEqual(await hooks.kept('stripe'), []);
  await takesOne(hooks, 'after');
});

scenario('bodies: too long, in chunks without an end, compressed, asked about beforehand, or cut off', async (world) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook({ body: '8KiB' }) });
  const open = () => RawConnection.open(hooks.ports.port);
  const long = stripeSigned(payment('long', 'x'.repeat(8 << 10)), key);
  assert.equal((await hooks.send('stripe', long)).status, 413, 'too long');

  // In chunks, as long as the server listens.
  const endless = await open();
  endless.send(`${wire(stripeSigned(payment('endless'), key)).head}Transfer-Encoding: chunked\r\n\r\n`);
  for (let n = 0; n < 64 && !endless.isClosed && endless.received.length === 0; n += 1) {
    endless.send(`400\r\n${'x'.repeat(0x400)}\r\n`);
    await sleep(5);
  }
  assert.equal(await endless.status(), 413, 'chunks without an end');
  endless.close();

  // What is signed are the bytes as they came, and they are still not what they seem.
  const packed = zlib.gzipSync(payment('packed'));
  for (const coding of ['gzip', 'deflate', 'br', 'identity, gzip']) {
    const made = stripeSigned(packed, key);
    const answer = await hooks.send('stripe', { ...made, headers: { ...made.headers, 'content-encoding': coding } });
    assert.ok(answer.status === 400 || answer.status === 415, `${coding}: ${answer.status}`);
  }

  const careful = await open();
  const asked = wire(stripeSigned(payment('careful'), key));
  careful.send(`${asked.head}Expect: 100-continue\r\nContent-Length: ${asked.body.length}\r\n\r\n`);
  assert.equal(await careful.status(), 100, 'it is told to go on');
  careful.send(asked.body);
  await until('the answer', () => /HTTP\/1\.1 200/.test(careful.text));
  careful.close();
  const tooCareful = await open();
  tooCareful.send(`${asked.head}Expect: 100-continue\r\nContent-Length: ${1 << 30}\r\n\r\n`);
  assert.equal(await tooCareful.status(), 413, 'it is told before it sends');
  tooCareful.close();

  const cut = await open();
  cut.send(`${asked.head}Content-Length: ${asked.body.length}\r\n\r\n${asked.body.subarray(0, 20)}`);
  await sleep(50);
  cut.close();
  await until('what was cut off is counted', async () => ((await hooks.outcomes('stripe')).gone ?? 0) >= 1);

  assert.deepEqual((await hooks.kept('stripe')).map(({ order }) => order), ['careful']);
  await takesOne(hooks, 'after');
});

scenario('slow bodies of strangers do not keep a provider waiting', async (world) => {
  const hooks = await Hooks.open(world, { stripe: stripeHook() });
  const { head } = wire(stripeSigned(payment('slow'), 'somebody else'));
  const slow = await Promise.all(Array.from({ length: 400 }, () => RawConnection.open(hooks.ports.port)));
  for (const connection of slow) connection.send(`${head}Content-Length: 1000\r\n\r\n{`);
  const drip = setInterval(() => slow.forEach((connection) => connection.send(' ')), 50);
  for (let n = 0; n < 20; n += 1) {
    const began = performance.now();
    await takesOne(hooks, `meanwhile${n}`);
    assert.ok(performance.now() - began < 1000, 'at once');
  }
  clearInterval(drip);
  slow.forEach((connection) => connection.close());
  await until('they are gone', async () => {
    const { gone = 0, slow: gaveUp = 0 } = await hooks.outcomes('stripe');
    return gaveUp >= 144 && gone + gaveUp === 400; // 256 places
  });
});

scenario('what is said twice, and documents with a type, are refused although they are signed', async (world) => {
  const alipay = signers['alipay-sdk'];
  const v2 = wechatpaySigners['wechatpay-axios-plugin, version 2 by MD5'];
  const mp = signers['wechat-crypto'];
  const { twilio } = signers;
  const hooks = await Hooks.open(world, { stripe: stripeHook(), ...hookOf(alipay), ...hookOf(v2), ...hookOf(mp), ...hookOf(twilio) });
  const of = async (signer) => ({ name: signer.preset, ...await signer.make({ key: signer.key, order: 'ORD-7', now: now() }) });
  const form = await of(alipay);
  const xml = await of(v2);
  const push = await of(mp);
  const call = await of(twilio);
  const json = (body) => ({ name: 'stripe', ...stripeSigned(body, key) });
  const typed = (body, type) => body.replace('<xml>', `${type}<xml>`);
  const bad = {
    'a form parameter twice': { ...form, body: `${form.body}&out_trade_no=ORD-8` },
    'a form parameter twice, in front': { ...form, body: `out_trade_no=ORD-8&${form.body}` },
    'a form parameter twice, its name escaped': { ...form, body: `${form.body}&%6fut_trade_no=ORD-8` },
    'an element twice': { ...xml, body: xml.body.replace('</xml>', '<out_trade_no>ORD-8</out_trade_no></xml>') },
    'a document type': { ...xml, body: typed(xml.body, '<!DOCTYPE xml>') },
    'an external entity': { ...xml, body: typed(xml.body, '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/hostname">]>').replace('ORD-7', '&e;') },
    'a query parameter twice': { ...push, query: `${push.query}&timestamp=1` },
    'a query parameter twice, in front': { ...push, query: push.query.replace('?', '?msg_signature=00&') },
    'a JSON key twice': json('{"id":"evt_a","type":"paid","data":{"object":{"client_reference_id":"1"}},"id":"evt_b"}'),
    'a JSON key twice, deep': json('{"id":"evt_a","type":"paid","data":{"object":{"client_reference_id":"1","client_reference_id":"2"}}}'),
    'JSON with something after it': json(`${payment('more')}{}`),
    'JSON 100,000 deep': json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    'no JSON': json('id=evt_a'),
    'a lone surrogate': json('{"id":"evt_\\ud800","type":"paid","data":{"object":{"client_reference_id":"1"}}}'),
    'bytes that are no UTF-8': json(Buffer.concat([Buffer.from('{"id":"evt_'), Buffer.from([0xff]), Buffer.from('","type":"paid"}')])),
    'an empty body': json(''),
    'another content type': { ...json(payment('type')), headers: { ...stripeSigned(payment('type'), key).headers, 'content-type': 'text/plain' } },
    'an order that is empty': { ...call, body: `${call.body}&Order=x` },
  };
  for (const [what, { name, ...made }] of Object.entries(bad)) {
    const { status, body } = await hooks.send(name, made);
    assert.ok(status === 400 || status === 415, `${what} was answered ${status} ${body}`);
  }
  for (const name of Object.keys(hooks.config.sources)) assert.deepEqual(await hooks.kept(name), [], name);
  for (const [what, method] of [['GET', 'GET'], ['PUT', 'PUT'], ['DELETE', 'DELETE']]) {
    assert.equal((await request(`${hooks.url}/hooks/stripe`, { method })).status, 405, what);
  }
  // Nothing of it stands in the way of the genuine ones.
  for (const { name, ...made } of [form, xml, push, call]) assert.equal((await hooks.send(name, made)).status, 200, name);
  await takesOne(hooks, 'after');
});

scenario('no secret, signature or body is in the log, however a callback fails', async (world) => {
  const all = Object.values({ ...signers, ...wechatpaySigners }).filter(({ preset }) => preset !== 'braintree');
  const hooks = await Hooks.open(world, Object.assign({}, ...all.map(hookOf)), {});
  const unwanted = new Set();
  const watch = (text) => String(text).length >= 12 && unwanted.add(String(text));
  const leaves = (value) => (typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]);
  for (const signer of all) {
    leaves((signer.secrets ?? ((k) => ({ key: k })))(signer.key)).forEach((secret) => String(secret).split('\n').forEach(watch));
    const order = `marker${crypto.randomBytes(8).toString('hex')}`;
    watch(order);
    const made = await signer.make({ key: signer.key, order, now: now() });
    const forged = await signer.make({ key: signer.wrong, order, now: now() });
    for (const { headers, query, body } of [made, forged]) {
      Object.entries(headers).filter(([name]) => /sign|hmac/i.test(name)).forEach(([, value]) => watch(value));
      [...new URLSearchParams(query)].filter(([name]) => /sign/i.test(name)).forEach(([, value]) => watch(value));
      watch(body.slice(0, 40));
    }
    await hooks.send(signer.preset, forged);
    await hooks.send(signer.preset, { ...made, body: made.body.slice(0, -5) });
    await hooks.send(signer.preset, { ...made, headers: { 'content-type': made.headers['content-type'], authorization: 'Bearer marker-of-a-token' } });
    if (signer.timed) await hooks.send(signer.preset, await signer.make({ key: signer.key, order, now: now() - 900 }));
    await hooks.send(signer.preset, made);
  }
  watch('marker-of-a-token');
  await hooks.box.process.end();
  // Merchant and app ids are no secrets, and the source names itself by its preset.
  const harmless = /^(\d+|wx\w+|PUB_KEY_ID_\w+|-----.*)$/;
  // A delivery's line names its id and its order, which an operator looks for.
  const log = hooks.box.log.replace(/\b(id|order) "[^"\n]*"/g, '$1');
  const found = [...unwanted].filter((text) => !harmless.test(text) && log.includes(text));
  assert.match(hooks.box.log, /refused a request/);
  assert.deepEqual(found, []);
}, { timeoutMs: 90_000 });
