// Draws the charts of docs/PERFORMANCE.md from bench/results: node charts.mjs.  Plain SVG that reads in light and dark.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, '../docs/performance');
const read = (name) => {
  const file = path.join(here, 'results', `${name}.json`);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
};

const kWidth = 720, kBar = 22, kLeft = 190, kRight = 90;
const escape = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;');
const short = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(2)}M` : n >= 1e4 ? `${Math.round(n / 1e3)}k` : n >= 100 ? String(Math.round(n)) : n.toPrecision(3));
const style = `<style>text{font:13px system-ui,sans-serif;fill:#24292f}.dim{fill:#57606a}.title{font-weight:600}.grid{stroke:#d0d7de}
.limit{fill:#8c959f}.peer{fill:#bf8700}.ours{fill:#0969da}.l0{stroke:#8c959f}.l1{stroke:#0969da}.l2{stroke:#1a7f37}path{fill:none;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.grid{stroke:#3d444d}.ours{fill:#4493f8}.l1{stroke:#4493f8}.l2{stroke:#3fb950}}</style>`;
const svg = (height, body) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${height}" role="img">${style}\n${body.join('\n')}\n</svg>\n`;
const kind = (peer) => (peer.startsWith('signalbox') ? 'ours' : /^(rawfan|group-commit)/.test(peer) ? 'limit' : 'peer');

// Groups of horizontal bars, each from 0, with a scale of its own: `panels` are {title, unit, bars: [{name, value}]}.
function bars(title, panels) {
  const body = [`<text class="title" x="8" y="20">${escape(title)}</text>`];
  let y = 34;
  for (const panel of panels) {
    const most = Math.max(...panel.bars.map((b) => b.value));
    body.push(`<text class="dim" x="8" y="${y + 14}">${escape(panel.title)} (${escape(panel.unit)})</text>`);
    y += 22;
    for (const { name, value } of panel.bars) {
      const width = Math.max(1, (kWidth - kLeft - kRight) * value / most);
      body.push(`<text x="${kLeft - 8}" y="${y + 15}" text-anchor="end">${escape(name)}</text>`
        + `<rect class="${kind(name)}" x="${kLeft}" y="${y + 3}" width="${width.toFixed(1)}" height="${kBar - 6}" rx="2"/>`
        + `<text class="dim" x="${(kLeft + width + 6).toFixed(1)}" y="${y + 15}">${short(value)}</text>`);
      y += kBar;
    }
    y += 10;
  }
  return svg(y, body);
}

// Lines over a logarithmic x axis; y from 0.
function curves(title, xTitle, yTitle, series) {
  const height = 300, left = 60, right = kWidth - 150, top = 40, bottom = height - 46;
  const points = series.flatMap((s) => s.points);
  const xs = points.map((p) => Math.log10(p[0])), most = Math.max(...points.map((p) => p[1])) * 1.1;
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const at = ([x, y]) => [left + (right - left) * (Math.log10(x) - low) / (high - low || 1), bottom - (bottom - top) * y / most];
  const body = [`<text class="title" x="8" y="20">${escape(title)}</text>`,
    `<text class="dim" x="${(left + right) / 2}" y="${height - 8}" text-anchor="middle">${escape(xTitle)}</text>`,
    `<text class="dim" x="8" y="36">${escape(yTitle)}</text>`];
  for (let i = 0; i <= 4; ++i) {
    const y = bottom - (bottom - top) * i / 4;
    body.push(`<line class="grid" x1="${left}" y1="${y}" x2="${right}" y2="${y}"/>`
      + `<text class="dim" x="${left - 6}" y="${y + 4}" text-anchor="end">${short(most * i / 4 || 0)}</text>`);
  }
  for (const x of new Set(points.map((p) => p[0]))) {
    body.push(`<text class="dim" x="${at([x, 0])[0]}" y="${bottom + 18}" text-anchor="middle">${short(x)}</text>`);
  }
  series.forEach(({ name, points: own }, i) => {
    const line = own.map((p) => at(p).map((n) => n.toFixed(1)).join(' ')).join(' L');
    const [x, y] = at(own[own.length - 1]);
    body.push(`<path class="l${i % 3}" d="M${line}"/><text x="${x + 8}" y="${y + 4 + (i === 2 ? 14 : 0)}">${escape(name)}</text>`);
  });
  return svg(height, body);
}

const panel = (group, figure, unit, title = group.name) => ({
  title, unit, bars: group.rows.filter((r) => r.figures[figure] !== undefined).map((r) => ({ name: r.peer, value: r.figures[figure] })),
});
const draw = {
  fanout: (r) => bars(r.title, r.groups.map((g) => panel(g, 'deliveries', 'deliveries/s'))),
  crowd: (r) => bars(r.title, [panel(r.groups[0], 'cpu', 'us of CPU per delivery', 'server'),
    panel(r.groups[0], 'user', 'us of CPU per delivery', 'its own part, without the kernel'), panel(r.groups[0], 'p99', 'ms', 'latency p99')]),
  memory: (r) => bars(r.title, [panel(r.groups[0], 'memory', 'bytes')]),
  connect: (r) => bars(r.title, [panel(r.groups[0], 'connects', 'connects/s')]),
  unicast: (r) => bars(r.title, [panel(r.groups[0], 'messages', 'messages/s')]),
  tls: (r) => bars(r.title, [panel(r.groups[0], 'deliveries', 'deliveries/s')]),
  callbacks: (r) => bars(r.title, r.groups.map((g) => panel(g, 'requests', 'requests/s'))),
  growth: (r) => {
    const of = (series, figure) => {
      const groups = r.groups.filter((g) => g.series === series);
      return [...new Set(groups.flatMap((g) => g.rows.map((row) => row.peer)))].map((name) => ({
        name,
        points: groups.flatMap((g) => g.rows.filter((row) => row.peer === name && row.figures[figure] > 0).map((row) => [g.x, row.figures[figure]])),
      }));
    };
    const write = (file, text) => fs.writeFileSync(path.join(target, file), text);
    write('growth-memory.svg', curves('Memory of the server per client', 'clients', 'bytes', of('clients', 'memory')));
    write('growth-channels.svg', curves('10,000 clients on ever more channels', 'channels', 'us of CPU per delivery', of('channels', 'cpu')));
    return curves('CPU per delivery as clients grow', 'clients', 'us of CPU per delivery', of('clients', 'cpu'));
  },
};

// An empty log stands at 1,000, as there is no 0 on a logarithmic axis.
draw['log-growth'] = (r) => {
  const points = (field) => r.lines.map((l) => [Math.max(1000, l.events), l[field]]);
  fs.writeFileSync(path.join(target, 'growth-log-read.svg'), curves('Reading 100 old events of one channel from the disk',
    'events in the log (leftmost: none)', 'us', [{ name: 'read', points: points('read_us') }]));
  return curves('A durable, deduplicated event as the log grows', 'events in the log (leftmost: none)', 'us of CPU per event',
    [{ name: 'append', points: points('cpu_us_per_append') }]);
};

fs.mkdirSync(target, { recursive: true });
for (const [name, make] of Object.entries(draw)) {
  const result = read(name);
  if (result) fs.writeFileSync(path.join(target, `${name}.svg`), make(result));
}
