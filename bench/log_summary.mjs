// Medians and ratios of logbench's lines: node log_summary.mjs LINES RESULT
import fs from 'node:fs';
import os from 'node:os';

const [linesFile, resultFile] = process.argv.slice(2);
const runs = fs.readFileSync(linesFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const of = (name, field, writers) => median(runs.filter((r) => r.case === name && r.writers === writers).map((r) => r[field]));

const medians = { durable: [], replay: {}, memory: {}, live: {} };
const cell = (value, width = 12) => String(value).padStart(width);
console.log(`\ndurable appends, medians of ${runs.filter((r) => r.case === 'memory').length}`);
console.log('writers'.padEnd(8) + ['events/s', 'limit', 'ratio', 'p50 us', 'p99 us', 'limit p99'].map((head) => cell(head)).join(''));
for (const writers of new Set(runs.filter((r) => r.case === 'durable').map((r) => r.writers))) {
  const row = { writers, events_per_s: of('durable', 'events_per_s', writers), limit_per_s: of('limit', 'events_per_s', writers),
    p50_us: of('durable', 'p50_us', writers), p99_us: of('durable', 'p99_us', writers), limit_p99_us: of('limit', 'p99_us', writers) };
  row.ratio = row.events_per_s / row.limit_per_s;
  medians.durable.push(row);
  const cells = [row.events_per_s, row.limit_per_s, row.ratio.toFixed(2), row.p50_us, row.p99_us, row.limit_p99_us];
  console.log(String(writers).padEnd(8) + cells.map((v) => cell(v)).join(''));
}
for (const name of ['replay_memory', 'replay_disk', 'replay_select']) {
  medians.replay[name] = { events_per_s: of(name, 'events_per_s'), ms_per_10000: of(name, 'ms_per_10000') };
  console.log(`${name.padEnd(16)}${cell(medians.replay[name].events_per_s)} events/s${cell(medians.replay[name].ms_per_10000)} ms for 10,000`);
}
for (const field of ['data_bytes', 'bytes_per_event', 'deque_of_strings']) medians.memory[field] = of('memory', field);
console.log(`memory: ${medians.memory.bytes_per_event} bytes for an event with ${medians.memory.data_bytes} of data; `
  + `a deque of strings takes ${medians.memory.deque_of_strings}`);
for (const name of ['live_not_retained', 'live_retained']) medians.live[name] = of(name, 'ns_per_append');
console.log(`live: an append takes ${medians.live.live_not_retained} ns, ${medians.live.live_retained} ns when it is retained`);

fs.writeFileSync(resultFile, `${JSON.stringify({
  machine: { cpu: os.cpus()[0].model, cores: os.cpus().length, kernel: os.release() },
  medians,
  runs,
}, null, 1)}\n`);
