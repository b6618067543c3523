// An application's auth endpoint that does as it is told: by the channel's name, or by a function.  It writes down what
// it was asked and how many questions it had at a time.
import http from 'node:http';

import { sleep } from './harness.mjs';

const kHuge = 8 * 1024 * 1024;

export class AuthServer {
  static async start(world, decide) {
    const server = new AuthServer(decide);
    await new Promise((resolve) => server.http.listen(0, '127.0.0.1', 4096, resolve));
    world.atEnd(() => {
      server.http.closeAllConnections();
      return new Promise((resolve) => server.http.close(resolve));
    });
    return server;
  }

  constructor(decide) {
    this.decide = decide ?? ((call, response) => behave(call, response));
    this.calls = [];
    this.underWay = 0;
    this.mostAtOnce = 0;
    this.http = http.createServer((request, response) => this.take(request, response));
    this.http.keepAliveTimeout = 1000;
  }

  get url() {
    return `http://127.0.0.1:${this.http.address().port}/broadcasting/auth`;
  }

  async take(request, response) {
    this.underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    response.once('close', () => {
      this.underWay -= 1;
    });
    let body = '';
    for await (const chunk of request) body += chunk;
    const call = { method: request.method, path: request.url, headers: request.headers, raw: request.rawHeaders, body };
    call.channel = new URLSearchParams(body).get('channel_name');
    call.user = /(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    this.calls.push(call);
    await this.decide(call, response);
  }

  of(channel) {
    return this.calls.filter((call) => call.channel === channel);
  }
}

export function admit(call, response) {
  const member = { channel_data: { user_id: call.user, user_info: { name: `user ${call.user}` } } };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(call.channel.startsWith('presence-') ? member : true));
}

// private-status.419, private-slow.300 (milliseconds), private-huge, private-half, private-never, private-reset; anything
// else is admitted.
export async function behave(call, response) {
  const [what, how] = call.channel.replace(/^private-/, '').split('.');
  if (what === 'status') {
    response.writeHead(Number(how), how.startsWith('3') ? { location: '/login' } : {});
    return response.end('no');
  }
  if (what === 'slow') await sleep(Number(how));
  if (what === 'huge') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.on('error', () => {});
    return response.end(`"${'x'.repeat(kHuge)}"`);
  }
  if (what === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4' });
    response.write('tr');
    return setTimeout(() => response.destroy(), 50);
  }
  if (what === 'reset') return response.destroy();
  if (what === 'never') return undefined;
  return admit(call, response);
}
