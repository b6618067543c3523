// A wire between a client and the program that a test can cut: whatever crosses it ends at once, and nobody comes
// through until it is mended.  What a phone does when its browser goes to the background.
import net from 'node:net';

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
    far.pipe(near);
    return undefined;
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

  end() {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
