// Callbacks of providers against the program: a source for each with its test keys, requests byte for byte, and what
// became of them.  The keys are those of the vectors (tests/webhook_engine/vectors.json).
import fs from 'node:fs';
import path from 'node:path';

import { freePort, request, root } from './harness.mjs';
import { parseMetrics } from './metrics.mjs';
import { shopConfig } from './shop.mjs';

export const kVectors = JSON.parse(fs.readFileSync(path.join(root, 'tests/webhook_engine/vectors.json'), 'utf8'));

// The request of a vector, as Hooks.send() takes it.
export function requestOf({ request: said }) {
  return {
    method: said.method,
    query: new URL(said.url).search,
    headers: Object.fromEntries(said.headers),
    body: said.body_b64 === undefined ? undefined : Buffer.from(said.body_b64, 'base64'),
  };
}

// The program sees this one moment only, while its timers go on.
export function stoppedClock(unixS) {
  return {
    LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
    FAKETIME: new Date(unixS * 1000).toISOString().slice(0, 19).replace('T', ' '),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    TZ: 'UTC',
    // A sanitizer wants to be the first library; here it may be the second.
    ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':'),
  };
}

// The `secrets:` that a user of this preset would write.
export function secretsOf(preset) {
  const k = kVectors.keys;
  const { pem } = k;
  switch (preset) {
    case 'wechatpay-v3': {
      const { apiv3_key, mchid, appid, serial, public_key_id } = k.wechatpay_v3;
      return { key: { [serial]: pem.wechatpay_platform_crt, [public_key_id]: pem.wechatpay_pubkey_mode_pub }, apiv3_key, mchid, appid };
    }
    case 'wechatpay-v2':
    case 'wechatpay-v2-refund':
      return { key: k.wechatpay_v2.key, mch_id: k.wechatpay_v2.mch_id };
    case 'alipay':
      return { key: pem.alipay_pub, ...k.alipay };
    case 'checkout':
      return { key: k.checkout.signature_key, authorization: k.checkout.authorization };
    case 'wechat-mp-plain':
      return { token: k.wechat_mp.token };
    case 'wechat-mp-aes':
      return k.wechat_mp;
    case 'twilio':
    case 'twilio-json':
      return { key: k.twilio.token };
    case 'standardwebhooks-v1a':
      return { key: pem.standardwebhooks_v1a_pub };
    case 'adyen':
    case 'adyen-platform':
      return { key: k.adyen };
    case 'paypal':
      return { webhook_id: k.paypal.webhook_id, certificates: pem.paypal_certs, root: pem.paypal_root_crt };
    case 'mollie-classic':
      return { api_key: 'test_key_for_tests_only' };
    default:
      return typeof k[preset] === 'string' ? { key: k[preset] } : k[preset];
  }
}

// A source at /hooks/NAME whose events say what the preset took for the id, the type and the order.
export function hook(preset, more = {}, name = preset) {
  return {
    plugin: 'webhook',
    with: {
      listener: 'public',
      path: `/hooks/${name}`,
      preset,
      secrets: secretsOf(preset),
      channel: `pay.${name}`,
      data: { id: '{id}', type: '{type}', order: '{order}' },
      ...(preset.startsWith('twilio') ? { public_url: `https://pay.example.test/hooks/${preset}` } : {}),
      ...more,
    },
  };
}

export class Hooks {
  // `sources`: by name, as hook() makes them.
  static async open(world, sources, { env, ...options } = {}) {
    const hooks = new Hooks();
    hooks.world = world;
    hooks.ports = { port: await freePort(), adminPort: await freePort() };
    const config = shopConfig(world, hooks.ports, options);
    hooks.config = { ...config, sources, pipelines: { hooks: { from: Object.keys(sources), to: Object.keys(config.sinks) } } };
    // Under libfaketime a wait with a deadline is not woken before it.
    if (env?.FAKETIME) hooks.config.shutdown = '500ms';
    hooks.env = env;
    await hooks.up();
    return hooks;
  }

  async up() {
    this.box = await this.world.signalboxRunning(this.config, { ...this.ports, env: this.env });
  }

  get url() {
    return this.box.url;
  }

  // As a crash would.
  async kill() {
    await this.box.process.end('SIGKILL');
  }

  send(name, { method = 'POST', query = '', headers = {}, body, agent } = {}) {
    return request(`${this.url}/hooks/${name}${query}`, { method, headers, body, agent });
  }

  // What is kept on the channel: the events' data, oldest first.
  async kept(name) {
    const answer = await request(`${this.url}/events?channel=pay.${name}`, { headers: { accept: 'application/json' } });
    return JSON.parse(answer.body).events.map((event) => event.data);
  }

  // How often requests to this source came to each outcome.
  async outcomes(name) {
    const found = {};
    for (const s of parseMetrics(await this.box.metrics())) {
      if (s.name === 'signalbox_webhook_requests_total' && s.labels.instance === name) found[s.labels.outcome] = s.value;
    }
    return found;
  }
}
