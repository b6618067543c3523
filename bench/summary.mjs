// Medians, ratios and verdicts of the lines that fanbench and hookbench print.  Pure.
import { figures } from './cases.mjs';

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Why a run says nothing: it lost something, or somebody else worked on the machine.
export function disturbed(line) {
  if (line.stalled || line.lost > 0 || line.failed > 0 || line.disconnected > 0 || line.refused > 0) {
    return `lost ${line.lost ?? 0}, failed ${line.failed ?? 0}, refused ${line.refused ?? 0} ${line.error ?? ''}`.trim();
  }
  if (line.niced_s > 0.1) return `strangers took ${line.niced_s} s`;
  return '';
}

export const value = (line, figure) => (figures[figure].of ? figures[figure].of(line) : line[figures[figure].field]);

// One row for each peer: the median of each figure, and how far its runs lie apart (largest over smallest).
export function rows(group, lines) {
  return group.peers.map((peer) => {
    const mine = lines.filter((line) => line.group === group.name && line.label === peer);
    if (mine.length === 0) return null;
    const row = { peer, runs: mine.length, figures: {}, spread: {} };
    for (const figure of new Set([...group.figures, ...group.targets.map((t) => t.figure)])) {
      const values = mine.map((line) => value(line, figure)).filter((v) => Number.isFinite(v));
      if (values.length === 0) continue;
      row.figures[figure] = median(values);
      row.spread[figure] = Math.min(...values) > 0 ? Math.max(...values) / Math.min(...values) : 1;
    }
    return row;
  }).filter(Boolean);
}

// Whether each target was met: what was measured, and what was to be reached.
export function verdicts(group, table) {
  const at = (peer) => table.find((row) => row.peer === peer);
  return group.targets.flatMap(({ peer, figure, against, ratio }) => {
    const mine = at(peer)?.figures[figure];
    const other = against === null ? 1 : at(against)?.figures[figure];
    if (mine === undefined || !other) return [];
    const reached = mine / other;
    const met = figures[figure].better === 'more' ? reached >= ratio : reached <= ratio;
    return [{ peer, figure, against, wanted: ratio, reached, met }];
  });
}

const cell = (number, digits) => (number === undefined ? '-' : number.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, digits ? '' : ','));

export function print(group, table, verdict) {
  const width = 22;
  const heads = group.figures.map((f) => figures[f].title);
  const first = group.figures.find((f) => figures[f].better !== 'none');
  const ratio = (row, peer) => {
    const other = table.find((r) => r.peer === peer)?.figures[first];
    return other ? (row.figures[first] / other).toFixed(2) : '-';
  };
  const columns = [...heads, ...(group.limit ? ['x limit'] : []), ...(group.recipe ? ['x recipe'] : [])];
  console.log(`\n${group.name}: medians of ${table[0]?.runs ?? 0}`);
  console.log('peer'.padEnd(width) + columns.map((c) => c.padStart(Math.max(11, c.length + 2))).join(''));
  for (const row of table) {
    const cells = [...group.figures.map((f) => cell(row.figures[f], figures[f].digits)),
      ...(group.limit ? [ratio(row, group.limit)] : []), ...(group.recipe ? [ratio(row, group.recipe)] : [])];
    console.log(row.peer.padEnd(width) + cells.map((c, i) => c.padStart(Math.max(11, columns[i].length + 2))).join(''));
  }
  for (const v of verdict) {
    const sign = figures[v.figure].better === 'more' ? '>=' : '<=';
    const unit = v.against === null ? '' : ` x ${v.against}`;
    const said = `${v.reached.toPrecision(3)}${unit}, wanted ${sign} ${v.wanted.toPrecision(3)}`;
    console.log(`  ${v.met ? 'met   ' : 'MISSED'} ${v.peer} ${figures[v.figure].title}: ${said}`);
  }
}

// A floor (`least` for what should be more, `most` for what should be less) against the ratio of a table's medians.  The
// runs' own spread, of both peers, is the noise that is forgiven.
export function judge({ peer, figure, against, least, most }, table) {
  const at = (name) => table.find((row) => row.peer === name);
  const mine = at(peer), other = against ? at(against) : null;
  if (!mine || (against && !other)) return { fine: false, text: `was not measured: no run of ${mine ? against : peer} stood undisturbed` };
  const ratio = mine.figures[figure] / (other ? other.figures[figure] : 1);
  const noise = Math.sqrt(mine.spread[figure] * (other ? other.spread[figure] : 1));
  const fine = least === undefined ? ratio <= most * noise : ratio >= least / noise;
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  return { fine, ratio, noise, text: `${ratio.toPrecision(3)}${against ? ` x ${against}` : ''}, wanted ${bound}, noise of these runs ${noise.toFixed(2)}` };
}
