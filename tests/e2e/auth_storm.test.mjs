// All pages come back at once: signalbox is started again under thousands of clients with a private channel each, and
// the application is asked about every one of them, never about more at a time than it is said to bear.
// E2E_STORM: how many clients (5000).
import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { AuthServer, admit } from './auth_server.mjs';
import { assert, scenario, sleep, until } from './harness.mjs';
import { membersBox } from './members.mjs';

const kClients = Number(process.env.E2E_STORM ?? 5000);
const kProcesses = 2;
const kConcurrency = 32;
const kThinkMs = 5;
const here = path.dirname(fileURLToPath(import.meta.url));

class Crowd {
  constructor(world, url) {
    const each = Math.ceil(kClients / kProcesses);
    this.children = Array.from({ length: kProcesses }, (_, i) => {
      const child = fork(path.join(here, 'storm_client.mjs'));
      world.atEnd(() => child.disconnect());
      child.send({ url, first: i * each, clients: Math.min(each, kClients - i * each) });
      return child;
    });
  }

  async state() {
    const states = await Promise.all(this.children.map((child) => new Promise((resolve) => {
      child.once('message', ({ state }) => resolve(state));
      child.send({ ask: 'state' });
    })));
    return {
      subscribed: states.reduce((n, s) => n + s.subscribed, 0),
      refused: states.reduce((n, s) => n + s.refused, 0),
      problems: states.flatMap((s) => s.problems),
    };
  }

  // How long it took until everybody was in.
  async all(what) {
    const begun = Date.now();
    await until(what, async () => (await this.state()).subscribed === kClients, 120_000, 50);
    return Date.now() - begun;
  }
}

const name = `${kClients} clients come back to their private channels after a restart: the calls stay under the cap, nobody is left out`;
scenario(name, async (world, t) => {
  const redis = await world.redis();
  const decide = async (call, response) => {
    await sleep(kThinkMs);
    // Each may be in his own channel only: whoever was given another's cookies would be found here.
    if (call.channel !== `private-user.${call.user}`) return response.writeHead(403).end();
    return admit(call, response);
  };
  const server = await AuthServer.start(world, decide);
  const laravel = { endpoint: server.url, concurrency: kConcurrency, queue: 20_000, cache: '0s', cookies: true };
  const options = { listener: { limits: { per_ip: 20_000 } }, extra: { lanes: 2, shutdown: '2s' } };
  const auth = { rules: [{ channels: ['private-*'], laravel }] };
  const box = await membersBox(world, redis, auth, options);
  const crowd = new Crowd(world, box.url);
  const firstMs = await crowd.all('everybody is in');
  assert.ok(server.calls.length >= kClients);
  const { code } = await box.process.end();
  assert.equal(code, 0);
  await until('everybody was cut off', async () => (await crowd.state()).subscribed === 0, 30_000);
  Object.assign(server, { calls: [], mostAtOnce: 0 });

  await membersBox(world, redis, auth, { ...options, port: box.port });
  const againMs = await crowd.all('everybody is in again');
  const { problems, refused } = await crowd.state();
  const report = `${kClients} clients: ${firstMs} ms to come in, ${againMs} ms to come back after the restart; `
    + `${server.calls.length} calls of ${kThinkMs} ms each, at most ${server.mostAtOnce} at a time (cap ${kConcurrency}), ${refused} refusals`;
  t.diagnostic(report);
  console.log(report);
  assert.ok(server.mostAtOnce <= kConcurrency, `${server.mostAtOnce} calls at a time`);
  assert.equal(new Set(server.calls.map((call) => call.channel)).size, kClients, 'every one was asked about');
  assert.deepEqual(problems, []);
}, { timeoutMs: 300_000 });
