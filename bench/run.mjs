// node run.mjs [CASE ... | all]: see bench/run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.mjs';
import { measure } from './measure.mjs';
import { print, rows, verdicts } from './summary.mjs';

const results = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');
const repeats = Number(process.env.REPEATS || 3), secs = Number(process.env.SECS || 3);
const asked = process.argv.slice(2);
if (asked.length === 0) {
  console.log('bench/run CASE ... | all\n');
  for (const [name, { title }] of Object.entries(cases)) console.log(`  ${name.padEnd(10)} ${title}`);
  process.exit(0);
}
const names = asked.includes('all') ? Object.keys(cases) : asked;
for (const name of names) {
  if (cases[name]) continue;
  console.error(`bench: there is no case '${name}'; the cases are ${Object.keys(cases).join(', ')} and all`);
  process.exit(2);
}
const machine = {
  cpu: os.cpus()[0].model, cores: os.cpus().length, kernel: os.release(), node: process.version,
  redis: /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))[1],
};
let missed = 0;
for (const name of names) {
  const { title, runner, groups } = cases[name];
  console.log(`\n==== ${name}: ${title}`);
  const out = { title, machine, repeats, secs, groups: [] };
  for (const group of groups(secs)) {
    const lines = measure(runner, group, repeats, secs, (text) => process.stderr.write(`${text}\n`));
    const table = rows(group, lines), verdict = verdicts(group, table);
    print(group, table, verdict);
    missed += verdict.filter((v) => !v.met).length;
    const { args, targets, ...kept } = group;
    out.groups.push({ ...kept, rows: table, verdicts: verdict, lines });
  }
  fs.writeFileSync(path.join(results, `${name}.json`), `${JSON.stringify(out, null, 1)}\n`);
}
console.log(`\n${missed === 0 ? 'all targets met' : `${missed} targets missed`}`);
