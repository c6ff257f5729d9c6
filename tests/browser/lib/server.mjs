/**
 * A Ringtrue server of our own: a fresh data directory, a free port, and all it logs kept for the test to read. With
 * `NODES=2` it is that many nodes on one PostgreSQL, behind a proxy that sends each call of a flow to another node.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { Balancer } from './balancer.mjs';
import { freeAddress } from './free-address.mjs';
import { Postgres } from './postgres.mjs';
import { ownFolder, Program } from './program.mjs';

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
    ({ directory: server.#directory, binary: server.#binary } = await ownFolder());
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
class Node extends Program {
  /** `host:port` of its own. */
  address;

  constructor(binary, filter, address) {
    super(binary, filter);
    this.address = address;
  }

  /** Starts it unless it runs; answers what it announces. */
  async run(args, more) {
    if (!this.isGone) return undefined;
    const child = this.spawn(['demo', '--listen', this.address, '--json', ...args], more);
    const [text] = await this.orEnd(once(createInterface(child.stdout), 'line'));
    const facts = JSON.parse(text);
    // Behind a proxy the origin is the proxy's, and the port was chosen before.
    if (this.address.endsWith(':0')) this.address = new URL(facts.origin).host;
    return facts;
  }
}
