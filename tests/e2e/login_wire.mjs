// One page's WebSocket that subscribes to one channel with what it has for being admitted.
import { createRequire } from 'node:module';

import { until } from './harness.mjs';

const require = createRequire(import.meta.url);
const WebSocket = require('ws');

export async function openWire(world, url, channel, { wait, answered = true } = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const wire = { events: [], subscribed: false, refused: undefined, socket };
  world.atEnd(() => socket.terminate());
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.type === 'subscribed') wire.subscribed = true;
    if (message.type === 'error') wire.refused = message.code;
    if (message.type === 'event') wire.events.push(message);
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'subscribe', channel, ...(wait ? { auth: { wait } } : {}), ref: 1 }));
  if (answered) await until('the subscription was answered', () => wire.subscribed || wire.refused);
  return wire;
}
