// Logins by the oauth source against a provider that behaves, and one that does not.
import { FakeProvider, kAccessToken, kClient, kFaultNames } from './fake_provider.mjs';
import { assert, request, scenario, sleep, until } from './harness.mjs';
import { firstEvent, LoginShop } from './login.mjs';

scenario('a login reaches the page that began it, and its ticket gives the back end the profile once', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings });
  const started = await shop.start('fake', { body: { provider: 'fake', return_to: '/account?tab=1' } });
  assert.equal(started.status, 200);
  assert.match(started.setCookie, /HttpOnly; .*SameSite=Lax|SameSite=Lax.*HttpOnly/);
  assert.match(started.channel, /^login\.[0-9A-Za-z]{22,}$/);
  const page = await shop.listen(started);
  assert.ok(page.subscribed);
  const back = await shop.authorize(started);
  const answer = await shop.callback(back, started);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, `${shop.url}/account?tab=1`);
  assert.equal(answer.headers['referrer-policy'], 'no-referrer');
  assert.match(answer.headers['cache-control'], /no-store/);

  const event = await firstEvent(page);
  assert.equal(event.event, 'fake.login');
  assert.equal(event.data.status, 'ok');
  assert.deepEqual(Object.keys(event.data).sort(), ['login', 'status', 'ticket', 'type'], 'nothing of the profile');
  assert.equal((await shop.redeem(event.data.ticket, { key: 'not-the-redeem-key-at-all' })).status, 401);
  const redeemed = await shop.redeem(event.data.ticket);
  assert.equal(redeemed.status, 200);
  assert.equal(redeemed.body.subject, '42');
  assert.equal(redeemed.body.provider, 'fake');
  assert.equal((await shop.redeem(event.data.ticket)).status, 404);

  const again = await shop.callback(back, started);
  assert.equal(again.status, 400, 'a callback counts once');
  assert.match(again.headers['content-security-policy'], /default-src 'none'/);
  assert.equal(fake.exchanges, 1);
  await sleep(100);
  assert.equal(page.events.length, 1);
  const { searchParams } = new URL(back);
  shop.keptQuiet([searchParams.get('code'), searchParams.get('state'), kClient.client_secret, kAccessToken, started.wait, event.data.ticket, 'li@stays.here']);
});

scenario('a login that ends before the page listens is there when it does, and only for the holder of the wait', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings });
  const started = await shop.start('fake');
  assert.equal((await shop.login(started)).status, 200);
  const [none, wrong, elsewhere] = await Promise.all([
    shop.listen(started, { wait: undefined }), shop.listen(started, { wait: 'x'.repeat(22) }),
    shop.listen({ channel: 'login.0123456789012345678901', wait: started.wait }),
  ]);
  for (const stranger of [none, wrong, elsewhere]) assert.equal(stranger.refused, 'forbidden');
  const page = await shop.listen(started);
  assert.equal((await firstEvent(page)).event, 'fake.login');
  for (const stranger of [none, wrong, elsewhere]) assert.deepEqual(stranger.events, []);
  // Over SSE's poll, as well: the token of the query.
  const second = await shop.start('fake');
  await shop.login(second);
  const poll = (token) => request(`${shop.url}/events?channel=${second.channel}${token ? `&token=${token}` : ''}`, { headers: { accept: 'application/json' } });
  assert.ok(!(await poll()).body.includes('ticket'));
  assert.ok((await poll(second.wait)).body.includes('ticket'));
});

scenario('only the browser that began a login can end it, from a page that may, once, and on the path of its provider', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings, other: fake.settings });
  for (const bad of [{ origin: 'https://evil.example' }, { origin: null }, { type: 'text/plain' }, { body: { provider: 'nobody' } },
    { body: { provider: 'fake', return_to: 'https://evil.example/' } }, { body: { provider: 'fake', return_to: '//evil.example' } },
    { body: { provider: 'fake', return_to: '/\\evil.example' } }, { body: { provider: 'fake', state: 'mine', channel: 'mine', junk: 1 } }]) {
    const { status, channel } = await shop.start('fake', bad);
    if (bad.body?.state) assert.ok(status >= 400 || channel !== 'mine');
    else assert.ok(status >= 400, JSON.stringify(bad));
  }
  // Somebody else's callback, opened in a browser without the cookie, or with another one.
  for (const cookie of [undefined, (await shop.start('fake')).cookie]) {
    const started = await shop.start('fake');
    const page = await shop.listen(started);
    assert.equal((await shop.callback(await shop.authorize(started), { cookie })).status, 400);
    await sleep(50);
    assert.ok(!page.events.some((e) => e.event === 'fake.login'));
  }
  const started = await shop.start('fake');
  const back = await shop.authorize(started);
  assert.equal((await shop.callback(back.replace('/fake/', '/other/'), started)).status, 400);
  for (const broken of ['', '?code=x', '?state=x', '?code=a&state=b', `${new URL(back).search}&state=b`])
    assert.equal((await shop.callback(`${shop.url}/login/fake/callback${broken}`, started)).status, 400, broken);
  assert.equal(fake.exchanges, 0, 'nothing was asked of the provider for any of them');
});

scenario('whatever a provider does wrong ends the login as failed, in time, with a word of ours', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings });
  for (const fault of ['denied', ...kFaultNames]) {
    fake.deny = fault === 'denied';
    fake.fault = fault === 'denied' ? undefined : fault;
    const started = await shop.start('fake');
    const page = await shop.listen(started);
    const begun = Date.now();
    const answer = await shop.login(started);
    assert.ok(answer.status < 500, `${fault}: ${answer.status}`);
    assert.ok(!/invalid|<b>|server_error/.test(answer.body), fault);
    await until(`${fault} was told`, () => page.events.length > 0, 9_000);
    const { event, data } = page.events[0];
    assert.equal(event, 'login.failed', fault);
    assert.ok(['denied', 'provider_error', 'exchange_failed', 'timeout', 'bad_token', 'refused'].includes(data.reason), `${fault}: ${data.reason}`);
    assert.equal(data.reason === 'denied', fault === 'denied', `${fault}: ${data.reason}`);
    if (fault === 'slow') assert.ok(Date.now() - begun < 8_000);
  }
  assert.equal(fake.exchanges, kFaultNames.length - 1, 'each code was tried once');
  assert.ok(!fake.asked.includes('/elsewhere'), 'a redirect is not followed');
  shop.keptQuiet([kClient.client_secret]);
}, { timeoutMs: 90_000 });

scenario('a login that nobody ends expires, and says so', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings }, { lifetime: '1s' });
  const started = await shop.start('fake');
  const page = await shop.listen(started);
  assert.equal((await firstEvent(page)).event, 'login.expired');
  assert.equal((await shop.login(started)).status, 400);
  await sleep(100);
  assert.equal(page.events.length, 1);
});

scenario('strangers cannot start logins without end', async (world) => {
  const fake = await FakeProvider.start(world);
  const shop = await LoginShop.open(world, { fake: fake.settings }, { limits: { waits_per_ip: 3 } });
  const answers = [];
  for (let i = 0; i < 6; i += 1) answers.push((await shop.start('fake')).status);
  assert.deepEqual(answers, [200, 200, 200, 429, 429, 429]);
});
