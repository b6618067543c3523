// The shortest way through everything, for the inner loop: one client of each generation, one page of each kind.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

import { Authority } from './certificates.mjs';
import { assert, clientVersions, freePort, once, publishHeard, request, root, scenario } from './harness.mjs';

scenario('a published event reaches clients of all generations and transports at once', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const sockets = [];
  for (const version of clientVersions) {
    for (const transport of ['polling', 'websocket']) {
      sockets.push(await world.connected(version, box.url, { transports: [transport] }));
    }
  }
  const heard = sockets.map((socket) => once(socket, 'tok123:wechat.login'));
  await publishHeard(redis, 'tok123', { event: 'wechat.login', data: { id: 7 } });
  for (const data of await Promise.all(heard)) assert.deepEqual(data, { id: 7 });
  assert.equal((await request(`http://127.0.0.1:${box.adminPort}/metrics`)).status, 200);
});

scenario('a check of the shipped pipeline files finds nothing wrong', async (world) => {
  const examples = readdirSync(`${root}/config/examples`).map((name) => `${root}/config/examples/${name}`);
  const { certificate, key, ca } = new Authority(world.folder).issue('localhost');
  const publicKey = `${world.folder}/provider.pem`;
  writeFileSync(publicKey, generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }));
  const providers = {
    STRIPE_SECRET: 'whsec_of_the_smoke_test', WECHATPAY_PUBLIC_KEY_FILE: publicKey, WECHATPAY_APIV3_KEY: '0123456789abcdef0123456789abcdef',
    WECHATPAY_MCHID: '1900000001', WECHATPAY_APPID: 'wx0123456789abcdef', ALIPAY_PUBLIC_KEY_FILE: publicKey, ALIPAY_APP_ID: '2021000000000001',
    ALIPAY_SELLER_ID: '2088000000000001', GITHUB_CLIENT_ID: 'Iv1.0123456789abcdef', GITHUB_CLIENT_SECRET: 'secret-of-github',
    WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET: 'secret-of-wechat', WECHAT_MP_TOKEN: 'token-of-wechat',
    WECHAT_MP_APPID: 'wxfedcba9876543210', WECHAT_MP_AES_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', REDEEM_KEY: 'a-key-of-the-smoke-test',
  };
  const env = { ...providers, TLS_CERTIFICATE: certificate, TLS_KEY: key, REDIS_CA: ca, REDIS_PASSWORD: 'secret', PUBLISH_KEY: 'a-key-of-the-smoke-test' };
  for (const file of [`${root}/config/quickstart.yaml`, ...examples]) {
    const { code, out } = await world.commandWith(env, 'check', file);
    assert.equal(code, 0, out);
  }
});

scenario('the example for raw messages does what it says', async (world) => {
  const redis = await world.redis();
  const [port, adminPort] = [await freePort(), await freePort()];
  const file = `${world.folder}/raw.yaml`;
  const example = readFileSync(`${root}/config/examples/raw_redis.yaml`, 'utf8');
  writeFileSync(file, example.replace('0.0.0.0:6001', `127.0.0.1:${port}`).replace('127.0.0.1:6002', `127.0.0.1:${adminPort}`));
  const box = await world.signalboxWith(file, { port, adminPort, env: { REDIS_URL: redis.url } });
  const socket = await world.connected(4, box.url);
  const [price, notice] = [once(socket, 'prices.btc:message'), once(socket, 'notice:message')];
  await publishHeard(redis, 'prices.btc', '{"price":97000.10,"venue":"A","desk":"internal"}');
  await publishHeard(redis, 'notice', 'closed for lunch');
  assert.deepEqual(await price, { price: 97000.10, venue: 'A' });
  assert.equal(await notice, 'closed for lunch');
});
