// Tokens that an independent library (npm's jose) has signed, and those that a liar makes.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import * as jose from 'jose';

import { assert, scenario, sleep, until } from './harness.mjs';
import { collect, membersBox, quiet, subscribe } from './members.mjs';

const kSecret = 'a shared secret that is as long as HS512 wants it to be: 64 bytes!';
const kAlgorithms = ['RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const secret = new TextEncoder().encode(kSecret);

// One key pair for each algorithm; the public halves as a key set, each known by its algorithm's name.
async function makeKeys() {
  const keys = {};
  for (const alg of kAlgorithms) {
    const pair = await jose.generateKeyPair(alg, { extractable: true });
    keys[alg] = { ...pair, jwk: { ...(await jose.exportJWK(pair.publicKey)), kid: alg, use: 'sig' } };
  }
  return keys;
}

const set = (keys) => ({ keys: Object.values(keys).map(({ jwk }) => jwk) });

// A token that is good everywhere here, but for what is said otherwise.
function token(alg, key, { claims = {}, header = {}, audience = 'shop', exp = '5m', issuer = 'https://id.example' } = {}) {
  const jwt = new jose.SignJWT({ channels: ['private-*', 'presence-*'], info: { name: 'Ada' }, ...claims })
    .setProtectedHeader({ alg, ...(alg.startsWith('HS') ? {} : { kid: alg }), ...header })
    .setSubject('7').setIssuer(issuer);
  if (audience) jwt.setAudience(audience);
  if (exp) jwt.setExpirationTime(exp);
  return jwt.sign(key);
}

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
// What no library would make: any header over any claims with any signature.
const forged = (header, claims, signature = '') => `${b64(header)}.${b64(claims)}.${signature}`;

const common = {
  audience: 'shop', issuer: 'https://id.example', channels_claim: 'channels', user_claim: 'sub', info_claim: 'info', leeway: '0s',
};

async function start(world, { rules = () => [], credentials } = {}) {
  const redis = await world.redis();
  const keys = await makeKeys();
  const file = path.join(world.folder, 'keys.json');
  fs.writeFileSync(file, JSON.stringify(set(keys)));
  const jwt = (channel, more) => ({ channels: [channel], jwt: { ...common, ...more } });
  const usual = [
    ...kAlgorithms.map((alg) => jwt(`private-${alg}.*`, { keys: { file }, algorithms: [alg] })),
    jwt('private-hs.*', { keys: { secret: kSecret }, algorithms: ['HS256', 'HS512'] }),
    jwt('private-text.*', { keys: JSON.stringify(set(keys)), algorithms: ['ES256'] }),
    jwt('presence-*', { keys: { file }, algorithms: ['ES256'] }),
  ];
  const auth = { ...(credentials ? { credentials } : {}), rules: [...rules(jwt), ...usual] };
  const box = await membersBox(world, redis, auth, { io: { channels_max: 1000 } });
  const client = (options) => world.connected(4, box.url, options);
  return { redis, keys, file, box, client };
}

const good = (keys, alg, options) => token(alg, keys[alg].privateKey, options);

scenario('every algorithm is accepted where it is allowed, and nowhere else', async (world) => {
  const { keys, client, box } = await start(world);
  const socket = await client();
  const tokens = { hs: await token('HS256', secret) };
  for (const alg of kAlgorithms) tokens[alg] = await good(keys, alg);
  for (const [where] of Object.entries(tokens)) {
    for (const [alg, auth] of Object.entries(tokens)) {
      const answer = await subscribe(socket, `private-${where}.${alg}`, { auth });
      assert.equal(answer, where === alg ? 'ok' : 401, `a token of ${alg} where ${where} is allowed`);
    }
  }
  assert.equal(await subscribe(socket, 'private-hs.512', { auth: await token('HS512', secret) }), 'ok');
  assert.equal(await subscribe(socket, 'private-text.1', { auth: tokens.ES256 }), 'ok');
  assert.equal(await subscribe(socket, 'private-text.2', { auth: { token: tokens.ES256 } }), 'ok', 'as an object with token');
  assert.equal(await subscribe(socket, 'private-ES256.none'), 401, 'without a token');
  assert.ok(!box.log.includes(tokens.ES256.split('.')[1]), 'no token is in the log');
});

scenario('algorithm confusion, none, and keys that the token brings along open nothing', async (world) => {
  const { keys, client } = await start(world);
  const socket = await client();
  const asked = [];
  const trap = http.createServer((request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify(set(mine)));
  });
  await new Promise((resolve) => trap.listen(0, '127.0.0.1', resolve));
  world.atEnd(() => trap.close());
  const mine = await makeKeys();
  const claims = jose.decodeJwt(await good(keys, 'RS256'));
  const spki = await jose.exportSPKI(keys.RS256.publicKey);
  const url = `http://127.0.0.1:${trap.address().port}/jwks.json`;
  const es = mine.ES256.privateKey;
  const cases = {
    'HS256 keyed with the public PEM': ['RS256', await token('HS256', new TextEncoder().encode(spki), { header: { kid: 'RS256' } })],
    'HS256 keyed with the PEM, trimmed': ['RS256', await token('HS256', new TextEncoder().encode(spki.trim()), { header: { kid: 'RS256' } })],
    'HS256 keyed with the JWK': ['RS256', await token('HS256', new TextEncoder().encode(JSON.stringify(keys.RS256.jwk)), { header: { kid: 'RS256' } })],
    'HS256 keyed with nothing': ['hs', await forgedHmac('', claims)],
    none: ['RS256', new jose.UnsecuredJWT(claims).encode()],
    'None, in other letters': ['RS256', forged({ alg: 'nOnE', kid: 'RS256' }, claims)],
    'an empty signature': ['ES256', forged({ alg: 'ES256', kid: 'ES256' }, claims)],
    'a signature of zeros': ['ES256', forged({ alg: 'ES256', kid: 'ES256' }, claims, b64(Buffer.alloc(64).toString('latin1')))],
    'the key of somebody else': ['ES256', await token('ES256', es)],
    'its own jwk': ['ES256', await token('ES256', es, { header: { jwk: mine.ES256.jwk } })],
    'its own jku': ['ES256', await token('ES256', es, { header: { jku: url, x5u: url, kid: 'ES256' } })],
    'an unknown crit': ['ES256', await signedHeader({ alg: 'ES256', kid: 'ES256', crit: ['x'], x: 1 }, claims, keys.ES256.privateKey)],
    'another token\'s signature': ['ES256', await swapped(keys)],
    'a token in five parts': ['ES256', `${await good(keys, 'ES256')}.a.b`],
  };
  for (const [what, [where, auth]] of Object.entries(cases)) {
    assert.equal(await subscribe(socket, `private-${where}.x`, { auth }), 401, what);
  }
  assert.deepEqual(asked, [], 'nobody asks where a token says');
  assert.equal(await subscribe(socket, 'private-ES256.x', { auth: await good(keys, 'ES256') }), 'ok');
});

