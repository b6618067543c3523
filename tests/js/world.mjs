// A browser that does what a test says: its clock stands still, and its connections are moved by hand.
import fs from 'node:fs';
import vm from 'node:vm';

const kHelper = new URL('../../sdk/js/signalbox.js', import.meta.url);

export class World {
  constructor({ storage = new Map(), href = 'https://shop.example/pay/7', random = 0.5 } = {}) {
    this.now = 1_000_000;
    this.timers = new Map();
    this.timerId = 0;
    this.handlers = {};
    this.sockets = [];
    this.streams = [];
    this.fetches = [];
    this.uncaught = [];
    this.storage = storage;
    const world = this;
    const listen = (name, fn) => (world.handlers[name] ??= []).push(fn);
    this.document = { hidden: false, addEventListener: listen };
    this.globals = {
      URL, AbortController, JSON, Map, Set, Promise,
      Math: Object.assign(Object.create(Math), { random: () => random, min: Math.min }),
      Date: { now: () => this.now },
      location: { href },
      document: this.document,
      addEventListener: listen,
      setTimeout: (fn, ms = 0) => {
        this.timers.set(++this.timerId, { at: this.now + ms, fn });
        return this.timerId;
      },
      clearTimeout: (id) => this.timers.delete(id),
      sessionStorage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => storage.set(key, value),
        removeItem: (key) => storage.delete(key),
      },
      WebSocket: class {
        constructor(url, protocol) {
          Object.assign(this, { url: String(url), protocol, readyState: 0, sent: [] });
          world.sockets.push(this);
        }
        send(text) {
          if (this.readyState !== 1) throw new Error('it is not open');
          this.sent.push(JSON.parse(text));
        }
        close() {
          this.readyState = 3;
        }
        // What the network does.
        open() {
          if (this.readyState !== 0) return;
          this.readyState = 1;
          this.onopen?.({});
        }
        say(message) {
          if (this.readyState !== 1) return;
          const data = typeof message === 'string' ? message : JSON.stringify(message);
          world.guarded(() => this.onmessage?.({ data }));
        }
        drop() {
          this.readyState = 3;
          this.onclose?.({});
        }
      },
      EventSource: class {
        constructor(url) {
          Object.assign(this, { url: new URL(url), closed: false, named: {} });
          world.streams.push(this);
        }
        addEventListener(name, fn) {
          this.named[name] = fn;
        }
        tell(name, data) {
          if (!this.closed) world.guarded(() => this.named['signalbox.' + name]?.({ data: JSON.stringify(data) }));
        }
        close() {
          this.closed = true;
        }
        open() {
          this.onopen?.({});
        }
        say(data, lastEventId) {
          if (!this.closed) world.guarded(() => this.onmessage?.({ data: typeof data === 'string' ? data : JSON.stringify(data), lastEventId }));
        }
        fail() {
          this.onerror?.({});
        }
      },
      fetch: (url, { signal, headers }) => new Promise((resolve, reject) => {
        const request = {
          url: new URL(url),
          headers,
          signal,
          answer: async (body, status = 200) => {
            resolve({ ok: status < 300, status, json: async () => (typeof body === 'string' ? JSON.parse(body) : body) });
            await world.settle();
          },
          fail: async () => {
            reject(new TypeError('failed to fetch'));
            await world.settle();
          },
        };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
        world.fetches.push(request);
      }),
    };
    this.globals.globalThis = this.globals;
  }

  // Runs the script, as a page does.
  load() {
    vm.runInNewContext(fs.readFileSync(kHelper, 'utf8'), this.globals);
    return this.globals.signalbox;
  }
  // What an event handler throws goes to the window, not to who dispatched the event.
  guarded(fn) {
    try {
      fn();
    } catch (error) {
      this.uncaught.push(error);
    }
  }
  async settle() {
    for (let i = 0; i < 20; ++i) await Promise.resolve();
  }
  // Lets time pass, timer by timer.
  async pass(ms) {
    const end = this.now + ms;
    await this.settle();
    for (;;) {
      const next = [...this.timers].filter(([, t]) => t.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!next) break;
      this.timers.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      this.guarded(next[1].fn);
      await this.settle();
    }
    this.now = end;
  }
  // Until there is another of these (sockets, streams, fetches); how long that took.
  async another(list, step = 50) {
    const began = this.now;
    const count = this[list].length;
    while (this[list].length === count && this.now < began + 3_600_000) await this.pass(step);
    return this.now - began;
  }
  async happens(name, event = {}) {
    this.handlers[name]?.forEach((fn) => fn(event));
    await this.settle();
  }
  async show(visible) {
    this.document.hidden = !visible;
    await this.happens('visibilitychange');
  }
  get socket() {
    return this.sockets.at(-1);
  }
  get stream() {
    return this.streams.at(-1);
  }
  get request() {
    return this.fetches.at(-1);
  }
}

// A page with one helper, and what it was told.
export async function page(world, options, base = '/') {
  const sb = world.load()(base, options);
  const told = { events: [], gap: [], state: [], error: [], members: [], join: [], leave: [] };
  const plain = (value) => (typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value);
  for (const what of Object.keys(told).slice(1)) sb.on(what, (...args) => told[what].push(args.length > 1 ? args.map(plain) : plain(args[0])));
  const join = (channel) => sb.subscribe(channel, (event) => told.events.push(plain(event)));
  return { sb, told, join, data: () => told.events.map((event) => event.data) };
}

export const event = (channel, data, cursor = `c${data}`) => ({ type: 'event', channel, event: 'e', data, id: `id-${cursor}`, cursor });
