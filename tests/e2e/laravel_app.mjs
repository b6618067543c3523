// The PHP application of laravel/app.php, running: it answers who may listen, and publishes.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { assert, freePort, request, until } from './harness.mjs';
import { Process } from './process.mjs';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'laravel/app.php');

export class LaravelApp {
  static async start(world, redis, { prefix = '' } = {}) {
    const app = new LaravelApp();
    const port = await freePort();
    app.url = `http://127.0.0.1:${port}`;
    const env = { ...process.env, REDIS_PORT: String(redis.port), REDIS_PREFIX: prefix, PHP_CLI_SERVER_WORKERS: '4' };
    const php = world.keep(new Process('php', 'php', ['-S', `127.0.0.1:${port}`, script], { env }));
    // PHP's workers would outlive the one that started them.
    world.atEnd(() => {
      if (!php.running) return;
      for (const pid of fs.readFileSync(`/proc/${php.pid}/task/${php.pid}/children`, 'utf8').split(' ').filter(Boolean)) process.kill(Number(pid));
    });
    await until('the application answers', async () => {
      if (!php.running) throw new Error('php ended');
      return (await request(`${app.url}/`)).status === 404;
    });
    return app;
  }

  get authEndpoint() {
    return `${this.url}/broadcasting/auth`;
  }

  async post(path_, fields, headers = {}) {
    const answer = await request(`${this.url}${path_}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
    assert.equal(answer.body, 'sent');
  }

  say(channel, text) {
    return this.post('/say', { channel, text });
  }

  paid(channel, text) {
    return this.post('/paid', { channel, text });
  }

  // broadcast(…)->toOthers(), asked for by a page that shows its socket.
  sayToOthers(channel, text, socketId) {
    return this.post('/say', { channel, text, others: '1' }, { 'x-socket-id': socketId });
  }
}
