// What a test stands on: a redis-server of its own, the program with a pipeline file of its own, clients, and an end
// that leaves nothing behind.  SIGNALBOX_BIN names the program under test.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { figure } from './metrics.mjs';
import { Process } from './process.mjs';
import { RedisClient } from './redis.mjs';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
export const program = path.resolve(process.env.SIGNALBOX_BIN ?? path.join(root, 'build/release/bin/signalbox'));
if (!fs.existsSync(program)) throw new Error(`${program} is not there; build it first (scripts/build), or name another in SIGNALBOX_BIN`);
// Sanitizer builds are several times slower: their limits on time grow, the assertions stay.
export const patience = Number(process.env.E2E_PATIENCE ?? 1);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Thrown by a probe: waiting longer will not help.
class Hopeless extends Error {}

// Waits until `probe` answers something true; what it answered.
export async function until(what, probe, deadlineMs = 10_000, stepMs = 20) {
  const end = Date.now() + deadlineMs * patience;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${deadlineMs * patience} ms in vain: ${what}${last ? ` (${last.message})` : ''}`);
    await sleep(stepMs);
  }
}

// Below the range from which the kernel takes ports for outgoing connections.
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise((resolve) => {
      const server = net.createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

// One HTTP request; {status, headers, body}.
export function request(url, { method = 'GET', headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const clientVersions = [2, 3, 4];
export function socketIo(version) {
  const library = require(`socket.io-client-${version}`);
  return library.io ?? library;
}

class RedisServer {
  constructor(world, options) {
    this.world = world;
    this.options = options;
  }

  static async start(world, options = {}) {
    const server = new RedisServer(world, options);
    server.port = options.socket ? 0 : await freePort();
    if (options.socket) server.path = path.join(world.folder, 'redis.sock');
    await server.up();
    return server;
  }

  get url() {
    const { tls, password, username } = this.options;
    if (this.path) return `unix://${this.path}`;
    const who = password ? `${username ?? ''}:${password}@` : '';
    return `${tls ? 'rediss' : 'redis'}://${who}127.0.0.1:${this.port}/0`;
  }

  async up() {
    const { tls, password, username, acl, clientCertificates = false } = this.options;
    const args = ['--save', '', '--appendonly', 'no', '--dir', this.world.folder, '--bind', '127.0.0.1'];
    if (this.path) args.push('--port', '0', '--unixsocket', this.path);
    else if (tls) {
      args.push('--port', '0', '--tls-port', String(this.port), '--tls-cert-file', tls.certificate, '--tls-key-file', tls.key,
        '--tls-ca-cert-file', tls.ca, '--tls-auth-clients', clientCertificates ? 'yes' : 'no');
    } else args.push('--port', String(this.port));
    if (acl) args.push('--user', ...acl);
    else if (password && !username) args.push('--requirepass', password);
    this.process = this.world.keep(new Process('redis-server', 'redis-server', args));
    this.client = await until('redis-server answers', () => {
      if (!this.process.running) throw new Hopeless('redis-server ended before it answered');
      return RedisClient.connect({
        port: this.port,
        path: this.path,
        password,
        username,
        tls: tls && { ca: fs.readFileSync(tls.ca), cert: fs.readFileSync(tls.certificate), key: fs.readFileSync(tls.key), servername: 'localhost' },
      });
    });
  }

  // As a crash would.
  async kill() {
    this.client.close();
    await this.process.end('SIGKILL');
  }

  publish(channel, message) {
    return this.client.publish(channel, message);
  }
}

class Signalbox {
  constructor(world, config, options) {
    this.world = world;
    this.options = options;
    this.config = config;
    this.port = options.port;
    this.adminPort = options.adminPort;
    this.file = options.file ?? path.join(world.folder, `signalbox-${this.port}.yaml`);
    // JSON is YAML; what people write by hand is covered by config/ and the golden files.
    if (config) fs.writeFileSync(this.file, `${JSON.stringify(config, null, 2)}\n`);
    this.process = world.keep(new Process(`signalbox on port ${this.port}`, program, ['run', this.file], {
      cwd: world.folder,
      env: { ...process.env, ...options.env },
    }));
  }

  get url() {
    return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  get log() {
    return this.process.log;
  }

  async ready(page = 'readyz') {
    await until(`signalbox answers /${page}`, async () => {
      if (!this.process.running) throw new Hopeless(`signalbox ended before it answered /${page}`);
      return (await request(`http://127.0.0.1:${this.adminPort}/${page}`)).status === 200;
    }, 15_000);
    return this;
  }

  async metrics() {
    return (await request(`http://127.0.0.1:${this.adminPort}/metrics`)).body;
  }

  async figure(what, labels) {
    return figure(await this.metrics(), what, labels);
  }
}

// Everything that one scenario started.
class World {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sbx-e2e-'));
    this.processes = [];
    this.endings = [];
  }

  keep(process) {
    this.processes.push(process);
    return process;
  }

  atEnd(fn) {
    this.endings.push(fn);
  }

  redis(options) {
    return RedisServer.start(this, options);
  }

