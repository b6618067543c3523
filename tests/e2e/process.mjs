// A child process whose output is kept and which ends with the test, whatever happens to the test.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const kLogKept = 256 * 1024;

export class Process {
  constructor(title, command, args, options = {}) {
    this.title = title;
    this.log = '';
    // setpriv: should this process be killed outright, the kernel ends the child, too.
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    for (const pipe of [this.child.stdout, this.child.stderr]) {
      pipe.setEncoding('utf8');
      pipe.on('data', (text) => {
        this.log = (this.log + text).slice(-kLogKept);
      });
    }
    this.exited = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.log += `${error.message}\n`;
        this.result = { code: null, signal: 'spawn' };
        resolve(this.result);
      });
      this.child.on('close', (code, signal) => {
        this.result ??= { code, signal };
        resolve(this.result);
      });
    });
  }

  get pid() {
    return this.child.pid;
  }

  get running() {
    return this.result === undefined;
  }

  // Resident memory in bytes.
  rss() {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  }

  signal(name) {
    if (this.running) this.child.kill(name);
  }

  // Asks it to end; what it answered, or an error after `deadlineMs`.
  async end(name = 'SIGTERM', deadlineMs = 15_000) {
    this.signal(name);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, deadlineMs, 'late');
    });
    const outcome = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    if (outcome === 'late') {
      this.signal('SIGKILL');
      await this.exited;
      throw new Error(`${this.title} did not end within ${deadlineMs} ms of ${name}`);
    }
    return outcome;
  }

  tail(lines = 40) {
    return `---- the last lines of ${this.title}\n${this.log.trimEnd().split('\n').slice(-lines).join('\n')}\n`;
  }
}
