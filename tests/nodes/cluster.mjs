/** Several `ringtrue serve` on one PostgreSQL, a gateway that takes their messages, and a proxy before them. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Balancer } from '../browser/lib/balancer.mjs';
import { freeAddress } from '../browser/lib/free-address.mjs';
import { Postgres } from '../browser/lib/postgres.mjs';

const run = promisify(execFile);
const BINARY = resolve(process.env.RINGTRUE_BIN ?? join(import.meta.dirname, '../../target/release/ringtrue'));
const UP_MS = 30_000;

export class Cluster {
  #directory;
  #wires = [];
  postgres;
  balancer;
  gateway;
  nodes = [];

  /** `people`: numbers that the registry knows, all of the same name. `binary`: what they begin with. */
  static async start(count, people, binary = BINARY) {
    const cluster = new Cluster();
    cluster.#directory = await mkdtemp(join(tmpdir(), 'ringtrue-nodes-'));
    cluster.postgres = await Postgres.start();
    cluster.balancer = await Balancer.open();
    cluster.gateway = await Gateway.open();
    const file = (name) => join(cluster.#directory, name);
    const config = [
      '[operations]', 'listen = "off"', '[limits]', 'requests_per_second = 0', '[log]', 'format = "json"',
      '[sms]', 'kind = "http"', '[sms.http]', `url = "${cluster.gateway.url}"`, 'sender = "Test"',
      'body = { json = { to = "{to}", text = "{body}", reference = "{id}" } }',
    ];
    await writeFile(file('ringtrue.toml'), config.join('\n'));
    await writeFile(file('people.csv'), ['phoneNumber,firstName,lastName', ...people.map((number) => `${number},Ada,Byron`)].join('\n'));
    const place = ['--data', cluster.#directory, '--store', cluster.postgres.url, '--json'];
    const say = async (...args) => JSON.parse((await run(binary, [...args, ...place])).stdout);
    const { projectId } = await say('project', 'create', 'Chaos');
    const { clientId, clientSecret } = await say('credentials', 'create', '--project', projectId, '--environment', 'production');
    cluster.credentials = { clientId, clientSecret };
    await say('subscribers', 'import', file('people.csv'));
    await Promise.all(Array.from({ length: count }, () => cluster.add(binary)));
    cluster.balancer.nodes = cluster.nodes.map((node) => node.address);
    return cluster;
  }

  /** Starts another node; the proxy does not know it yet. */
  async add(binary = BINARY) {
    const index = this.#wires.length;
    // Each node reaches the database through a wire of its own, which can be cut.
    const wire = new Wire(join(this.#directory, `wire-${index}`));
    this.#wires.push(wire);
    await wire.open(this.postgres.socket);
    const store = this.postgres.url.replace(/host=.*/, `host=${encodeURIComponent(wire.directory)}`);
    const args = ['serve', '--data', this.#directory, '--store', store, '--public-origin', this.balancer.origin];
    const node = new Node(binary, args, await freeAddress(), join(this.#directory, `node-${index}.log`));
    this.nodes[index] = node;
    await node.start();
    return node;
  }

  wire(index) {
    return this.#wires[index];
  }

  /** Nothing that was acknowledged is lost, no message went out twice, no job is left. */
  async settled(people) {
    const twice = [...this.gateway.seen].filter(([, times]) => times > 1);
    assert.deepEqual(twice, []);
    for (const correlationId of people.acknowledged) {
      assert.equal((await people.status(correlationId)).success, 'true', correlationId);
    }
    console.log(`${people.begun.size} verifications began, ${people.acknowledged.size} were acknowledged and are there, ` +
      `${this.gateway.seen.size} messages, none twice; ${people.failedCalls} calls failed and were made again; ` +
      `calls per node: ${this.balancer.counts.join(', ')}`);
    // Leases of a node that was gone are over or were taken up: no job is left for ever.
    const until = Date.now() + 60_000;
    while ((await this.postgres.ask('SELECT count(*) FROM jobs')) !== '0') {
      assert.ok(Date.now() < until, 'jobs are left over');
      await pause(200);
    }
  }

  async stop() {
    await Promise.all(this.nodes.map((node) => node.kill('SIGKILL')));
    for (const wire of this.#wires) wire.close();
    await this.balancer.close();
    await this.gateway.close();
    await this.postgres.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

class Node {
  #binary;
  #args;
  #log;
  #process;
  address;

  constructor(binary, args, address, log) {
    this.#binary = binary;
    this.#args = args;
    this.address = address;
    this.#log = log;
  }

  async start() {
    const log = openSync(this.#log, 'a');
    this.#process = spawn(this.#binary, [...this.#args, '--listen', this.address], { stdio: ['ignore', log, log] });
    const until = Date.now() + UP_MS;
    while (!(await this.isLive())) {
      const isOver = this.#process.exitCode !== null;
      if (isOver || Date.now() > until) throw new Error(`a node does not come up; see ${this.#log}`);
      await pause(20);
    }
  }

  async isLive() {
    return fetch(`http://${this.address}/livez`, { signal: AbortSignal.timeout(1000) }).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  signal(name) {
    this.#process.kill(name);
  }

  /** Answers its exit code, if it has one. */
  async kill(signal) {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGCONT');
      this.#process.kill(signal);
      await gone;
    }
    return this.#process.exitCode;
  }
}

/** Takes messages and remembers how often each one came. */
class Gateway {
  #server;
  #waiting = new Map();
  /** How often each message's id came. */
  seen = new Map();

  static async open() {
    const gateway = new Gateway();
    gateway.#server = createHttpServer((incoming, outgoing) => {
      let text = '';
      incoming.on('data', (bytes) => (text += bytes));
      incoming.on('end', () => {
        const { to, text: body, reference } = JSON.parse(text);
        gateway.seen.set(reference, (gateway.seen.get(reference) ?? 0) + 1);
        gateway.#waiting.get(to)?.(body.match(/\d{6}/)[0]);
        outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/messages`;
  }

  /** Calls `take` with each code that is sent to a number. */
  listen(number, take) {
    this.#waiting.set(number, take);
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A socket in a directory of its own that leads to the database, and can be cut without a word. */
class Wire {
  #server;
  #ends = new Set();
  #isCut = false;
  directory;

  constructor(directory) {
    this.directory = directory;
  }

  async open(to) {
    await mkdir(this.directory);
    this.#server = createServer((near) => {
      const far = connect(to);
      for (const [one, other] of [[near, far], [far, near]]) {
        one.on('data', (bytes) => this.#isCut || other.write(bytes));
        one.on('close', () => this.#isCut || other.destroy());
        one.on('error', () => one.destroy());
      }
      this.#ends.add(near).add(far);
    }).listen(join(this.directory, '.s.PGSQL.5432'));
    await once(this.#server, 'listening');
  }

  /** From now on nothing gets through and nobody is told, as when a cable is pulled. */
  cut() {
    this.#isCut = true;
  }

  /** Lets new connections through; the old ones are gone. */
  mend() {
    for (const end of this.#ends) end.destroy();
    this.#ends.clear();
    this.#isCut = false;
  }

  close() {
    this.mend();
    this.#server.close();
  }
}
