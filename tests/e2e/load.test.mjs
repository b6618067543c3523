// Many messages, many clients: none lost, none twice, in order; and what a Redis that dies under load costs.
import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { assert, patience, scenario, sleep, until } from './harness.mjs';

const kMessages = Number(process.env.E2E_MESSAGES ?? 100_000);
const kClients = 50;
const kWorkers = 2;
// Messages on their way at a time: the test measures the program, not how far Redis or the clients' process lag.
const kAhead = 4000;
const kBatch = 100;

class Crowd {
  constructor(world, url, versions) {
    this.workers = versions.map((version) => {
      const child = fork(path.join(path.dirname(fileURLToPath(import.meta.url)), 'load_client.mjs'));
      world.atEnd(() => child.kill('SIGKILL'));
      const worker = { child, ready: false, progress: -1, state: undefined };
      child.on('message', (message) => Object.assign(worker, message));
      child.send({ url, version, clients: kClients / kWorkers, event: 'load:n' });
      return worker;
    });
  }

  connected() {
    return until('all clients are connected', () => this.workers.every((w) => w.ready), 20_000);
  }

  // The last message that every client has.
  get progress() {
    return Math.min(...this.workers.map((w) => w.progress));
  }

  async state() {
    for (const worker of this.workers) worker.child.send({ ask: 'state' });
    await until('the workers tell their counts', () => this.workers.every((w) => w.state));
    return {
      problems: this.workers.flatMap((w) => w.state.problems),
      counters: this.workers.flatMap((w) => w.state.counters),
    };
  }
}

scenario(`${kMessages} messages to ${kClients} clients: none lost, none twice, in order`, async (world, t) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const crowd = new Crowd(world, box.url, [4, 2]);
  await crowd.connected();
  const began = Date.now();
  for (let n = 0; n < kMessages;) {
    const batch = [];
    for (let i = 0; i < kBatch && n < kMessages; i += 1, n += 1) {
      batch.push(redis.publish('load', { event: 'n', data: { n, text: 'as long as an event of a shop is, about' } }));
    }
    await Promise.all(batch);
    if (n - crowd.progress > kAhead) await until('the clients catch up', () => n - crowd.progress <= kAhead, 60_000, 2);
  }
  await until('every client has the last message', () => crowd.progress === kMessages - 1, 60_000);
  const seconds = (Date.now() - began) / 1000;
  const { problems, counters } = await crowd.state();
  assert.deepEqual(problems, []);
  for (const { count, gaps } of counters) {
    assert.deepEqual(gaps, []);
    assert.equal(count, kMessages);
  }
  t.diagnostic(`${Math.round(kMessages * kClients / seconds)} deliveries/s; the clients in Node are the slow part`);
}, { timeoutMs: 300_000 });

scenario('redis killed and restarted under load: back without help, the gap counted', async (world) => {
  const redis = await world.redis();
  const box = await world.signalbox(redis);
  const crowd = new Crowd(world, box.url, [4, 3]);
  await crowd.connected();

  const heard = []; // the numbers that Redis handed to a subscriber
  let n = 0;
  let publishing = true;
  const publisher = (async () => {
    while (publishing) {
      const number = n;
      n += 1;
      try {
        if (await redis.publish('load', { event: 'n', data: { n: number } }) > 0) heard.push(number);
      } catch {
        await sleep(5); // nobody there: this number is lost, as it would be for any publisher
      }
      if (number % 20 === 0) await sleep(1);
    }
  })();

  await until('messages flow', () => crowd.progress > 500, 20_000);
  await redis.kill();
  const lastBefore = n;
  await sleep(700);
  await redis.up();
  await until('messages flow again', () => crowd.progress > lastBefore + 500, 30_000);
  publishing = false;
  await publisher;
  const last = heard.at(-1);
  await until('the last message arrives', () => crowd.progress >= last);

  const { problems, counters } = await crowd.state();
  assert.deepEqual(problems, [], 'no client noticed anything but the gap');
  const after = heard.find((number) => number > lastBefore);
  for (const { gaps } of counters) {
    assert.equal(gaps.length, 1, `one gap, not ${JSON.stringify(gaps)}`);
    assert.ok(gaps[0][0] <= lastBefore && gaps[0][1] < after, `the gap ${gaps[0]} lies around the kill (${lastBefore}, ${after})`);
  }
  assert.ok(await box.figure('redisReconnects') >= 1);
  assert.ok(await box.figure('redisAwaySeconds') > 0.3 / patience);
  assert.match(box.log, /redis|laravel/);
}, { timeoutMs: 90_000 });
