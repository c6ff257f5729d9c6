/**
 * `ringtrue serve` on a data directory of its own, as a company runs it: with a portal that somebody has to become the
 * owner of, without demo and shop.
 */
import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ownFolder, Program } from './program.mjs';

const run = promisify(execFile);

export class Installation {
  #directory;
  #binary;
  #program;

  /** `origin`; a test adds `clientId` and `clientSecret` for its back end. */
  facts = {};
  /** The link that makes the first owner, where there is none yet. */
  firstLink;

  /** An empty one, or one with a copy of what is in the folder `data`. */
  static async start({ data, filter = 'debug' } = {}) {
    const server = new Installation();
    ({ directory: server.#directory, binary: server.#binary } = await ownFolder());
    if (data) await cp(data, server.#data, { recursive: true });
    server.#program = new Program(server.#binary, filter);
    await server.#serve();
    return server;
  }

  get #data() {
    return join(this.#directory, 'data');
  }

  get origin() {
    return this.facts.origin;
  }

  get log() {
    return this.#program.log;
  }

  async #serve() {
    const child = this.#program.spawn(['serve', '--listen', '127.0.0.1:0', '--data', this.#data]);
    let said = '';
    child.stdout.on('data', (bytes) => (said += bytes));
    const serving = new Promise((done) => {
      child.stderr.on('data', () => {
        // The first link is printed before it serves.
        const origin = /"message":"serving","server\.origin":"([^"]+)"/.exec(this.log)?.[1];
        if (origin) done(origin);
      });
    });
    this.facts.origin = await this.#program.orEnd(serving);
    this.firstLink = /\S+\/portal\/enter\/\S+/.exec(said)?.[0];
  }

  /** What the command line of the server answers as JSON. */
  async command(...words) {
    const { stdout } = await run(this.#binary, [...words, '--data', this.#data, '--json']);
    return JSON.parse(stdout);
  }

  /** A link that signs a member in, as whoever has the command line gets it. */
  async linkFor(email) {
    return (await this.command('sign-in-link', email, '--public-origin', this.origin)).link;
  }

  async stop() {
    await this.#program.kill('SIGTERM');
    await rm(this.#directory, { recursive: true, force: true });
  }
}
