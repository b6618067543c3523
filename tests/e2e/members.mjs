// A pipeline with the filter `auth` and all sinks, and what tests ask of a client there.
import { patience, sleep } from './harness.mjs';

// Redis -> auth -> Socket.IO (mode echo), WebSocket, SSE.  `auth` is the filter's `with:`; the other options replace
// what they name, as those of world.signalbox() do.
export function membersBox(world, redis, auth, { io = {}, ws = {}, sse = {}, sources = {}, from = [], through = [], limits, extra = {}, ...options } = {}) {
  const listener = 'public';
  const browsers = { plugin: 'socketio', with: { listener, path: '/socket.io', mode: 'echo', ...io }, ...(limits ? { limits } : {}) };
  return world.signalbox(redis, {
    ...options,
    filters: { members: { plugin: 'auth', with: auth }, ...options.filters },
    extra: {
      sources: { laravel: { plugin: 'redis', with: { url: redis.url, patterns: ['*'], ...options.redisWith } }, ...sources },
      sinks: {
        browsers,
        raw: { plugin: 'websocket', with: { listener, path: '/ws', ...ws } },
        stream: { plugin: 'sse', with: { listener, path: '/events', ...sse } },
      },
      pipelines: { all: { from: ['laravel', ...from], through: ['members', ...through], to: ['browsers', 'raw', 'stream'] } },
      ...extra,
    },
  });
}

// Subscribes and waits for the answer: 'ok', or the code of the refusal.
export function subscribe(socket, channel, more = {}, deadlineMs = 15_000) {
  return new Promise((resolve, reject) => {
    const heard = (event, answer) => {
      const listen = (name, detail) => {
        if (name !== channel) return;
        clearTimeout(timer);
        for (const [known, fn] of listeners) socket.off(known, fn);
        resolve(answer(detail));
      };
      return [event, listen];
    };
    const listeners = [heard('subscription_succeeded', () => 'ok'), heard('subscription_error', (code) => code)];
    const timer = setTimeout(() => reject(new Error(`no answer to the subscription of ${channel}`)), deadlineMs * patience);
    for (const [event, fn] of listeners) socket.on(event, fn);
    socket.emit('subscribe', { channel, ...more });
  });
}

// What a page heard under this name, in order: the channel and the data, without the offset of recovery behind them.
export function collect(socket, event) {
  const heard = [];
  socket.on(event, (...args) => heard.push(args.slice(0, 2)));
  return heard;
}

// Long enough for something that must not come to have come.
export const quiet = () => sleep(300 * patience);
