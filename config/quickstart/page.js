// The quick start's page: the same channel read in three ways, and the commands that publish to it.
const kChannel = 'tok123';
const kEventsShown = 50;
const kAtOnceMs = 1500; // what arrives so soon after the page was waiting here for it
const kKey = 'only-for-the-quick-start'; // a key belongs into a back end; this one opens nothing but this machine's demo
const byId = (id) => document.getElementById(id);

byId('curl').textContent = `curl ${location.origin}/publish -H 'Authorization: Bearer ${kKey}' \\
  --json '{"channel":"${kChannel}","event":"wechat.login","data":{"id":7,"name":"Li"}}'`;

function show(way, state, text = state) {
  byId(`s-${way}`).dataset.state = state;
  byId(`s-${way}`).textContent = text;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function add(way, name, data) {
  const kept = performance.now() < kAtOnceMs;
  const title = element('div', '', 'name');
  title.append(element('span', name), element('span', kept ? 'was kept' : new Date().toLocaleTimeString(), kept ? 'kept' : ''));
  const item = document.createElement('li');
  item.append(title, element('pre', JSON.stringify(data, null, 2)));
  const list = byId(way);
  list.prepend(item);
  while (list.children.length > kEventsShown) list.lastElementChild.remove();
}

function gap(way) {
  byId(way).prepend(element('li', 'Something was missed here: it is no longer kept.', 'gap'));
}

if (window.signalbox) {
  const sb = signalbox('/');
  window.sb = sb; // pay.js subscribes on the same connection
  sb.subscribe(kChannel, ({ event, data }) => add('ws', event, data));
  sb.on('gap', () => gap('ws'));
  sb.on('state', (state, transport) => show('ws', state === 'open' ? 'connected' : 'disconnected',
    state === 'open' ? `connected by ${transport}` : 'disconnected, trying again'));
}

const stream = new EventSource(`/events?channel=${kChannel}&format=envelope`);
stream.onopen = () => show('sse', 'connected');
stream.onerror = () => show('sse', 'disconnected', 'disconnected, trying again');
stream.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  add('sse', message.event, message.data);
};
stream.addEventListener('signalbox.gap', () => gap('sse'));

if (window.io) {
  const socket = io();
  socket.on('connect', () => {
    show('sio', 'connected');
    socket.emit('subscribe', { channel: kChannel });
  });
  socket.on('disconnect', () => show('sio', 'disconnected', 'disconnected, trying again'));
  socket.on('connect_error', () => show('sio', 'disconnected', 'no connection, trying again'));
  socket.onAny((event, channel, data) => {
    if (event === 'signalbox.gap') gap('sio');
    else if (event !== 'subscription_succeeded' && channel === kChannel) add('sio', event, data);
  });
} else {
  show('sio', 'disconnected', 'no client library: run scripts/setup, scripts/build');
}

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const source = byId(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}

byId('leave').addEventListener('click', () => { location.href = 'away.html'; });
