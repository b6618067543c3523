// The program's figures by what they mean: the one place that knows their names.
const kNames = {
  connections: 'signalbox_connections',
  events: 'signalbox_events_total',
  outboxOverflows: 'signalbox_outbox_overflow_total',
  redisReconnects: 'signalbox_redis_reconnects_total',
  redisAwaySeconds: 'signalbox_redis_away_seconds_total',
  redisMalformed: 'signalbox_redis_malformed_total',
  websocketsClosed: 'signalbox_websocket_closed_total',
  socketioClients: 'signalbox_socketio_clients',
  sessionsKept: 'signalbox_socketio_sessions_kept',
  streamsClosed: 'signalbox_sse_streams_closed_total',
};

// The text format of Prometheus: name{label="value",...} number
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, key, value] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[key] = value;
    samples.push({ name: match[1], labels, value: Number(match[3]) });
  }
  return samples;
}

// The sum of all series of `what` whose labels hold everything in `labels`.
export function figure(text, what, labels = {}) {
  const name = kNames[what];
  if (!name) throw new Error(`metrics.mjs knows no figure "${what}"`);
  return parseMetrics(text)
    .filter((s) => s.name === name && Object.entries(labels).every(([key, value]) => s.labels[key] === value))
    .reduce((sum, s) => sum + s.value, 0);
}
