// Medians and ratios of fanbench's lines: node summary.mjs LINES RESULT
//
// Prints one table a window; writes RESULT with the machine, the medians and every line.
import fs from 'node:fs';
import os from 'node:os';
import { execFileSync } from 'node:child_process';

const [linesFile, resultFile] = process.argv.slice(2);
const runs = fs.readFileSync(linesFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

// A run that lost messages or clients, or stalled, is no figure but a failure.
const bad = runs.filter((r) => r.lost !== 0 || r.stalled || r.failed || r.disconnected);

const medians = [];
for (const window of new Set(runs.map((r) => r.window))) {
  for (const peer of new Set(runs.map((r) => r.label))) {
    const mine = runs.filter((r) => r.window === window && r.label === peer);
    if (mine.length === 0) continue;
    const of = (field) => median(mine.map((r) => r[field]));
    const cpu = of('srv_us_per_delivery');
    const user = of('srv_user_us_per_delivery');
    medians.push({ window, peer, deliveries_per_s: of('deliveries_per_s'), cpu_us: cpu, user_us: user, system_us: cpu - user,
      p50_us: of('p50_us'), p99_us: of('p99_us'), generator_busy: of('gen_busy') });
  }
}

const column = (text, width) => String(text).padStart(width);
for (const window of new Set(medians.map((m) => m.window))) {
  const rows = medians.filter((m) => m.window === window);
  const at = (peer) => rows.find((m) => m.peer === peer);
  const ratio = (mine, other) => (other ? (other.cpu_us / mine.cpu_us).toFixed(2) : '-');
  const repeats = runs.filter((r) => r.window === window && r.label === rows[0].peer).length;
  console.log(`\nwindow ${window}: ${runs[0].conns} clients, ${runs[0].size} bytes, medians of ${repeats}`);
  const heads = [['deliveries/s', 14], ['CPU us', 9], ['user', 8], ['system', 8], ['p99 ms', 9], ['x sio4', 9], ['x limit', 9]];
  console.log('peer'.padEnd(16) + heads.map(([name, width]) => column(name, width)).join(''));
  for (const m of rows) {
    const cells = [Math.round(m.deliveries_per_s), m.cpu_us.toFixed(2), m.user_us.toFixed(2), m.system_us.toFixed(2),
      (m.p99_us / 1000).toFixed(1), ratio(m, at('sio4')), ratio(m, at('rawfan-batch'))];
    console.log(m.peer.padEnd(16) + cells.map((cell, i) => column(cell, heads[i][1])).join(''));
  }
}
console.log('\nCPU us: of the server, per delivery.  x sio4, x limit: deliveries per CPU second against the Node recipe on Socket.IO 4,');
console.log('and against rawfan-batch, which does nothing but one send per client for all messages that came together.');

fs.writeFileSync(resultFile, `${JSON.stringify({
  machine: { cpu: os.cpus()[0].model, cores: os.cpus().length, kernel: os.release(), node: process.version,
    redis: /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))[1] },
  medians,
  runs,
}, null, 1)}\n`);
if (bad.length > 0) {
  const words = bad.map((r) => `${r.label} (window ${r.window}): lost ${r.lost}, failed ${r.failed}, `
    + `disconnected ${r.disconnected}, ${r.error || 'stalled'}`);
  console.error(`${bad.length} runs lost messages or clients: ${[...new Set(words)].join('; ')}`);
  process.exit(1);
}
