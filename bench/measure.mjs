// Runs peers in turn and gathers the lines of what stood undisturbed.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { disturbed } from './summary.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const kAgainMax = 2; // runs that may be repeated, of one peer and repeat

function once(command, args) {
  const done = spawnSync(command, args.map(String), { encoding: 'utf8', timeout: 180_000 });
  if (done.status !== 0) return { failure: (done.stderr || done.error?.message || `ended with ${done.status}`).trim().split('\n').slice(-3).join(' | ') };
  return JSON.parse(done.stdout.trim().split('\n').pop());
}

// What a disk can do at most: 64 writers that share each sync.
function groupCommit(secs) {
  const folder = process.env.BENCH_DISK || path.join(here, '../build/bench');
  const done = spawnSync(path.join(here, '../build/bench/fsyncbench'), [folder, String(secs)], { encoding: 'utf8' });
  const lines = done.stdout.trim().split('\n').map((line) => JSON.parse(line));
  const line = lines.find((l) => l.case === 'group 64');
  return { requests_per_s: line.records_per_s, p99_us: line.p99_us };
}

export function run(kind, peer, args, secs) {
  if (peer === 'group-commit') return groupCommit(secs);
  return once(path.join(here, 'peers', kind === 'hooks' ? 'hooks' : 'run'), [peer, ...args]);
}

// All lines of one group.  Peers in turn, not one peer's repeats in a row: what the machine does meanwhile hits all alike.
export function measure(kind, group, repeats, secs, say = () => {}) {
  const lines = [];
  for (let repeat = 1; repeat <= repeats; ++repeat) {
    for (const peer of group.peers) {
      for (let again = 0; again <= kAgainMax; ++again) {
        const args = typeof group.args === 'function' ? group.args(peer) : group.args;
        const line = run(kind, peer, args, secs);
        const why = line.failure ?? disturbed(line);
        if (!why) {
          lines.push({ ...line, label: peer, group: group.name });
          break;
        }
        say(`${group.name}, ${peer}: thrown away: ${why}`);
      }
    }
    say(`${group.name}: ${repeat} of ${repeats}`);
  }
  return lines;
}
