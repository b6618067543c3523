// Writes docs/performance/RESULTS.md, the tables behind docs/PERFORMANCE.md, from bench/results: node tables.mjs
import fs from 'node:fs';
import { cases, figures } from './cases.mjs';

const number = (n, digits) => (n === undefined ? '–' : n.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const out = ['# Results', '', 'Made by `bench/run`; what the cases are is in [PERFORMANCE.md](../PERFORMANCE.md).  The limit and the recipe of a',
  'table stand in its heading; "met" says whether the target of its line was reached.', ''];
for (const name of Object.keys(cases)) {
  const file = new URL(`results/${name}.json`, import.meta.url);
  if (!fs.existsSync(file)) continue;
  const result = JSON.parse(fs.readFileSync(file, 'utf8'));
  const { cpu, cores, kernel, node, redis } = result.machine;
  out.push(`## ${name}: ${result.title}`, '',
    `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}, Redis ${redis}; ${result.repeats} runs of ${result.secs} s each.`, '');
  for (const group of result.groups) {
    const against = [group.limit && `limit ${group.limit}`, group.recipe && `recipe ${group.recipe}`].filter(Boolean).join(', ');
    out.push(`**${group.name}**${against ? ` (${against})` : ''}`, '', `| peer | ${group.figures.map((f) => figures[f].title).join(' | ')} |`,
      `| --- |${' ---: |'.repeat(group.figures.length)}`);
    for (const row of group.rows) out.push(`| ${row.peer} | ${group.figures.map((f) => number(row.figures[f], figures[f].digits)).join(' | ')} |`);
    out.push('');
    if (group.verdicts.length === 0) continue;
    out.push('| target | measured | wanted | met |', '| --- | ---: | ---: | --- |');
    for (const v of group.verdicts) {
      const sign = figures[v.figure].better === 'more' ? '≥' : '≤';
      const what = `${v.peer}, ${figures[v.figure].title}${v.against ? ` against ${v.against}` : ''}`;
      out.push(`| ${what} | ${v.reached.toPrecision(3)} | ${sign} ${v.wanted.toPrecision(3)} | ${v.met ? 'yes' : 'no'} |`);
    }
    out.push('');
  }
}
fs.mkdirSync(new URL('../docs/performance/', import.meta.url), { recursive: true });
fs.writeFileSync(new URL('../docs/performance/RESULTS.md', import.meta.url), `${out.join('\n').trim()}\n`);
