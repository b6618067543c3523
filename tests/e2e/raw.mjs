// Bytes on a TCP connection, for what no well-behaved client sends.
import net from 'node:net';
import crypto from 'node:crypto';

import { patience } from './harness.mjs';

export class RawConnection {
  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port });
      socket.once('connect', () => resolve(new RawConnection(socket)));
      socket.once('error', reject);
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.received = Buffer.alloc(0);
    this.closed = new Promise((resolve) => socket.once('close', () => {
      this.isClosed = true;
      resolve();
    }));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
  }

  send(bytes) {
    this.socket.write(bytes);
  }

  get text() {
    return this.received.toString('latin1');
  }

  // The status of the (first) answer, once there is one; null when the peer closed without a word.
  async status(deadlineMs = 10_000) {
    const end = Date.now() + deadlineMs * patience;
    for (;;) {
      const match = /^HTTP\/1\.[01] (\d{3})/.exec(this.text);
      if (match) return Number(match[1]);
      if (this.isClosed) return null;
      if (Date.now() > end) throw new Error(`no answer; got ${JSON.stringify(this.text.slice(0, 200))}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  // True when the peer closed in time.
  async closes(deadlineMs = 10_000) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, deadlineMs * patience, false);
    });
    const closed = await Promise.race([this.closed.then(() => true), late]);
    clearTimeout(timer);
    return closed;
  }

  upgrade(path, headers = '') {
    this.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
      + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${crypto.randomBytes(16).toString('base64')}\r\n${headers}\r\n`);
    return this.status();
  }

  // One WebSocket frame as a client sends it.
  frame(payload, { opcode = 1, fin = true, mask = true } = {}) {
    const body = Buffer.from(payload);
    const head = [(fin ? 0x80 : 0) | opcode];
    const flag = mask ? 0x80 : 0;
    if (body.length < 126) head.push(flag | body.length);
    else head.push(flag | 126, body.length >> 8, body.length & 255);
    const key = mask ? crypto.randomBytes(4) : Buffer.alloc(0);
    const masked = mask ? body.map((byte, i) => byte ^ key[i % 4]) : body;
    this.send(Buffer.concat([Buffer.from(head), key, masked]));
  }

  close() {
    this.socket.destroy();
  }
}

export async function rawAnswer(port, bytes) {
  const connection = await RawConnection.open(port);
  connection.send(bytes);
  const status = await connection.status();
  connection.close();
  return { status, text: connection.text };
}
