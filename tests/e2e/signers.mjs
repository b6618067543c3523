// Callbacks as the providers make them, signed by their own SDKs.  Where an SDK only verifies, what is signed here by the
// provider's documentation must first be good to the SDK (`witness`).
//
// A signer has a `preset`, a `key` and a `wrong` one, `secrets(key)`, and `make({ key, order, now })`, whose answer is a
// request; `timed` when the time is signed.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import * as octokit from '@octokit/webhooks-methods';

const require = createRequire(import.meta.url);
const { hmacValidator: HmacValidator } = require('@adyen/api-library');
const { AlipaySdk } = require('alipay-sdk');
const braintree = require('braintree');
const { verifyWebhookSignature } = require('hook0-client');
const line = require('@line/bot-sdk');
const { Paddle } = require('@paddle/paddle-node-sdk');
const Razorpay = require('razorpay');
const { Webhook } = require('standardwebhooks');
const stripe = require('stripe');
const twilio = require('twilio/lib/webhooks/webhooks.js');
const WechatCrypto = require('wechat-crypto');

const kJson = { 'content-type': 'application/json' };
const kForm = { 'content-type': 'application/x-www-form-urlencoded' };
const hmac = (key, text, encoding = 'hex') => crypto.createHmac('sha256', key).update(text).digest(encoding);
export const rsaPair = () => crypto.generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const textKeys = { key: 'a-signing-secret-for-tests', wrong: 'another-secret-for-tests' };

// Any body, signed as Stripe signs.
export function stripeSigned(body, key, now = Math.floor(Date.now() / 1000)) {
  return { headers: { ...kJson, 'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload: body, secret: key, timestamp: now }) }, body };
}

const kStripe = {
  preset: 'stripe',
  timed: true,
  key: 'whsec_signalboxSignerSecret',
  wrong: 'whsec_somebodyElsesSecret',
  make({ key, order, now }) {
    const body = JSON.stringify({
      id: `evt_${order}`, object: 'event', type: 'checkout.session.completed', data: { object: { client_reference_id: order } },
    });
    return stripeSigned(body, key, now);
  },
};

function standardWebhooks(preset, prefix) {
  return {
    preset,
    timed: true,
    key: `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`,
    wrong: `whsec_${Buffer.from('another twenty-four byte').toString('base64')}`,
    make({ key, order, now }) {
      const body = JSON.stringify({ type: 'payment.succeeded', data: { order_ref: order } });
      const signature = new Webhook(key).sign(`msg_${order}`, new Date(now * 1000), body);
      const headers = { ...kJson, [`${prefix}-id`]: `msg_${order}`, [`${prefix}-timestamp`]: String(now), [`${prefix}-signature`]: signature };
      return { headers, body };
    },
  };
}

const kGithub = {
  preset: 'github',
  channel: 'pay.{/ref}',
  ...textKeys,
  async make({ key, order }) {
    const body = JSON.stringify({ ref: order, zen: 'Speak like a human.' });
    const signature = await octokit.sign(key, body);
    return { headers: { ...kJson, 'x-github-event': 'push', 'x-github-delivery': crypto.randomUUID(), 'x-hub-signature-256': signature }, body };
  },
};

const kAdyen = {
  preset: 'adyen',
  ok: [200, '[accepted]'],
  key: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  wrong: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  make({ key, order }) {
    const item = {
      additionalData: {}, amount: { value: 1130, currency: 'EUR' }, eventCode: 'AUTHORISATION', eventDate: '2026-01-01T00:00:00+01:00',
      merchantAccountCode: 'Shop', merchantReference: order, operations: [], originalReference: '', paymentMethod: 'visa',
      pspReference: `psp-${order}`, reason: '', success: 'true',
    };
    item.additionalData.hmacSignature = new HmacValidator().calculateHmac(item, key);
    return { headers: kJson, body: JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: item }] }) };
  },
};

const kTwilioUrl = 'https://pay.example.test/hooks/twilio';
const kTwilio = {
  preset: 'twilio',
  channel: 'pay.{form:Order}',
  public_url: kTwilioUrl,
  ...textKeys,
  make({ key, order }) {
    const params = { MessageSid: `SM${order}`, Order: order, From: '+15551234567', Body: 'a + b & c=d, 中文' };
    const query = '?shop=7&lang=de';
    const signature = twilio.getExpectedTwilioSignature(key, kTwilioUrl + query, params);
    return { query, headers: { ...kForm, 'x-twilio-signature': signature }, body: new URLSearchParams(params).toString() };
  },
};

