/** A Ringtrue server of our own: a fresh data directory, a free port, and all it logs kept for the test to read. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BINARY = resolve(process.env.RINGTRUE_BIN ?? join(import.meta.dirname, '../../../target/release/ringtrue'));

/** `ringtrue demo`, which can be killed and started again where it was. */
export class Server {
  #directory;
  #binary;
  #process;
  #filter;
  #log = '';

  /** What `ringtrue demo --json` printed: origin, shop, handset, clientId, clientSecret, projectId. */
  facts;

  /** By default it logs all that an operator would ask for when something is wrong. */
  static async start(filter = 'debug') {
    const server = new Server();
    server.#filter = filter;
    server.#directory = await mkdtemp(join(tmpdir(), 'ringtrue-browser-'));
    // A copy, so that a build beside the tests does not change the server under them.
    server.#binary = join(server.#directory, 'ringtrue');
    await copyFile(BINARY, server.#binary);
    await server.#run('127.0.0.1:0');
    return server;
  }

  get origin() {
    return this.facts.origin;
  }

  /** Everything that was logged so far. */
  get log() {
    return this.#log;
  }

  /** From now on nobody reads what it logs, as when a log collector dies. */
  closeLog() {
    this.#process.stderr.destroy();
  }

  get #isGone() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Ends the process by `signal` and waits until it is gone. */
  async kill(signal) {
    if (this.#isGone) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  /** The same data directory on the same port, if it is gone. */
  async again() {
    if (!this.#isGone) return;
    await this.#run(new URL(this.origin).host);
  }

  async stop() {
    await this.kill('SIGTERM');
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #run(listen) {
    const data = join(this.#directory, 'data');
    const child = spawn(this.#binary, ['demo', '--listen', listen, '--data', data, '--json'], {
      env: { ...process.env, RINGTRUE__LOG__FILTER: this.#filter },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (bytes) => (this.#log += bytes));
    const line = once(createInterface(child.stdout), 'line');
    const exit = once(child, 'exit').then(([code]) => {
      throw new Error(`ringtrue ended with ${code}: ${this.#log.slice(-2000)}`);
    });
    const [text] = await Promise.race([line, exit]);
    exit.catch(() => {});
    this.facts = JSON.parse(text);
  }
}
