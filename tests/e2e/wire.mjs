// A wire between a client and the program that a test can cut: whatever crosses it ends at once, and nobody comes
// through until it is mended.  What a phone does when its browser goes to the background.
import net from 'node:net';

import { sleep } from './harness.mjs';

export class Wire {
  static async to(world, port) {
    const wire = new Wire(port);
    await new Promise((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    world.atEnd(() => wire.end());
    return wire;
  }

  constructor(port) {
    this.target = port;
    this.open = true;
    this.pairs = new Set();
    this.rate = 0;
    this.server = net.createServer({ allowHalfOpen: true }, (near) => this.join(near));
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  join(near) {
    if (!this.open) return near.resetAndDestroy();
    const far = net.connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true });
    const pair = [near, far];
    this.pairs.add(pair);
    const drop = () => {
      near.destroy();
      far.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', drop).on('close', drop);
    near.pipe(far);
    far.on('data', (chunk) => this.give(near, far, chunk));
    far.on('end', () => near.end());
    return undefined;
  }

  // To the client, as fast as the wire is.
  give(near, far, chunk) {
    const full = !near.write(chunk);
    if (!full && this.rate === 0) return;
    far.pause();
    const go = () => setTimeout(() => far.resume(), this.rate ? (1000 * chunk.length) / this.rate : 0);
    if (full) near.once('drain', go);
    else go();
  }

  // Bytes a second towards the clients; 0 = as fast as it goes.
  slow(rate) {
    this.rate = rate;
  }

  // What is connected now carries nothing any more, and neither side is told; new connections are fine.
  deafen() {
    for (const [near, far] of this.pairs) {
      near.unpipe(far);
      near.pause();
      far.removeAllListeners('data').pause();
    }
  }

  cut() {
    this.open = false;
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    this.pairs.clear();
  }

  mend() {
    this.open = true;
  }

  // Cut for a moment: long enough that a client which is just between two polls, with no line that could be cut, tries
  // its next one in vain.  Otherwise it has not been away.
  async blip() {
    this.cut();
    await sleep(50);
    this.mend();
  }

  end() {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
