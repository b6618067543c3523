// signalbox.js: events of channels in a page, with nothing missed.  See README.md beside this file.
//
//   signalbox(base, options) -> sb
//   sb.subscribe('pay.7', ({ channel, event, data, id, cursor }) => …) -> a function that ends it
//   sb.on('gap', ({ channel }) => …)
//   sb.on('state', (state, transport) => …)            'connecting' or 'open'; 'ws', 'sse' or 'poll'
//   sb.on('error', ({ code, message, channel }) => …)  what the server refused
//   sb.on('members', ({ channel, members }) => …)      everybody in a presence channel; and 'join' and 'leave':
//   sb.on('join', ({ channel, member }) => …)
//   sb.say('private-a', 'client-typing', data)         to the others there; false where there is no WebSocket
//
// A channel's cursor says where its reading goes on: it is kept for the tab and shown to the server on every return.
globalThis.signalbox = (base = '/', options = {}) => {
  const { ws = 'ws', sse = 'events', token, auth = token?.call && token, storage, transports = ['ws', 'sse', 'poll'] } = options;
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

  const channels = new Map(); // name -> [handlers, cursors seen, what is known of its admission]
  const cursors = { __proto__: null }; // of those channels, by name
  const listeners = { gap: [], state: [], error: [], members: [], join: [], leave: [] };
  let at = 0; // which of the transports
  let unopened = 0; // how often in a row that one failed to open
  let attempts = 0; // ... and connections failed that did not hold
  let current = new AbortController(); // ends the connection of now
  let post; // asks for something on it, where that can be done
  let send; // ... says it as it is
  let shown; // the last token, as JSON
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
  const pause = (n) => Math.random() * Math.min(kPauseMaxMs, kPauseMs * 2 ** n);
  const given = (what, name) => (what?.call ? what(name) : what);
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

  const admission = (name) => channels.get(name)?.[2] || {};
  const admitted = (channel, members) => {
    const own = admission(channel);
    own.tries = 0;
    if (!members) return;
    own.there = 1;
    tell('members', { channel, members });
  };
  // Whoever missed something does not know who is there.
  const missed = (name) => admission(name).there && changed('subscribe', name);
  // What was refused is asked for again after a while, where that may help: it could not be judged, or there may be
  // other credentials than those that were no good.
  const refused = (error, offered) => {
    tell('error', error);
    const own = admission(error.channel);
    const stale = /^(unau|exp|401)/.test(error.code);
    if (own.wait || (stale ? !auth?.call || (offered && offered == own.bad) : !/^(unav|rate|429|5)/.test(error.code))) return;
    if (stale) own.bad = offered;
    own.wait = setTimeout(() => {
      own.wait = 0;
      if (admission(error.channel) == own) changed('subscribe', error.channel);
    }, pause((own.tries = -~own.tries)));
  };

  // Each channel with its own cursor: they may have come over different connections, and cursors cannot be compared.
  const address = async (path, names, key, value) => {
    const url = new URL(path, root);
    const add = (field, text = '') => url.searchParams.append(field, text);
    names.forEach((name) => {
      add('channel', name);
      add('since', cursors[name]);
    });
    if (key) add(key, value);
    const offer = await given(token);
    shown = JSON.stringify(offer);
    if (offer) add('token', offer);
    return url;
  };

  // Takes what came to these channels since; how many events that were, and whether there is more.
  const read = async (signal, names, wait) => {
    const answer = await fetch(await address(sse, names, 'wait', wait), { signal, headers: { accept: 'application/json' } });
    if (!answer.ok) throw tell('error', { code: answer.status });
    const { gap, events, cursor, more, refused: none = [], codes = {}, members = {} } = await answer.json();
    none.forEach((channel) => {
      refused({ code: codes[channel] || 403, channel }, shown);
      names.splice(names.indexOf(channel), 1); // this connection does without it
    });
    names.forEach((name) => admitted(name, members[name]));
    if (gap) names.forEach((channel) => tell('gap', { channel }));
    events.forEach(deliver);
    // An answer that was cut has not come to the place yet where some channels are already.
    names.forEach((name) => (more && cursors[name]) || keep(name, cursor));
    if (!names.length) throw 0;
    return [events.length, more];
  };

  const start = {
    async ws(signal, opened, lost) {
      const { href } = await address(ws, []);
      if (signal.aborted) return;
      const socket = new WebSocket(href.replace('http', 'ws'), 'signalbox.v1');
      signal.onabort = () => socket.close();
      const asked = []; // for which channel and with what, by `ref`
      send = (message) => socket.readyState == 1 && !socket.send(JSON.stringify(message));
      const ask = async (type, channel) => {
        if (socket.readyState != 1) return;
        const own = type == 'subscribe' && auth ? await given(auth, channel) : undefined;
        if (own && !channels.has(channel)) return;
        const ref = channel && asked.push([channel, JSON.stringify(own)]);
        send({ type, channel, since: cursors[channel], auth: own, ref });
        if (!channel) after(kPongMs, lost);
      };
      post = (...args) => ask(...args).catch(lost);
      socket.onopen = () => [...channels.keys()].forEach((name) => post('subscribe', name));
      socket.onmessage = ({ data }) => {
        opened();
        after(kPingMs, () => post('ping'));
        const { type, ref, ...rest } = JSON.parse(data);
        const [name, own] = asked[ref - 1] || [];
        const { channel = name } = rest;
        if (type == 'event') deliver(rest);
        const told = { channel, ...rest };
        // 0 is what was said to others: nothing to be asked for again.
        if (type == 'error' && ref !== 0) refused(told, own);
        else if (type in listeners) tell(type, told);
        if (type == 'subscribed') admitted(channel, rest.members);
        if (type == 'gap') missed(channel);
        keep(channel, rest.cursor);
      };
      socket.onclose = lost;
    },

    async sse(signal, opened, lost, names) {
      // An EventSource does not tell the cursor it begins with, and without one a quiet stream could not be resumed.
      while ((await read(signal, names, 0))[1]);
      const url = await address(sse, names, 'format', 'envelope');
      if (signal.aborted) return;
      const source = new EventSource(url);
      signal.onabort = () => source.close();
      source.onmessage = ({ data, lastEventId: cursor }) => {
        deliver({ id: cursor, ...JSON.parse(data), cursor });
        names.forEach((name) => keep(name, cursor));
      };
      const on = (what, fn) => source.addEventListener('signalbox.' + what, ({ data }) => fn(JSON.parse(data)));
      ['members', 'join', 'leave'].forEach((what) => on(what, (said) => tell(what, said)));
      on('gap', (said) => {
        tell('gap', said);
        missed(said.channel);
      });
      on('refused', ({ code, channel }) => refused({ code, channel }));
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
    post = send = pausing = null;
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
      after(pause(attempts), connect);
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
    post?.(type, name);
    changing ||= setTimeout(() => {
      changing = 0;
      (post && channels.size) || pausing || connect();
    });
  };

  return {
    subscribe(name, fn) {
      if (!channels.has(name)) {
        channels.set(name, [new Set(), new Set(), {}]);
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
    say: (channel, event, data) => !!send?.({ type: 'event', channel, event, data, ref: 0 }),
    on: (what, fn) => listeners[what].push(fn),
  };
};
