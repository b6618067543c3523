// Providers that must be asked before a callback means anything (Mollie's classic webhooks, PayPal's IPN, PayPal with
// confirm: postback), against a pretend API; and Braintree's set-up request, which its SDK answers, too.
import http from 'node:http';
import { createRequire } from 'node:module';

import { assert, freePort, scenario, sleep } from './harness.mjs';
import { Hooks, hook, kVectors, requestOf, stoppedClock } from './hooks.mjs';
import { signers } from './signers.mjs';

const braintree = createRequire(import.meta.url)('braintree');
const kForm = { 'content-type': 'application/x-www-form-urlencoded' };
const vectorsOf = (preset) => kVectors.vectors.filter(({ provider }) => provider === preset);

// A provider's API: `answer({method, url, headers, body})` gives {status, body} or undefined, which is silence.
async function pretend(world, answer) {
  const asked = [];
  const server = http.createServer((incoming, response) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const question = { method: incoming.method, url: incoming.url, headers: incoming.headers, body: Buffer.concat(chunks) };
      asked.push(question);
      const said = answer(question, asked.length);
      if (said) response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body);
    });
  });
  const port = await freePort();
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  world.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}

const molliePayment = (id, status = 'paid') => ({ status: 200, body: JSON.stringify({ resource: 'payment', id, status, metadata: { order_id: 'ORD-1' } }) });

scenario('every vector of mollie-classic: an event only of what the API shows, with its state', async (world) => {
  const mollie = await pretend(world, ({ url }) => molliePayment(url.split('/').at(-1)));
  const hooks = await Hooks.open(world, { 'mollie-classic': hook('mollie-classic', { api_url: mollie.url }) });
  let accepted = 0;
  for (const vector of vectorsOf('mollie-classic')) {
    const { status, body } = await hooks.send('mollie-classic', requestOf(vector));
    assert.deepEqual([status, body], [vector.expect === 'accept' ? 200 : 400, ''], vector.id);
    if (vector.expect !== 'accept') continue;
    accepted += 1;
    const { event_id } = vector.extract;
    assert.deepEqual(await hooks.kept('mollie-classic'), [{ id: event_id, type: 'paid', order: 'ORD-1' }]);
    assert.equal(mollie.asked[0].url, `/v2/payments/${event_id}`);
    assert.match(mollie.asked[0].headers.authorization, /^Bearer test_key/);
  }
  assert.equal(accepted, 1);
  assert.equal(mollie.asked.length, 1, 'nothing is asked about what is no payment');
});

scenario('mollie-classic: a new state is a new event, the same is none, and what nobody knows is none either', async (world) => {
  let state = 'open';
  const mollie = await pretend(world, ({ url }) => (url.endsWith('tr_unknown') ? { status: 404, body: '{}' } : molliePayment('tr_1', state)));
  const hooks = await Hooks.open(world, { mollie: hook('mollie-classic', { api_url: mollie.url }, 'mollie') });
  const tell = async (id) => (await hooks.send('mollie', { headers: kForm, body: `id=${id}` })).status;
  for (state of ['open', 'open', 'paid', 'paid', 'open']) assert.equal(await tell('tr_1'), 200);
  assert.equal(await tell('tr_unknown'), 200, 'a stranger learns nothing');
  await sleep(50);
  assert.deepEqual((await hooks.kept('mollie')).map(({ id, type }) => [id, type]), [['tr_1', 'open'], ['tr_1', 'paid']]);
});

scenario('mollie-classic: while the API fails or is silent the answer is "come again", in time, and then it is taken', async (world) => {
  const answers = [{ status: 500, body: 'no' }, { status: 200, body: '{' }, { status: 200, body: '{"id":"tr_2","status":"paid"}' }, undefined];
  const mollie = await pretend(world, (_, count) => (count <= answers.length ? answers[count - 1] : molliePayment('tr_1')));
  const hooks = await Hooks.open(world, { mollie: hook('mollie-classic', { api_url: mollie.url, deadline: '1s' }, 'mollie') });
  const tell = () => hooks.send('mollie', { headers: kForm, body: 'id=tr_1' });
  for (const [n] of answers.entries()) {
    const began = performance.now();
    assert.equal((await tell()).status, 503, `answer ${n}`);
    assert.ok(performance.now() - began < 3_000);
  }
  assert.deepEqual(await hooks.kept('mollie'), []);
  assert.equal((await tell()).status, 200);
  assert.equal((await hooks.kept('mollie')).length, 1);
});

