// The short form that CI runs: node check.mjs.  A handful of cases, each judged by a ratio to the limit in the same run
// (memory: by bytes, which do not depend on the machine's mood) against its floor in floors.json.  It fails when the
// ratio lies below the floor by more than the runs themselves lay apart.
import fs from 'node:fs';
import { measure } from './measure.mjs';
import { judge, rows } from './summary.mjs';

const { repeats, secs, checks } = JSON.parse(fs.readFileSync(new URL('floors.json', import.meta.url), 'utf8'));
let passed = 0, failed = 0;
for (const { name, runner, args, floors } of checks) {
  const peers = [...new Set(floors.flatMap((f) => [f.against, f.peer]).filter(Boolean))];
  const group = { name, peers, args, figures: [...new Set(floors.map((f) => f.figure))], targets: [] };
  const lines = measure(runner, group, repeats, secs, (text) => process.stderr.write(`${text}\n`));
  const table = rows(group, lines);
  for (const floor of floors) {
    const verdict = judge(floor, table);
    console.log(`${verdict.fine ? 'ok    ' : 'not ok'} ${name}: ${floor.peer} ${floor.figure} ${verdict.text}`);
    if (verdict.fine) ++passed;
    else ++failed;
  }
}
console.log(`\n# pass ${passed}\n# fail ${failed}`);
process.exit(failed === 0 ? 0 : 1);