async function forgedHmac(key, claims) {
  const { createHmac } = await import('node:crypto');
  const signed = `${b64({ alg: 'HS256' })}.${b64(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

// Signed as it should be, with a header that no library lets through.
async function signedHeader(header, claims, key) {
  const { sign } = await import('node:crypto');
  const signed = `${b64(header)}.${b64(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function swapped(keys) {
  const [head, , signature] = (await good(keys, 'ES256')).split('.');
  const [, claims] = (await good(keys, 'ES256', { claims: { info: { name: 'Eve' } } })).split('.');
  return `${head}.${claims}.${signature}`;
}

scenario('kid tricks find no key', async (world) => {
  const { keys, client } = await start(world);
  const socket = await client();
  const kids = ['../../../../dev/null', 'RS256', 'ES256 ', 'es256', "' OR 1=1", 'x'.repeat(5000), '\u0000ES256'];
  kids.push(7, null, { kid: 'ES256' }, ['ES256']);
  for (const kid of kids) {
    const { privateKey } = await jose.generateKeyPair('ES256');
    const auth = await token('ES256', privateKey, { header: { kid } });
    assert.equal(await subscribe(socket, 'private-ES256.kid', { auth }), 401, `kid ${JSON.stringify(kid)?.slice(0, 40)}`);
  }
  assert.equal(await subscribe(socket, 'private-ES256.kid', { auth: await good(keys, 'ES256') }), 'ok');
});

scenario('time, audience, issuer and channels of a token count', async (world) => {
  const { keys, client } = await start(world);
  const socket = await client();
  const now = Math.floor(Date.now() / 1000);
  const answer = async (options, channel = 'private-ES256.claims') => subscribe(socket, channel, { auth: await good(keys, 'ES256', options) });
  assert.equal(await answer({ exp: now - 5 }), 401, 'expired');
  assert.equal(await answer({ claims: { nbf: now + 600 } }), 401, 'not yet');
  for (const options of [{ audience: 'other' }, { audience: null }, { issuer: 'https://evil.example' }, { issuer: 'https://id.example/' }]) {
    assert.ok([401, 403].includes(await answer(options)), JSON.stringify(options));
  }
  assert.equal(await answer({ audience: ['other', 'shop'] }), 'ok', 'one of several audiences');
  for (const channels of [['private-ES256.other'], [], 'private-ES256.claims-not', 7, null, [7]]) {
    assert.notEqual(await answer({ claims: { channels } }, 'private-ES256.ch'), 'ok', `channels ${JSON.stringify(channels)}`);
  }
  assert.equal(await answer({ claims: { channels: ['private-ES256.ch'] } }, 'private-ES256.ch'), 'ok');
  assert.equal(await answer({ claims: { exp: 'soon' }, exp: null }, 'private-ES256.odd'), 401, 'an exp that is no number');
});

scenario('rubbish and what is too big is refused, and the page goes on', async (world) => {
  const { keys, client, box } = await start(world);
  const socket = await client();
  const rubbish = ['', '.', '..', 'a.b.c', 'x'.repeat(10_000), `${b64('{')}.${b64('{}')}.AA`, forged({ alg: 'ES256' }, 'not an object', 'AA'), '\u0000', '名'];
  for (const auth of rubbish) assert.notEqual(await subscribe(socket, 'private-ES256.x', { auth }), 'ok');
  const big = await good(keys, 'ES256', { claims: { pad: 'x'.repeat(40_000) } });
  assert.notEqual(await subscribe(socket, 'private-ES256.big', { auth: big }), 'ok');
  assert.equal(await subscribe(socket, 'private-ES256.x', { auth: await good(keys, 'ES256') }), 'ok');
  assert.ok(socket.connected && box.process.running);
});

scenario('a subscription ends with its token, and lives on with a later one', async (world) => {
  const { redis, keys, client } = await start(world);
  const socket = await client();
  const now = Math.floor(Date.now() / 1000);
  const heard = collect(socket, 'e');
  const errors = collect(socket, 'subscription_error');
  assert.equal(await subscribe(socket, 'private-ES256.short', { auth: await good(keys, 'ES256', { exp: now + 4 }) }), 'ok');
  assert.equal(await subscribe(socket, 'private-ES256.renewed', { auth: await good(keys, 'ES256', { exp: now + 4 }) }), 'ok');
  assert.equal(await subscribe(socket, 'private-ES256.renewed', { auth: await good(keys, 'ES256', { exp: now + 600 }) }), 'ok');
  await redis.publish('private-ES256.short', JSON.stringify({ event: 'e', data: 1 }));
  await until('it is heard before', () => heard.length === 1);
  await until('the end is told', () => errors.length === 1, 10_000);
  assert.deepEqual(errors, [['private-ES256.short', 401]]);
  assert.ok(Date.now() / 1000 >= now + 4, 'not before its time');
  await redis.publish('private-ES256.short', JSON.stringify({ event: 'e', data: 2 }));
  await redis.publish('private-ES256.renewed', JSON.stringify({ event: 'e', data: 3 }));
  await until('the other is heard', () => heard.length === 2);
  await quiet();
  assert.deepEqual(heard.map(([channel, data]) => [channel, data]), [['private-ES256.short', 1], ['private-ES256.renewed', 3]]);
});

scenario('a token says who a member is, and comes in with CONNECT, a cookie, the query or a header where that is allowed', async (world) => {
  const { keys, client } = await start(world, { credentials: ['subscribe', 'connect', 'bearer'] });
  const auth = await good(keys, 'ES256');
  const shown = await client({ auth: { token: auth } });
  const members = collect(shown, 'presence:subscribed');
  assert.equal(await subscribe(shown, 'presence-room'), 'ok');
  await until('the members are told', () => members.length === 1);
  assert.deepEqual(members, [['presence-room', [{ user_id: '7', user_info: { name: 'Ada' } }]]]);
  assert.equal(await subscribe(await client({ extraHeaders: { Authorization: `Bearer ${auth}` } }), 'private-ES256.x'), 'ok');
  assert.equal(await subscribe(await client({ query: { token: auth } }), 'private-ES256.x'), 401, 'the query is not allowed');
  assert.equal(await subscribe(await client({ extraHeaders: { Cookie: `token=${auth}` } }), 'private-ES256.x'), 401, 'nor is a cookie');
});

// The key set is asked for anew at most once a minute, so this takes one.
scenario('a key set that is fetched follows the rotation of its keys, and is not asked at every stranger\'s wish', async (world) => {
  const [old, fresh] = [await makeKeys(), await makeKeys()];
  fresh.ES256.jwk.kid = 'next';
  let shown = set(old);
  let fetched = 0;
  const server = http.createServer((request, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(shown));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.atEnd(() => server.close());
  const jwks = `http://127.0.0.1:${server.address().port}/jwks.json`;
  const { client } = await start(world, { rules: (jwt) => [jwt('private-url.*', { jwks, algorithms: ['ES256'] })] });
  const socket = await client();
  assert.equal(await subscribe(socket, 'private-url.1', { auth: await good(old, 'ES256') }), 'ok');
  shown = { keys: [old.ES256.jwk, fresh.ES256.jwk] };
  const by = (kid) => token('ES256', fresh.ES256.privateKey, { header: { kid } });
  for (let i = 0; i < 50; i += 1) await subscribe(socket, 'private-url.x', { auth: await by(`k${i}`) });
  assert.ok(fetched <= 3, `${fetched} questions for fifty unknown keys`);
  await until('the new key is known', async () => {
    await sleep(1000);
    return (await subscribe(socket, 'private-url.2', { auth: await by('next') })) === 'ok';
  }, 90_000);
  assert.equal(await subscribe(socket, 'private-url.3', { auth: await good(old, 'ES256') }), 'ok', 'the old one is still there');
}, { timeoutMs: 150_000 });
