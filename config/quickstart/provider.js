// A payment provider that does not exist.  It tells the shop of a payment as Stripe would: a POST whose header carries
// HMAC-SHA256 over "TIME.BODY" (a real provider does that on its own servers, and its key is in no page).
const kSecret = 'whsec_only-for-the-quick-start';
const order = location.hash.slice(1);
const byId = (id) => document.getElementById(id);
byId('order').textContent = order.slice(0, 8);

const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, '0')).join('');

async function callback(secret) {
  const time = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: `evt_${hex(crypto.getRandomValues(new Uint8Array(12)))}`,
    type: 'checkout.session.completed',
    data: { object: { client_reference_id: order, amount_total: 1999, currency: 'eur', customer_email: 'stays@here.example' } },
  });
  const key = await crypto.subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = hex(await crypto.subtle.sign('HMAC', key, bytes(`${time}.${body}`)));
  return fetch('hooks/pretend', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${signature}` },
    body,
  });
}

async function send(secret) {
  try {
    const { status } = await callback(secret);
    byId('said').textContent = status === 200
      ? 'The callback was signed, sent, and taken (200): it is stored.'
      : `The callback was refused (${status}), and nobody is told of it.`;
  } catch {
    byId('said').textContent = 'The callback could not be sent; is signalbox running?';
  }
}

byId('confirm').addEventListener('click', () => send(kSecret));
byId('forge').addEventListener('click', () => send('whsec_somebody-elses'));
