/** The server's side: deliveries as `ringtrue webhook` posts them, caught on their way. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BINARY = resolve(process.env.RINGTRUE_BIN ?? join(import.meta.dirname, '../../target/release/ringtrue'));

export class Server {
  #directory;
  #caught = [];
  #listener;
  #which;

  /** A project whose sandbox webhook leads here. */
  static async open() {
    const server = new Server();
    server.#directory = await mkdtemp(join(tmpdir(), 'ringtrue-receivers-'));
    server.#listener = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      server.#caught.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server.#listener, 'listening');
    const { projectId } = await server.#say('project', 'create', 'Receivers');
    server.#which = ['--project', projectId, '--environment', 'sandbox'];
    await server.#webhook('set', `http://127.0.0.1:${server.#listener.address().port}/hook`, '--no-test');
    return server;
  }

  /** One delivery, as it came over the wire. */
  async delivery() {
    await this.#webhook('test');
    return this.#caught.pop();
  }

  /** The secrets that sign now, oldest first. */
  async secrets() {
    return (await this.#webhook('secret')).secrets.map(({ secret }) => secret);
  }

  /** Makes a second secret, which signs beside the first. */
  async rotate() {
    await this.#webhook('rotate', '--overlap', '1h');
  }

  /** Lets the first secret sign no more. */
  async finish() {
    await this.#webhook('rotate', '--finish');
  }

  async close() {
    this.#listener.close();
    this.#listener.closeAllConnections();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #webhook(...args) {
    return this.#say('webhook', ...args, ...this.#which);
  }

  async #say(...args) {
    return JSON.parse((await run(BINARY, [...args, '--data', this.#directory, '--json'])).stdout);
  }
}
