// A process with many Socket.IO clients that count what they get: told by its parent, reports to its parent.
//   in:  {url, version, clients, event}      out: {ready} {progress: slowest client's count} {problem} {state}
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const kReportMs = 50;
const kProblemsMax = 20;

process.on('message', ({ url, version, clients, event, ask }) => {
  if (ask === 'state') return process.send({ state: process.state() });
  const library = require(`socket.io-client-${version}`);
  const io = library.io ?? library;
  const counters = [];
  const problems = [];
  let connected = 0;
  for (let i = 0; i < clients; i += 1) {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnectionDelay: 100 });
    const counter = { count: 0, last: -1, gaps: [] };
    counters.push(counter);
    socket.on('connect', () => {
      connected += 1;
      if (connected === clients) process.send({ ready: true });
    });
    socket.on('disconnect', (reason) => {
      if (problems.length < kProblemsMax) problems.push(`client ${i} was disconnected: ${reason}`);
    });
    socket.on(event, ({ n }) => {
      counter.count += 1;
      if (n <= counter.last) {
        if (problems.length < kProblemsMax) problems.push(`client ${i} got ${n} after ${counter.last}`);
        return;
      }
      if (n !== counter.last + 1) counter.gaps.push([counter.last + 1, n - 1]);
      counter.last = n;
    });
  }
  process.state = () => ({ problems, counters });
  setInterval(() => {
    let slowest = Infinity;
    for (const { last } of counters) slowest = Math.min(slowest, last);
    process.send({ progress: slowest });
  }, kReportMs);
});

process.on('disconnect', () => process.exit(0));