  // The usual pipeline: Redis -> (filters) -> socketio in broadcast mode.  The options replace what they name.
  async signalbox(redis, { redisWith = {}, listener = {}, sinkWith = {}, filters, through = [], extra = {}, ready = 'readyz', env, port, tls } = {}) {
    const publicPort = port ?? await freePort();
    const adminPort = await freePort();
    const config = {
      listeners: { public: { bind: `127.0.0.1:${publicPort}`, origins: ['*'], ...(tls ? { tls } : {}), ...listener } },
      sources: { laravel: { plugin: 'redis', with: { url: redis.url, patterns: ['*'], ...redisWith } } },
      ...(filters ? { filters } : {}),
      sinks: {
        browsers: {
          plugin: 'socketio',
          with: { listener: 'public', path: '/socket.io', mode: 'broadcast', broadcast_to_everyone: true, ...sinkWith },
        },
      },
      pipelines: { all: { from: ['laravel'], through, to: ['browsers'] } },
      admin: { bind: `127.0.0.1:${adminPort}` },
      ...extra,
    };
    const box = new Signalbox(this, config, { port: publicPort, adminPort, env, tls });
    return ready ? box.ready(ready) : box;
  }

  // The program with this configuration.
  async signalboxRunning(config, { port, adminPort, env }) {
    return new Signalbox(this, config, { port, adminPort, env }).ready();
  }

  // The program with a file that exists, whose ports come from the environment.
  async signalboxWith(file, { env, port, adminPort, ready = 'readyz' }) {
    const box = new Signalbox(this, undefined, { file, env, port, adminPort });
    return ready ? box.ready(ready) : box;
  }

  // The conformance server of tests/conformance; its plugin is in the program's build folder.
  async conformance() {
    const port = await freePort();
    const file = path.join(root, 'tests/conformance/server.yaml');
    const child = this.keep(new Process('signalbox as the conformance server', program, ['run', file], {
      cwd: this.folder,
      env: { ...process.env, SIGNALBOX_CONFORMANCE_BIND: `127.0.0.1:${port}` },
    }));
    await until('the conformance server answers', async () => {
      if (!child.running) throw new Hopeless('the conformance server ended before it answered');
      return (await request(`http://127.0.0.1:${port}/`)).status === 404;
    });
    return { port, process: child };
  }

  // The program for one command; {code, out}.
  command(...args) {
    return this.commandWith({}, ...args);
  }

  // The same with more in the environment.
  async commandWith(env, ...args) {
    const options = { cwd: this.folder, env: { ...process.env, ...env } };
    const child = this.keep(new Process(`signalbox ${args.join(' ')}`, program, args, options));
    const { code } = await child.exited;
    return { code, out: child.log };
  }

  connect(version, url, options = {}) {
    const socket = socketIo(version)(url, { reconnectionDelay: 50, reconnectionDelayMax: 200, forceNew: true, ...options });
    this.atEnd(() => socket.close());
    return socket;
  }

  // As connect, but waits until the client says that it is connected.
  async connected(version, url, options) {
    const socket = this.connect(version, url, options);
    await new Promise((resolve, reject) => {
      const timer = setTimeout(reject, 10_000 * patience, new Error(`socket.io-client ${version} did not connect to ${url}`));
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.on('connect_error', (error) => {
        socket.lastError = error;
      });
    });
    return socket;
  }

  async end() {
    for (const fn of this.endings.reverse()) await fn();
    const problems = [];
    // The program first: what it says when Redis goes away under it is of no interest here.
    for (const child of [...this.processes].reverse()) {
      if (!child.running) continue;
      try {
        const { code } = await child.end();
        if (child.title.startsWith('signalbox') && code !== 0) problems.push(`${child.title} ended with ${code} on SIGTERM`);
      } catch (error) {
        problems.push(error.message);
      }
    }
    for (const child of this.processes) {
      if (/ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:/.test(child.log)) problems.push(`a sanitizer spoke in ${child.title}`);
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
    if (problems.length > 0) throw new Error(problems.join('; '));
  }
}

// What holds a process whose tests are over would hold the whole run: its names, loudly, and a failure.
test.after(() => {
  const watchdog = setTimeout(() => {
    console.error(`\n==== the tests are over, but these keep the process: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(3);
  }, 15_000);
  watchdog.unref();
});

// Straight out, without Node's own cleaning up.  A socket that is reset in the turn in which it was ended (Wire does that
// now and then) leaves a shutdown request that is never answered, and Node 20 then turns in Environment::CleanupHandles
// for ever, after everything is told.  Exit handlers of others have run: they were there before.
process.on('exit', () => process.exit());

// A test with a world of its own, which is torn down whatever happens; a failure shows the ends of the logs.
export function scenario(name, body, { timeoutMs = 60_000, ...options } = {}) {
  test(name, options, async (t) => {
    const world = new World();
    const tails = () => world.processes.map((child) => child.tail()).join('');
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(reject, timeoutMs * patience, new Error(`the scenario took longer than ${timeoutMs * patience} ms`));
    });
    let failure;
    try {
      await Promise.race([body(world, t), late]);
    } catch (error) {
      failure = error;
    }
    clearTimeout(timer);
    try {
      await world.end();
    } catch (error) {
      failure ??= error;
    }
    if (failure) {
      console.error(`\n==== ${name}: ${failure.message}\n${tails()}`);
      throw failure;
    }
  });
}

// The next event of that name, or an error when it does not come in time.
export function once(socket, event, deadlineMs = 10_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, deadlineMs * patience, new Error(`no "${event}" within ${deadlineMs * patience} ms`));
    socket.once(event, (...args) => {
      clearTimeout(timer);
      resolve(args.length > 1 ? args : args[0]);
    });
  });
}

// Publishes until everybody who is meant to hear has heard: a client that is connected is, but the first PUBLISH after
// a start may race with the program's own subscription.
export async function publishHeard(redis, channel, message) {
  await until(`somebody hears ${channel}`, async () => (await redis.publish(channel, message)) > 0);
}

export { assert };