scenario('PayPal IPN: posted back byte for byte, taken when PayPal says so, refused when it says no', async (world) => {
  let said = 'VERIFIED';
  const paypal = await pretend(world, () => ({ status: 200, body: said }));
  const hooks = await Hooks.open(world, {
    ipn: hook('paypal-ipn', { api_url: `${paypal.url}/cgi-bin/webscr`, secrets: { receiver_email: 'shop@example.test' } }, 'ipn'),
  });
  // As PayPal sends it: windows-1252, and a blank as a plus.
  const body = 'receiver_email=shop%40example.test&custom=ORD-1&txn_id=TX1&payment_status=Completed&charset=windows-1252&first_name=Ren%E9e+%80';
  const tell = (text) => hooks.send('ipn', { headers: kForm, body: text });
  said = 'INVALID';
  assert.equal((await tell(body)).status, 401);
  said = '<html>';
  assert.equal((await tell(body)).status, 503);
  said = 'VERIFIED';
  for (const again of ['first', 'again']) assert.deepEqual([(await tell(body)).status, again], [200, again]);
  assert.equal(paypal.asked[0].body.toString('latin1'), `cmd=_notify-validate&${body}`);
  assert.equal(paypal.asked[0].url, '/cgi-bin/webscr');
  assert.equal((await tell(body.replace('shop%40', 'other%40').replace('TX1', 'TX2'))).status, 401, 'somebody else is paid');
  const kept = await hooks.kept('ipn');
  assert.deepEqual(kept.map(({ type, order }) => [type, order]), [['Completed', 'ORD-1']]);
});

scenario('PayPal with confirm: postback asks with a token and the event as it came, and believes the answer', async (world) => {
  let verdict = 'FAILURE';
  const paypal = await pretend(world, ({ url }) => (url.startsWith('/v1/oauth2/token')
    ? { status: 200, body: '{"access_token":"a-token","token_type":"Bearer","expires_in":3000}' }
    : { status: 200, body: JSON.stringify({ verification_status: verdict }) }));
  const { secrets } = hook('paypal').with;
  const hooks = await Hooks.open(world, {
    paypal: hook('paypal', { api_url: paypal.url, confirm: 'postback', secrets: { ...secrets, client_id: 'a-client', client_secret: 'its-secret' } }),
  }, { env: stoppedClock(kVectors.now) });
  const good = requestOf(vectorsOf('paypal').find(({ expect }) => expect === 'accept'));
  assert.equal((await hooks.send('paypal', good)).status, 401, 'PayPal has not sent it');
  verdict = 'SUCCESS';
  assert.equal((await hooks.send('paypal', good)).status, 200);
  assert.equal((await hooks.kept('paypal')).length, 1);
  const question = paypal.asked.find(({ url }) => url === '/v1/notifications/verify-webhook-signature');
  assert.equal(question.headers.authorization, 'Bearer a-token');
  assert.ok(question.body.includes(good.body), 'the event is shown as it came');
  assert.ok(question.body.includes(secrets.webhook_id));
  const token = paypal.asked.find(({ url }) => url.startsWith('/v1/oauth2/token'));
  assert.equal(token.headers.authorization, `Basic ${Buffer.from('a-client:its-secret').toString('base64')}`);
  assert.doesNotMatch(hooks.box.log, /a-token|its-secret/);
});

scenario('Braintree sets up an address with a challenge, which is answered as its SDK answers it', async (world) => {
  const { key } = signers.braintree;
  const hooks = await Hooks.open(world, { braintree: hook('braintree', { secrets: key, channel: 'pay.{order}' }) });
  const gateway = new braintree.BraintreeGateway({
    environment: braintree.Environment.Sandbox, merchantId: key.merchant_id, publicKey: key.public_key, privateKey: key.private_key,
  });
  const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
  const { status, body } = await hooks.send('braintree', { method: 'GET', query: `?bt_challenge=${challenge}` });
  assert.deepEqual([status, body], [200, gateway.webhookNotification.verify(challenge)]);
  for (const bad of ['', 'zz', challenge.slice(1, 5), `${challenge}&bt_challenge=${challenge}`]) {
    assert.equal((await hooks.send('braintree', { method: 'GET', query: `?bt_challenge=${bad}` })).status, 400, bad);
  }
});
