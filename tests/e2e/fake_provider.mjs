// A login provider that misbehaves as it is told: it sends the browser back, changes a code for a token, tells the profile.
import crypto from 'node:crypto';
import http from 'node:http';

import { freePort } from './harness.mjs';

export const kClient = { client_id: 'client-1', client_secret: 'the-secret-of-client-1' };
export const kAccessToken = 'access-token-of-the-fake';

const json = (status, body, headers = {}) => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

// How the token endpoint answers, by the name of the fault; without one as it should.
const kFaults = {
  errcode: () => json(200, { errcode: 40029, errmsg: 'invalid code' }),
  error_in_200: () => json(200, { error: 'bad_verification_code', error_description: '<b>no</b>' }),
  broken: () => json(500, { error: 'server_error' }),
  jsonp: () => ({ status: 200, headers: { 'content-type': 'text/javascript' }, body: 'callback({"access_token":"x"});' }),
  huge: () => json(200, { access_token: 'x', junk: 'x'.repeat(1 << 20) }),
  redirect: () => ({ status: 302, headers: { location: '/elsewhere' }, body: '' }),
  no_json: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"access_token":' }),
};

export class FakeProvider {
  static async start(world) {
    const fake = new FakeProvider();
    fake.port = await freePort();
    fake.url = `http://127.0.0.1:${fake.port}`;
    fake.fault = undefined; // of the token endpoint: a name above, or 'slow'
    fake.codes = new Map(); // code -> what the authorization said
    fake.exchanges = 0;
    fake.asked = []; // every path that was asked for
    const server = http.createServer((request, response) => fake.serve(request, response));
    await new Promise((resolve) => server.listen(fake.port, '127.0.0.1', resolve));
    world.atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    return fake;
  }

  // Its entry in `providers:` of the oauth source.
  get settings() {
    return {
      preset: 'oauth2', ...kClient, scopes: ['profile'], authorize_url: `${this.url}/authorize`, token_url: `${this.url}/token`,
      userinfo_url: `${this.url}/user`, subject: ['/id'],
    };
  }

  async serve(request, response) {
    const url = new URL(request.url, this.url);
    this.asked.push(url.pathname);
    let body = '';
    for await (const chunk of request) body += chunk;
    if (url.pathname === '/token' && this.fault === 'slow') return; // until the asker gives up
    const answer = this.answer(url, new URLSearchParams(body), request.headers);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  answer(url, form, headers) {
    if (url.pathname === '/authorize') return this.authorize(url.searchParams);
    if (url.pathname === '/token') return this.token(form);
    if (url.pathname === '/user') {
      if (headers.authorization !== `Bearer ${kAccessToken}`) return json(401, { error: 'invalid_token' });
      return json(200, { id: 42, name: 'Li', email: 'li@stays.here' });
    }
    return json(404, {});
  }

  // As if the user had said yes (or `deny`) at once.
  authorize(query) {
    const back = new URL(query.get('redirect_uri'));
    const code = crypto.randomBytes(16).toString('hex');
    this.codes.set(code, { challenge: query.get('code_challenge'), redirect_uri: query.get('redirect_uri'), used: false });
    if (this.deny) back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state'));
    return { status: 302, headers: { location: back.href }, body: '' };
  }

  token(form) {
    this.exchanges += 1;
    if (this.fault) return kFaults[this.fault]();
    const known = this.codes.get(form.get('code'));
    const challenge = crypto.createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const fine = known && !known.used && known.challenge === challenge && known.redirect_uri === form.get('redirect_uri')
      && form.get('grant_type') === 'authorization_code' && form.get('client_id') === kClient.client_id && form.get('client_secret') === kClient.client_secret;
    if (known) known.used = true;
    return fine ? json(200, { access_token: kAccessToken, token_type: 'Bearer' }) : json(400, { error: 'invalid_grant' });
  }
}

export const kFaultNames = [...Object.keys(kFaults), 'slow'];
