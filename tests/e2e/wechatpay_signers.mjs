// WeChat Pay's notices as the platform would send them, made with wechatpay-axios-plugin: version 3, version 2 by either
// digest, and version 2's refund notice, which is only encrypted.  The shape of a signer is told in signers.mjs.
import { createRequire } from 'node:module';

import { rsaPair } from './signers.mjs';

const { Aes, Formatter, Hash, Rsa, Transformer } = createRequire(import.meta.url)('wechatpay-axios-plugin');

const kKeyId = 'PUB_KEY_ID_0119000001092025100900000000000001';
const kApiKey = '0123456789abcdef0123456789ABCDEF';
const kMerchant = { mchid: '1900000109', appid: 'wxd678efh567hg6787' };
const kXml = { 'content-type': 'text/xml' };
const kOkXml = '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>';
const v2Keys = { key: '192006250b4c09247ec02edce69f6a2d', wrong: 'ffffffffffffffffffffffffffffffff' };

const kVersion3 = {
  preset: 'wechatpay-v3',
  timed: true,
  ok: [204, ''],
  key: rsaPair(),
  wrong: rsaPair(),
  secrets: (key) => ({ key: { [kKeyId]: key.publicKey }, apiv3_key: kApiKey, ...kMerchant }),
  make({ key, order, now }) {
    const nonce = Formatter.nonce(12);
    const plain = JSON.stringify({ ...kMerchant, out_trade_no: order, trade_state: 'SUCCESS', amount: { total: 1999 } });
    const ciphertext = Aes.AesGcm.encrypt(plain, kApiKey, nonce, 'transaction');
    const resource = { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data: 'transaction' };
    const body = JSON.stringify({ id: `EV-${order}`, resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS', resource });
    const headers = {
      'content-type': 'application/json',
      'wechatpay-timestamp': String(now),
      'wechatpay-nonce': nonce,
      'wechatpay-serial': kKeyId,
      'wechatpay-signature': Rsa.sign(Formatter.response(String(now), nonce, body), key.privateKey),
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
    return { headers, body };
  },
};

function version2(type) {
  return {
    preset: 'wechatpay-v2',
    ok: [200, kOkXml],
    ...v2Keys,
    secrets: (key) => ({ key, mch_id: '1900000109' }),
    make({ key, order }) {
      const notice = {
        appid: 'wxd930ea5d5a258f4f', mch_id: '1900000109', nonce_str: Formatter.nonce(), out_trade_no: order, result_code: 'SUCCESS',
        return_code: 'SUCCESS', sign_type: type, total_fee: '1999', transaction_id: `10044${order}`,
      };
      const sign = Hash.sign(type, notice, key);
      return { headers: kXml, body: Transformer.toXml({ ...notice, sign }) };
    },
  };
}

const kRefund = {
  preset: 'wechatpay-v2-refund',
  ok: [200, kOkXml],
  ...v2Keys,
  secrets: (key) => ({ key, mch_id: '1900000109' }),
  make({ key, order }) {
    const refund = Transformer.toXml({ refund_id: `50000${order}`, out_trade_no: order, refund_status: 'SUCCESS' }).replace(/xml>/g, 'root>');
    const req_info = Aes.AesEcb.encrypt(refund, Hash.md5(key));
    const notice = { return_code: 'SUCCESS', appid: 'wxd930ea5d5a258f4f', mch_id: '1900000109', nonce_str: Formatter.nonce(), req_info };
    return { headers: kXml, body: Transformer.toXml(notice) };
  },
};

export const wechatpaySigners = {
  'wechatpay-axios-plugin, version 3': kVersion3,
  'wechatpay-axios-plugin, version 2 by MD5': version2('MD5'),
  'wechatpay-axios-plugin, version 2 by HMAC-SHA256': version2('HMAC-SHA256'),
  'wechatpay-axios-plugin, version 2 refund': kRefund,
};
