/**
 * A Ringtrue server of our own: a fresh data directory, a free port, and all it logs kept for the test to read. With
 * `NODES=2` it is that many nodes on one PostgreSQL, behind a proxy that sends each call of a flow to another node.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { Balancer } from './balancer.mjs';
import { freeAddress } from './free-address.mjs';
import { Postgres } from './postgres.mjs';

const BINARY = resolve(process.env.RINGTRUE_BIN ?? join(import.meta.dirname, '../../../target/release/ringtrue'));
const NODES = Number(process.env.NODES ?? 1);

/** `ringtrue demo`, which can be killed and started again where it was. */
export class Server {
  #directory;
  #binary;
  #filter;
  #name;
  #environment;
  #nodes = [];
  #postgres;
  #balancer;

  /** What `ringtrue demo --json` printed: origin, shop, handset, portal, clientId, clientSecret, projectId. */
  facts;

  /**
   * By default it logs all that an operator would ask for when something is wrong, and is reached at an address; `name` is
   * for what browsers do only at names. `environment` tells more of the configuration, knowing where it will be reached.
   */
  static async start(filter = 'debug', { name, environment = async () => ({}) } = {}) {
    const server = new Server();
    server.#filter = filter;
    server.#name = name;
    server.#environment = environment;
    server.#directory = await mkdtemp(join(tmpdir(), 'ringtrue-browser-'));
    // A copy, so that a build beside the tests does not change the server under them.
    server.#binary = join(server.#directory, 'ringtrue');
    await copyFile(BINARY, server.#binary);
    if (NODES > 1) {
      server.#postgres = await Postgres.start();
      server.#balancer = await Balancer.open();
    }
    await server.#run();
    return server;
  }

  get origin() {
    return this.facts.origin;
  }

  /** Everything that was logged so far. */
  get log() {
    return this.#nodes.map((node) => node.log).join('');
  }

  /** A link that signs a member of the portal in, once. */
  async link(email = 'owner@demo.example') {
    const args = ['sign-in-link', email, '--json', ...this.#place(), '--public-origin', this.origin];
    const { stdout } = await promisify(execFile)(this.#binary, args);
    return JSON.parse(stdout).link;
  }

  /** From now on nobody reads what it logs, as when a log collector dies. */
  closeLog() {
    for (const node of this.#nodes) node.closeLog();
  }

  /** Ends every node by `signal` and waits until they are gone. */
  async kill(signal) {
    await Promise.all(this.#nodes.map((node) => node.kill(signal)));
  }

  /** The same data on the same ports, where a node is gone. */
  async again() {
    await this.#run();
  }

  async stop() {
    await this.kill('SIGTERM');
    await this.#balancer?.close();
    await this.#postgres?.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Where its data is. */
  #place() {
    return ['--data', join(this.#directory, 'data'), ...(this.#postgres ? ['--store', this.#postgres.url] : [])];
  }

  /** Where people reach it, which with a proxy is the proxy. */
  #origin(index) {
    const origin = this.#balancer?.origin ?? `http://${this.#nodes[index].address}`;
    return this.#name ? origin.replace('127.0.0.1', this.#name) : origin;
  }

  async #run() {
    // One after another: the first one makes the keys and the account.
    for (let index = 0; index < NODES; index += 1) {
      const isKnown = NODES > 1 || this.#name;
      this.#nodes[index] ??= new Node(this.#binary, this.#filter, isKnown ? await freeAddress() : '127.0.0.1:0');
      const args = this.#place();
      if (isKnown) args.push('--public-origin', this.#origin(index));
      const more = isKnown ? await this.#environment(this.#origin(index)) : {};
      this.facts = (await this.#nodes[index].run(args, more)) ?? this.facts;
    }
    if (this.#balancer) this.#balancer.nodes = this.#nodes.map((node) => node.address);
  }
}

/** One process. */
class Node {
  #binary;
  #filter;
  #process;

  /** `host:port` of its own. */
  address;
  log = '';

  constructor(binary, filter, address) {
    this.#binary = binary;
    this.#filter = filter;
    this.address = address;
  }

  get #isGone() {
    return !this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  closeLog() {
    this.#process.stderr.destroy();
  }

  async kill(signal) {
    if (this.#isGone) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  /** Starts it unless it runs; answers what it announces. */
  async run(args, more) {
    if (!this.#isGone) return undefined;
    const child = spawn(this.#binary, ['demo', '--listen', this.address, '--json', ...args], {
      env: { ...process.env, RINGTRUE__LOG__FILTER: this.#filter, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (bytes) => (this.log += bytes));
    const line = once(createInterface(child.stdout), 'line');
    const exit = once(child, 'exit').then(([code]) => {
      throw new Error(`ringtrue ended with ${code}: ${this.log.slice(-2000)}`);
    });
    const [text] = await Promise.race([line, exit]);
    exit.catch(() => {});
    const facts = JSON.parse(text);
    // Behind a proxy the origin is the proxy's, and the port was chosen before.
    if (this.address.endsWith(':0')) this.address = new URL(facts.origin).host;
    return facts;
  }
}
