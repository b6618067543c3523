// A WebSocket client that says exactly what it is told to, right or wrong, and writes down all that comes back (RFC 6455
// section 5), and conversations of it with the conformance server's echo.
import crypto from 'node:crypto';
import net from 'node:net';

import { assert, patience, scenario } from './harness.mjs';

export const op = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const kAtOnce = 32; // conversations
const kNames = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };
// The example of RFC 6455 section 1.3.
export const kKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export const kAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

function header(opcode, size, { fin = true, rsv = 0, masked = true, sizeBytes } = {}) {
  const bytes = sizeBytes ?? (size < 126 ? 0 : size < 65536 ? 2 : 8);
  const head = Buffer.alloc(2 + bytes);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (bytes === 0 ? size : bytes === 2 ? 126 : 127);
  if (bytes === 2) head.writeUInt16BE(size, 2);
  if (bytes === 8) head.writeBigUInt64BE(BigInt(size), 2);
  return head;
}

// The bytes of one frame.  `announced` is the size in its header, when the payload is to be less than it says.
export function frame(opcode, payload = '', options = {}) {
  const body = Buffer.from(payload);
  const head = header(opcode, options.announced ?? body.length, options);
  if (options.masked === false) return Buffer.concat([head, body]);
  const mask = crypto.randomBytes(4);
  for (let i = 0; i < body.length; i += 1) body[i] ^= mask[i & 3];
  return Buffer.concat([head, mask, body]);
}

export const text = (payload, options) => frame(op.text, payload, options);
export const binary = (payload, options) => frame(op.binary, payload, options);
export const ping = (payload, options) => frame(op.ping, payload, options);
export const pong = (payload, options) => frame(op.pong, payload, options);
export function close(code, reason = '', options = {}) {
  const head = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) head.writeUInt16BE(code);
  return frame(op.close, Buffer.concat([head, Buffer.from(reason)]), options);
}

// One message in frames of `size` octets.
export function fragments(opcode, payload, size) {
  const body = Buffer.from(payload);
  const frames = [];
  for (let at = 0; at === 0 || at < body.length; at += size) {
    frames.push(frame(at === 0 ? opcode : op.continuation, body.subarray(at, at + size), { fin: at + size >= body.length }));
  }
  return Buffer.concat(frames);
}

// Never closes TCP before the server did: who hangs up first is a part of what is tested.
export class WebSocketPeer {
  // The head of a request to open; the headers replace what they name, undefined leaves it out.
  static request(path, { method = 'GET', version = 'HTTP/1.1', ...headers } = {}) {
    const all = {
      Host: 'localhost', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': kKey, ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} ${version}\r\n${lines.join('')}\r\n`;
  }

  // An open WebSocket.
  static async open(port, { path = '/echo', headers = {}, behind = Buffer.alloc(0) } = {}) {
    const peer = new WebSocketPeer(port);
    peer.write(Buffer.concat([Buffer.from(WebSocketPeer.request(path, headers)), behind]));
    const head = await peer.head;
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`the upgrade was answered ${head}`);
    return peer;
  }

  constructor(port) {
    this.events = []; // [name, payload], and ['close', code] as the last
    this.chunks = [];
    this.size = 0;
    this.waiting = [];
    this.socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    this.socket.on('data', (chunk) => this.#take(chunk));
    this.socket.on('error', (error) => this.#end(error.code));
    this.socket.on('end', () => this.#end('end'));
    this.head = this.#until('the answer to the handshake', () => this.answer);
    this.head.catch(() => {});
  }

  // All at once; resolves when the kernel has it.
  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  // In pieces of `size` octets, each handed to the kernel by itself.
  async chop(bytes, size) {
    for (let at = 0; at < bytes.length && !this.ended; at += size) await this.write(bytes.subarray(at, at + size));
  }

  // Waits until that many events are there.
  received(count) {
    return this.#until(`event ${count}`, () => this.events.length >= count);
  }

  // Waits until the server has closed its side, then closes ours: how it ended ('end', or an error's code).
  async over() {
    await this.#until('the end of the connection', () => this.ended);
    this.hangUp();
    return this.ended;
  }

  // Waits for the body of an answer that refused the upgrade.
  wholeBody() {
    const size = Number(/\r\ncontent-length: (\d+)/i.exec(this.answer)?.[1]);
    return this.#until(`${size} octets of body`, () => this.body?.length >= size && this.body);
  }

  hangUp() {
    this.socket.destroy();
  }

  #until(what, probe) {
    return new Promise((resolve, reject) => {
      const waiter = { what, probe, resolve };
      waiter.timer = setTimeout(() => reject(new Error(`waited in vain for ${what}; had ${JSON.stringify(this.events).slice(0, 300)}`)),
        10_000 * patience);
      this.waiting.push(waiter);
      this.#wake();
    });
  }

  #wake() {
    this.waiting = this.waiting.filter(({ probe, resolve, timer }) => {
      const found = probe();
      if (found) {
        clearTimeout(timer);
        resolve(found);
      }
      return !found;
    });
  }

  #end(how) {
    this.ended ??= how;
    this.answer ??= how;
    this.#wake();
  }

