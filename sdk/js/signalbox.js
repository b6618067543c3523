// signalbox.js: events of channels in a page, with nothing missed.  See README.md beside this file.
//
//   signalbox(base, options) -> sb
//   sb.subscribe('pay.7', ({ channel, event, data, id, cursor }) => …) -> a function that ends it
//   sb.on('gap', ({ channel }) => …)
//   sb.on('state', (state, transport) => …)            'connecting' or 'open'; 'ws', 'sse' or 'poll'
//   sb.on('error', ({ code, message, channel }) => …)  what the server refused
//
// A channel's cursor says where its reading goes on: it is kept for the tab and shown to the server on every return.
globalThis.signalbox = (base = '/', options = {}) => {
  const { ws = 'ws', sse = 'events', token, storage, transports = ['ws', 'sse', 'poll'] } = options;
  const root = new URL(base.replace(/\/?$/, '/'), location.href).href;
  const kSeenMax = 1000; // cursors of a channel that are remembered, so that no event is given twice
  const kOpenMs = 1e4; // a connection that has not opened by then has failed
  const kPingMs = 25e3; // a WebSocket that is silent for so long is asked whether it still lives,
  const kPongMs = 4e3; // and has so long to answer
  const kSteadyMs = 5e3; // after a connection that held so long, the pauses between attempts begin anew:
  const kPauseMs = 500; // random, the first up to twice this, each up to twice the one before,
  const kPauseMaxMs = 3e4; // all up to this
  const kBestMs = 6e5; // on a fallback for so long, the best transport is tried again
  const kWaitSeconds = 25; // of a long poll
  const kRestMs = 1e3; // after one without an event: a server, or what stands before it, may not wait

  const channels = new Map(); // name -> [handlers, cursors seen]
  const cursors = { __proto__: null }; // of those channels, by name
  const listeners = { gap: [], state: [], error: [] };
  let at = 0; // which of the transports
  let unopened = 0; // how often in a row that one failed to open
  let attempts = 0; // ... and connections failed that did not hold
  let current = new AbortController(); // ends the connection of now
  let post; // says something on it, where that can be done
  let timer; // what becomes of it: giving up, asking whether it lives, another attempt
  let pausing; // until that attempt
  let changing; // channels came or went in this turn
  let bestTimer;

  const after = (ms, then) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  // What a handler throws is its own affair, and goes where uncaught errors go.
  const call = (fn, ...args) => {
    try {
      fn(...args);
    } catch (error) {
      setTimeout(() => { throw error; });
    }
  };
  const tell = (what, ...args) => listeners[what].forEach((fn) => call(fn, ...args));
  const state = (word) => tell('state', word, transports[at]);

  // Storage may be missing, forbidden or full: then a cursor lives as long as the page.
  const stored = (how, name, cursor) => {
    try {
      return (storage === undefined ? sessionStorage : storage)[how + 'Item']('signalbox ' + root + ' ' + name, cursor);
    } catch {}
  };
  const keep = (name, cursor) => {
    if (cursor && channels.has(name)) stored('set', name, (cursors[name] = cursor));
  };
  const deliver = (event) => {
    const [fns, seen] = channels.get(event.channel) || [];
    const { cursor } = event;
    if (!seen || seen.has(cursor)) return;
    if (cursor) seen.add(cursor);
    if (seen.size > kSeenMax) seen.delete([...seen][0]);
    [...fns].forEach((fn) => call(fn, event));
    keep(event.channel, cursor);
  };

  // Each channel with its own cursor: they may have come over different connections, and cursors cannot be compared.
  const address = (path, names, key, value) => {
    const url = new URL(path, root);
    const add = (field, text = '') => url.searchParams.append(field, text);
    names.forEach((name) => {
      add('channel', name);
      add('since', cursors[name]);
    });
    if (key) add(key, value);
    if (token) add('token', token.call ? token() : token);
    return url;
  };

  // Takes what came to these channels since; how many events that were, and whether there is more.
  const read = async (signal, names, wait) => {
    const answer = await fetch(address(sse, names, 'wait', wait), { signal, headers: { accept: 'application/json' } });
    if (!answer.ok) tell('error', { code: answer.status });
    const { gap, events, cursor, more, refused = [] } = await answer.json();
    refused.forEach((channel) => tell('error', { code: 403, channel }));
    if (gap) names.forEach((channel) => tell('gap', { channel }));
    events.forEach(deliver);
    // An answer that was cut has not come to the place yet where some channels are already.
    names.forEach((name) => (more && cursors[name]) || keep(name, cursor));
    return [events.length, more];
  };

  const start = {
    async ws(signal, opened, lost) {
      const socket = new WebSocket(address(ws, []).href.replace('http', 'ws'), 'signalbox.v1');
      signal.onabort = () => socket.close();
      const asked = []; // for which channel, by `ref`
      post = (type, channel) => {
        if (socket.readyState != 1) return;
        socket.send(JSON.stringify({ type, channel, since: cursors[channel], ref: channel && asked.push(channel) }));
        if (!channel) after(kPongMs, lost);
      };
      socket.onopen = () => [...channels.keys()].forEach((name) => post('subscribe', name));
      socket.onmessage = ({ data }) => {
        opened();
        after(kPingMs, () => post('ping'));
        const { type, ref, ...rest } = JSON.parse(data);
        if (type == 'event') deliver(rest);
        if (type in listeners) tell(type, { channel: asked[ref - 1], ...rest });
        keep(rest.channel, rest.cursor);
      };
      socket.onclose = lost;
    },

    async sse(signal, opened, lost, names) {
      // An EventSource does not tell the cursor it begins with, and without one a quiet stream could not be resumed.
      while ((await read(signal, names, 0))[1]);
      const source = new EventSource(address(sse, names, 'format', 'envelope'));
      signal.onabort = () => source.close();
      source.onmessage = ({ data, lastEventId: cursor }) => {
        deliver({ id: cursor, ...JSON.parse(data), cursor });
        names.forEach((name) => keep(name, cursor));
      };
      source.addEventListener('signalbox.gap', ({ data }) => tell('gap', JSON.parse(data)));
      source.onopen = opened;
      source.onerror = lost;
    },

    async poll(signal, opened, lost, names) {
      for (let wait = 0; ; wait = kWaitSeconds) {
        const [some] = await read(signal, names, wait);
        opened();
        if (!some) await new Promise((go) => setTimeout(go, kRestMs));
      }
    },
  };

  const end = () => {
    clearTimeout(timer);
    current.abort();
    post = pausing = 0;
  };
  const connect = () => {
    end();
    if (!channels.size) return;
    const { signal } = (current = new AbortController());
    let openedAt;
    const opened = () => {
      if (openedAt) return;
      clearTimeout(timer);
      openedAt = Date.now();
      unopened = 0;
      state('open');
    };
    const lost = () => {
      if (signal.aborted) return;
      end();
      attempts = Date.now() - openedAt > kSteadyMs ? 0 : attempts + 1;
      if (!openedAt && ++unopened > 1) {
        unopened = 0;
        at = ++at % transports.length;
        clearTimeout(bestTimer);
        bestTimer = at && setTimeout(best, kBestMs);
      }
      pausing = 1;
      state('connecting');
      after(Math.random() * Math.min(kPauseMaxMs, kPauseMs * 2 ** attempts), connect);
    };
    after(kOpenMs, lost);
    start[transports[at]](signal, opened, lost, [...channels.keys()]).catch(lost);
  };
  const best = () => {
    at = unopened = 0;
    connect();
  };

  // After a sleep a WebSocket may be dead without knowing; a stream is begun anew, which costs little and is certain.
  // Another network is a reason to begin from the top.
  const wake = () => {
    if (!document.hidden) post ? post('ping') : connect();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', wake);
  addEventListener('online', best);

  // A change of channels is told on a WebSocket; anything else begins anew, once for all changes of this turn.
  const changed = (type, name) => {
    if (post) post(type, name);
    changing ||= setTimeout(() => {
      changing = 0;
      (post && channels.size) || pausing || connect();
    });
  };

  return {
    subscribe(name, fn) {
      if (!channels.has(name)) {
        channels.set(name, [new Set(), new Set()]);
        keep(name, stored('get', name));
        changed('subscribe', name);
      }
      const own = (event) => fn(event);
      const [fns] = channels.get(name);
      fns.add(own);
      return () => {
        if (!fns.delete(own) || fns.size) return;
        // Whoever leaves a channel and joins it again is new to it.
        channels.delete(name);
        delete cursors[name];
        stored('remove', name);
        changed('unsubscribe', name);
      };
    },
    on: (what, fn) => listeners[what].push(fn),
  };
};
