// scripts/run as a newcomer types it: one command starts everything, Ctrl-C ends everything.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { assert, freePort, once, request, root, scenario, until } from './harness.mjs';

const kBuildMs = 300_000; // the program may have to be built first

// Command lines of all processes that hold this text.
function commandsWith(text) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(text) ? [command] : [];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

async function quickStart(world) {
  const port = await freePort();
  const adminPort = await freePort();
  const env = { ...process.env, SIGNALBOX_PORT: String(port), SIGNALBOX_ADMIN_PORT: String(adminPort), TMPDIR: world.folder };
  delete env.REDIS_URL;
  // A process group of its own, as a shell gives it: Ctrl-C goes to all of the group.
  const child = spawn(path.join(root, 'scripts/run'), [], { env, detached: true, cwd: world.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, port, out: '', exited: new Promise((resolve) => child.on('close', (code) => resolve(code))) };
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (text) => { run.out += text; });
  child.on('close', () => { run.ended = true; });
  world.atEnd(() => { if (!run.ended) process.kill(-child.pid, 'SIGKILL'); });
  await until('scripts/run prints how to publish', () => {
    assert.ok(!run.ended, run.out);
    return /\n  Stop .*\n/.test(run.out);
  }, kBuildMs);
  run.publish = /Publish\s+(.*)\n/.exec(run.out)[1];
  run.curl = /or\s+(curl .*)\n/.exec(run.out)[1];
  return run;
}

for (const [what, end] of Object.entries({
  'Ctrl-C': (child) => process.kill(-child.pid, 'SIGINT'),
  SIGTERM: (child) => child.kill('SIGTERM'),
})) {
  scenario(`scripts/run starts the quick start, its printed command publishes, ${what} ends it all`, async (world) => {
    const run = await quickStart(world);
    assert.ok(run.out.includes(`http://127.0.0.1:${run.port}/`));
    const page = await request(`http://127.0.0.1:${run.port}/`);
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /text\/html/);
    const socket = await world.connected(4, `http://127.0.0.1:${run.port}`);
    socket.emit('subscribe', { channel: 'tok123' });
    await once(socket, 'subscription_succeeded');
    for (const command of [run.publish, run.curl]) {
      const heard = once(socket, 'wechat.login');
      execFileSync('sh', ['-c', command]);
      assert.deepEqual((await heard).slice(0, 2), ['tok123', { id: 7, name: 'Li' }]); // and its cursor
    }
    socket.close();
    assert.ok(commandsWith(world.folder).length > 0, 'redis-server runs in the temporary folder');
    end(run.child);
    await run.exited;
    await until('nothing that it started is left', () => commandsWith(world.folder).length === 0);
    await assert.rejects(request(`http://127.0.0.1:${run.port}/`));
    assert.deepEqual(fs.readdirSync(world.folder), [], 'nor any file');
  }, { timeoutMs: kBuildMs + 60_000 });
}
