// OpenID Connect in real Chromium, against a provider that is not ours: npm's oidc-provider.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { kScreenshots, openBrowser } from './browser.mjs';
import { assert, freePort, request, scenario } from './harness.mjs';
import { LoginShop } from './login.mjs';

const kSecret = 'the-secret-of-the-oidc-client';

// Its development pages ask for a name and a password, any of them, and then for consent.
async function startProvider(world, redirectUri) {
  const { default: Provider } = await import('oidc-provider');
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { warn, info } = console; // it warns of its development keys
  console.warn = console.info = () => {};
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'shop', client_secret: kSecret, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, name: `${id} of the provider` }) }),
    conformIdTokenClaims: false,
  });
  const server = http.createServer(provider.callback());
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  Object.assign(console, { warn, info });
  world.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const discovery = path.join(world.folder, 'discovery.json');
  fs.writeFileSync(discovery, (await request(`${issuer}/.well-known/openid-configuration`)).body);
  return { issuer, discovery };
}

const kPage = `<!doctype html><title>shop</title><button id="login">log in</button><p id="said">nobody</p>
<script src="/signalbox.js"></script>
<script>
  document.getElementById('login').onclick = async () => {
    const popup = window.open('about:blank');
    const answer = await fetch('/login/start', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'corp' }) });
    const { authorize_url, channel, wait } = await answer.json();
    signalbox('/', { token: wait }).subscribe(channel, ({ event, data }) => {
      document.getElementById('said').textContent = event + ' ' + JSON.stringify(data);
    });
    popup.location = authorize_url;
  };
</script>`;

scenario('a page logs in at an OpenID Connect provider in a window of its own, and hears of it', async (world) => {
  const folder = path.join(world.folder, 'pages');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'index.html'), kPage);
  const port = await freePort();
  const { discovery } = await startProvider(world, `http://127.0.0.1:${port}/login/corp/callback`);
  const corp = { preset: 'oidc', client_id: 'shop', client_secret: kSecret, client_auth: 'basic', discovery, scopes: ['openid', 'profile'], userinfo: true };
  const shop = await LoginShop.open(world, { corp }, { expose: ['/name'] }, { port, files: { '/': folder } });

  const context = await openBrowser(world);
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(`${shop.url}/`);
  const [popup] = await Promise.all([context.waitForEvent('page'), page.click('#login')]);
  await popup.fill('input[name=login]', 'li');
  await popup.fill('input[name=password]', 'any');
  await popup.click('button[type=submit]');
  await popup.click('button[type=submit]:has-text("Continue")');
  await popup.waitForURL(`${shop.url}/login/corp/callback*`);
  fs.mkdirSync(kScreenshots, { recursive: true });
  await popup.screenshot({ path: path.join(kScreenshots, 'oauth-done.png') });
  await page.waitForSelector('#said:has-text("corp.login")');
  const said = (await page.textContent('#said')).replace(/^corp\.login /, '');
  const { ticket, profile, ...rest } = JSON.parse(said);
  assert.deepEqual(profile, { name: 'li of the provider' });
  assert.deepEqual([rest.status, rest.type], ['ok', 'corp.login']);
  const { status, body } = await shop.redeem(ticket);
  assert.equal(status, 200);
  assert.equal(body.subject, 'li');
  shop.keptQuiet([kSecret, ticket]);
}, { timeoutMs: 120_000 });