const kTwilioJson = {
  preset: 'twilio-json',
  channel: 'pay.{/Order}',
  public_url: kTwilioUrl,
  ...textKeys,
  make({ key, order }) {
    const body = JSON.stringify({ CallSid: `CA${order}`, Order: order });
    const query = `?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    return { query, headers: { ...kJson, 'x-twilio-signature': twilio.getExpectedTwilioSignature(key, kTwilioUrl + query, {}) }, body };
  },
};

const kPaddle = {
  preset: 'paddle',
  timed: true,
  ...textKeys,
  make({ key, order, now }) {
    const body = JSON.stringify({ event_id: `evt_${order}`, event_type: 'transaction.completed', data: { custom_data: { order_ref: order } } });
    return { headers: { ...kJson, 'paddle-signature': `ts=${now};h1=${hmac(key, `${now}:${body}`)}` }, body };
  },
  witness: ({ headers, body }, key) => new Paddle('unused').webhooks.isSignatureValid(body, key, headers['paddle-signature']),
};

const kRazorpay = {
  preset: 'razorpay',
  ...textKeys,
  make({ key, order }) {
    const body = JSON.stringify({ event: 'payment.captured', payload: { payment: { entity: { order_id: order } } } });
    return { headers: { ...kJson, 'x-razorpay-event-id': `evt-${order}`, 'x-razorpay-signature': hmac(key, body) }, body };
  },
  witness: ({ headers, body }, key) => Razorpay.validateWebhookSignature(body, headers['x-razorpay-signature'], key),
};

const kLine = {
  preset: 'line',
  ...textKeys,
  make({ key, order }) {
    const events = [{ type: 'postback', webhookEventId: `01K7${order}`, source: { type: 'user', userId: order }, postback: { data: 'pay' } }];
    const body = JSON.stringify({ destination: 'U0', events });
    return { headers: { ...kJson, 'x-line-signature': hmac(key, body, 'base64') }, body };
  },
  witness: ({ headers, body }, key) => line.validateSignature(body, key, headers['x-line-signature']),
};

const kHook0 = {
  preset: 'hook0',
  timed: true,
  ...textKeys,
  make({ key, order, now }) {
    const body = JSON.stringify({ event_id: `e-${order}`, eventType: 'payment.paid', metadata: { order_ref: order } });
    const signed = `${now}.x-event-id x-event-type.e-${order}.payment.paid.${body}`;
    const signature = `t=${now},h=x-event-id x-event-type,v1=${hmac(key, signed)}`;
    return { headers: { ...kJson, 'x-event-id': `e-${order}`, 'x-event-type': 'payment.paid', 'x-hook0-signature': signature }, body };
  },
  witness({ headers, body }, key) {
    try {
      return verifyWebhookSignature(headers['x-hook0-signature'], body, new Headers(headers), key, 300) !== false;
    } catch {
      return false;
    }
  },
};

const kAlipay = {
  preset: 'alipay',
  ok: [200, 'success'],
  key: rsaPair(),
  wrong: rsaPair(),
  secrets: (key) => ({ key: key.publicKey, app_id: '2021000000000001', seller_id: '2088101117955611' }),
  make({ key, order }) {
    const params = {
      app_id: '2021000000000001', charset: 'utf-8', notify_id: `n-${order}`, out_trade_no: order, seller_id: '2088101117955611',
      subject: '一杯 tea + milk & 100%', total_amount: '19.99', trade_status: 'TRADE_SUCCESS', version: '1.0',
    };
    const signed = Object.keys(params).sort().map((name) => `${name}=${params[name]}`).join('&');
    const sign = crypto.sign('RSA-SHA256', Buffer.from(signed), key.privateKey).toString('base64');
    return { headers: kForm, body: new URLSearchParams({ ...params, sign_type: 'RSA2', sign }).toString() };
  },
  witness({ body }, key) {
    const bare = (pem) => pem.replace(/-----[^-]+-----|\n/g, '');
    const sdk = new AlipaySdk({ appId: '2021000000000001', privateKey: bare(key.privateKey), keyType: 'PKCS8', alipayPublicKey: bare(key.publicKey) });
    return sdk.checkNotifySignV2(Object.fromEntries(new URLSearchParams(body)));
  },
};

const kWechatMp = {
  preset: 'wechat-mp-aes',
  timed: true,
  ok: [200, 'success'],
  key: { token: 'aTokenForTests', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
  wrong: { token: 'anotherToken', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
  secrets: (key) => ({ ...key, appid: 'wxb11529c136998cb6' }),
  make({ key, order, now }) {
    const made = new WechatCrypto(key.token, key.encoding_aes_key, 'wxb11529c136998cb6');
    const encrypted = made.encrypt(`<xml><ToUserName>gh_1</ToUserName><FromUserName>oUser</FromUserName><CreateTime>17${order.slice(-6)}</CreateTime>`
      + `<MsgType>event</MsgType><Event>SCAN</Event><EventKey>${order}</EventKey></xml>`);
    const query = new URLSearchParams({
      signature: made.getSignature(String(now), 'n1', ''), timestamp: now, nonce: 'n1', openid: 'oUser', encrypt_type: 'aes',
      msg_signature: made.getSignature(String(now), 'n1', encrypted),
    });
    const body = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;
    return { query: `?${query}`, headers: { 'content-type': 'text/xml' }, body };
  },
};

const kBraintree = {
  preset: 'braintree',
  key: { merchant_id: 'shop', public_key: 'public', private_key: 'private' },
  wrong: { merchant_id: 'shop', public_key: 'public', private_key: 'somebody else' },
  secrets: (key) => key,
  make({ key, order }) {
    const gateway = new braintree.BraintreeGateway({
      environment: braintree.Environment.Sandbox, merchantId: key.merchant_id, publicKey: key.public_key, privateKey: key.private_key,
    });
    const made = gateway.webhookTesting.sampleNotification(braintree.WebhookNotification.Kind.SubscriptionChargedSuccessfully, order);
    return { headers: kForm, body: new URLSearchParams(made).toString() };
  },
};

export const signers = {
  stripe: kStripe,
  standardwebhooks: standardWebhooks('standardwebhooks', 'webhook'),
  'standardwebhooks as svix': standardWebhooks('svix', 'svix'),
  '@octokit/webhooks-methods': kGithub,
  '@adyen/api-library': kAdyen,
  twilio: kTwilio,
  'twilio, json': kTwilioJson,
  '@paddle/paddle-node-sdk': kPaddle,
  razorpay: kRazorpay,
  '@line/bot-sdk': kLine,
  'hook0-client': kHook0,
  'alipay-sdk': kAlipay,
  'wechat-crypto': kWechatMp,
  braintree: kBraintree,
};