  #take(chunk) {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < (this.wanted ?? 0)) return;
    let bytes = Buffer.concat(this.chunks);
    if (this.answer === undefined) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.answer = bytes.subarray(0, end + 4).toString('latin1');
      bytes = bytes.subarray(end + 4);
      this.refused = !this.answer.startsWith('HTTP/1.1 101 ');
    }
    if (this.refused) this.body = (this.body ?? '') + bytes.toString();
    else bytes = this.#frames(bytes);
    this.chunks = this.refused ? [] : [bytes];
    this.size = this.refused ? 0 : bytes.length;
    this.#wake();
  }

  // Takes whole frames off the front, and says how much the next one wants.
  #frames(bytes) {
    this.wanted = 2;
    while (bytes.length >= 2) {
      const short = bytes[1] & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      this.wanted = head;
      if (bytes.length < head) break;
      const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
      this.wanted = head + size;
      if (bytes.length < this.wanted) break;
      this.#frame(bytes[0], bytes[1] >> 7, head === header(0, size).length, bytes.subarray(head, head + size));
      bytes = bytes.subarray(this.wanted);
      this.wanted = 2;
    }
    return bytes;
  }

  #frame(first, masked, shortest, payload) {
    if (this.closed) return this.events.push(['a frame behind the close frame']);
    if (masked || !shortest || (first & 0xf0) !== 0x80) return this.events.push([`a frame that no server may send: ${first.toString(16)}`]);
    const name = kNames[first & 15] ?? `opcode ${first & 15}`;
    this.closed = name === 'close';
    if (!this.closed) return this.events.push([name, name === 'text' ? payload.toString() : payload]);
    return this.events.push(['close', payload.length < 2 ? 'no code' : payload.readUInt16BE()]);
  }
}

// What the echo answers to a payload, and the frame that asks for it: text for strings, else binary.
export const echo = (payload) => [typeof payload === 'string' ? 'text' : 'binary', payload];
export const message = (payload) => (typeof payload === 'string' ? text(payload) : binary(payload));

// Long payloads by their digest: a difference of megabytes is no message.
function brief([name, payload]) {
  if (!(payload?.length > 200)) return [name, payload];
  return [name, `${payload.length} long`, crypto.createHash('sha256').update(payload).digest('hex')];
}

// One conversation: says `say` (each element in one write, or in pieces of `chop` octets) and then goodbye; everything that
// comes back until the server has hung up is `hear`.  `fails`: the server ends it with this code, without our goodbye.
export async function converse(port, { say, hear = [], fails, chop }) {
  const peer = await WebSocketPeer.open(port);
  for (const bytes of fails ? say : [...say, close(1000)]) await (chop ? peer.chop(bytes, chop) : peer.write(bytes));
  assert.equal(await peer.over(), 'end', 'the server closes TCP, and does not reset it');
  assert.deepEqual(peer.events.map(brief), [...hear, ['close', fails ?? 1000]].map(brief));
}

// All conversations, by what they show.
export async function all(port, cases) {
  const queue = Object.entries(cases);
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      try {
        await converse(port, next[1]);
      } catch (error) {
        error.message = `${next[0]}: ${error.message}`;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: kAtOnce }, work));
}

export function suite(name, body) {
  scenario(`websocket: ${name}`, async (world) => {
    const server = await world.conformance();
    await body(server.port, world);
    // Whatever was said, the next one is served.
    await converse(server.port, { say: [text('still there')], hear: [echo('still there')] });
  });
}
