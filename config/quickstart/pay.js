// The shop's part of the quick start: an order that waits for its payment.  The number is random, so nobody else can ask
// for its channel; a real shop takes it from its back end.
'use strict'; // so that the block keeps its functions to itself: page.js has names like these
{
  const text = (id, words) => { document.getElementById(id).textContent = words; };
  const kept = sessionStorage;

  function newOrder() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    kept.order = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
    delete kept.paid;
  }

  // What the page knows; the event itself comes once, so a page that is reloaded afterwards has noted it.
  function show() {
    text('order', kept.order.slice(0, 8));
    document.getElementById('order').title = kept.order;
    const state = document.getElementById('paid');
    state.textContent = kept.paid ?? 'not paid yet';
    state.className = kept.paid ? 'done' : '';
    document.getElementById('go-pay').disabled = Boolean(kept.paid);
  }

  let unsubscribe;
  function wait() {
    unsubscribe?.();
    const order = kept.order;
    unsubscribe = sb.subscribe(`pay.${order}`, ({ event, data }) => {
      if (event !== 'payment.done' || data.order !== order || order !== kept.order) return;
      kept.paid = `paid: ${(data.cents / 100).toFixed(2)} ${String(data.currency).toUpperCase()}`;
      show();
    });
  }

  if (!kept.order) newOrder();
  show();
  if (window.sb) wait();
  document.getElementById('go-pay').addEventListener('click', () => {
    location.href = `provider.html#${kept.order}`;
  });
  document.getElementById('new-order').addEventListener('click', () => {
    newOrder();
    show();
    if (window.sb) wait();
  });
}
