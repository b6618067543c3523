// Two hundred users on several connections each, by every protocol and on all lanes, come, leave and are cut off at
// random.  Whoever is left knows in the end exactly who is there, and nothing that anybody was told can be untrue.
// E2E_SEED repeats a run; E2E_USERS and E2E_ROUNDS make it smaller.
import crypto from 'node:crypto';

import { AuthServer, admit } from './auth_server.mjs';
import { assert, patience, scenario, sleep, until } from './harness.mjs';
import { membersBox } from './members.mjs';
import { connections } from './presence_clients.mjs';

const kUsers = Number(process.env.E2E_USERS ?? 200);
const kRounds = Number(process.env.E2E_ROUNDS ?? 40);
const kAtOnce = 40; // what happens in one round
const kConnectionsMax = 3; // of one user
const kGraceMs = 700;
const kChannel = 'presence-room';

// mulberry32: small, and the same everywhere.
function chance(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

class Crowd {
  constructor(url, random) {
    Object.assign(this, { url, random, all: new Set(), problems: [] });
    this.users = Array.from({ length: kUsers }, (_, i) => ({ id: String(i + 1), open: [] }));
  }

  // One step of one user, at random: a new connection, one that takes its leave, or one that is cut.
  async step(user) {
    const kind = this.random(10);
    if (user.open.length === 0 || (kind < 5 && user.open.length < kConnectionsMax)) return this.come(user);
    const connection = user.open.splice(this.random(user.open.length), 1)[0];
    this.all.delete(connection);
    this.problems.push(...connection.problems);
    if (kind < 8) connection.leave();
    else connection.cut();
    return undefined;
  }

  async come(user) {
    const Kind = connections[this.random(connections.length)];
    const connection = new Kind(this.url, user.id, kChannel);
    user.open.push(connection);
    this.all.add(connection);
    await connection.open(20_000 * patience);
  }

  // Different users do things at the same time; what one user does is in order.
  async round() {
    const chosen = new Set();
    while (chosen.size < Math.min(kAtOnce, kUsers)) chosen.add(this.users[this.random(kUsers)]);
    await Promise.all([...chosen].map((user) => this.step(user)));
  }

  present() {
    return new Set(this.users.filter((user) => user.open.length > 0).map((user) => user.id));
  }

  // Who is told something else than what is so, in words.
  wrong() {
    const there = this.present();
    for (const connection of this.all) {
      const missing = [...there].filter((id) => !connection.members.has(id));
      const ghosts = [...connection.members].filter((id) => !there.has(id));
      if (missing.length + ghosts.length > 0) {
        return `${connection.constructor.name} of user ${connection.user} misses ${missing.slice(0, 5)} and sees ghosts ${ghosts.slice(0, 5)}`;
      }
    }
    return undefined;
  }

  async settled() {
    let last;
    await until('everybody knows who is there', () => {
      last = this.wrong();
      if (last) throw new Error(last);
      return true;
    }, kGraceMs + 15_000, 100);
  }

  faults() {
    return [...this.problems, ...[...this.all].flatMap((connection) => connection.problems)];
  }
}

scenario('members come, leave and are cut off at random: every list is right, and so is every step to it', async (world, t) => {
  const seed = Number(process.env.E2E_SEED ?? crypto.randomInt(2 ** 31));
  t.diagnostic(`E2E_SEED=${seed}`);
  console.log(`presence: E2E_SEED=${seed}`);
  const redis = await world.redis();
  const server = await AuthServer.start(world, admit);
  const auth = {
    presence: { grace: `${kGraceMs}ms` },
    rules: [{ channels: ['presence-*'], laravel: { endpoint: server.url, concurrency: 64, cookies: true } }],
  };
  const box = await membersBox(world, redis, auth, { extra: { lanes: 2 } });
  const crowd = new Crowd(box.url, chance(seed));
  world.atEnd(() => crowd.all.forEach((connection) => connection.end()));

  for (let round = 0; round < kRounds; round += 1) {
    await crowd.round();
    assert.deepEqual(crowd.faults(), [], `seed ${seed}, round ${round}`);
    // Now within the grace of those who were cut, now after it.
    if (round % 5 === 4) await sleep(crowd.random(2 * kGraceMs));
    if (round % 20 === 19) await crowd.settled();
  }
  await crowd.settled();
  assert.deepEqual(crowd.faults(), [], `seed ${seed}`);

  // All but one are cut at once: in the end he is alone.
  const [last, ...others] = crowd.all;
  for (const connection of others) connection.cut();
  for (const user of crowd.users) user.open = user.open.filter((connection) => connection === last);
  crowd.all = new Set([last]);
  await crowd.settled();
  assert.deepEqual([...last.members], [last.user]);
  assert.deepEqual(crowd.faults(), [], `seed ${seed}`);
}, { timeoutMs: 240_000 });

scenario('a user who is cut off and comes back within the grace was never away', async (world) => {
  const redis = await world.redis();
  const server = await AuthServer.start(world, admit);
  const auth = { presence: { grace: '3s' }, rules: [{ channels: ['presence-*'], laravel: { endpoint: server.url } }] };
  const box = await membersBox(world, redis, auth, { extra: { lanes: 2 } });
  for (const Kind of connections) {
    const watcher = await new connections[2](box.url, 'watcher', kChannel).open(10_000 * patience);
    const told = [];
    watcher.joining = (member) => told.push(`+${member.user_id}`);
    watcher.leaving = (member) => told.push(`-${member.user_id}`);
    const first = await new Kind(box.url, Kind.name, kChannel).open(10_000 * patience);
    await until('he is seen', () => told.length === 1);
    for (let i = 0; i < 3; i += 1) {
      first.cut();
      await sleep(100);
      const again = await new Kind(box.url, Kind.name, kChannel).open(10_000 * patience);
      Object.assign(first, { wire: () => again.wire(), end: () => again.end() });
    }
    assert.deepEqual(told, [`+${Kind.name}`], 'once in, and never out');
    first.cut();
    await until('he is gone in the end', () => told.length === 2, 10_000);
    assert.deepEqual(told, [`+${Kind.name}`, `-${Kind.name}`]);
    watcher.leave();
  }
});
