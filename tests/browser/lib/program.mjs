/** The server's program as a process of ours: all it logs is kept, and it can be ended and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = resolve(process.env.RINGTRUE_BIN ?? join(import.meta.dirname, '../../../target/release/ringtrue'));

/** A fresh folder with a copy of the program, so that a build beside the tests does not change the server under them. */
export async function ownFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'ringtrue-browser-'));
  const binary = join(directory, 'ringtrue');
  await copyFile(BINARY, binary);
  return { directory, binary };
}

export class Program {
  #binary;
  #filter;
  #process;

  log = '';

  constructor(binary, filter) {
    this.#binary = binary;
    this.#filter = filter;
  }

  get isGone() {
    return !this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  closeLog() {
    this.#process.stderr.destroy();
  }

  async kill(signal) {
    if (this.isGone) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  /** `more`: environment. */
  spawn(args, more = {}) {
    const child = spawn(this.#binary, args, {
      env: { ...process.env, RINGTRUE__LOG__FILTER: this.#filter, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (bytes) => (this.log += bytes));
    return child;
  }

  /** What is waited for; an error when the program ends before. */
  async orEnd(wait) {
    const exit = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`ringtrue ended with ${code}: ${this.log.slice(-2000)}`);
    });
    exit.catch(() => {});
    return Promise.race([wait, exit]);
  }
}
