/** A PostgreSQL server of our own: a directory, a socket in it, no port. It ends with this process at the latest. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const USER = 'ringtrue';
const PATIENCE_MS = 60_000;

/** PostgreSQL does not run as root. */
const asNobody = process.getuid() === 0 ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];

export class Postgres {
  #bin;
  #directory;
  #process;

  static async start() {
    const server = new Postgres();
    server.#bin = programs();
    server.#directory = await mkdtemp(join(tmpdir(), 'ringtrue-pg-'));
    if (asNobody.length > 0) await run('chown', ['nobody:', server.#directory]);
    const initdb = ['--no-sync', '--auth=trust', '--encoding=UTF8', '--no-locale', '--username', USER];
    await run('setpriv', [...asNobody, join(server.#bin, 'initdb'), ...initdb, '--pgdata', server.#data], { cwd: '/' });
    await server.again();
    return server;
  }

  get #data() {
    return join(this.#directory, 'data');
  }

  get url() {
    return `postgres://${USER}@/postgres?host=${encodeURIComponent(this.#directory)}`;
  }

  /** The socket's path. */
  get socket() {
    return join(this.#directory, '.s.PGSQL.5432');
  }

  /** Starts it on what is there. */
  async again() {
    const options = [`unix_socket_directories=${this.#directory}`, 'listen_addresses=', 'max_connections=100', 'shared_buffers=64MB'];
    this.#process = spawn(
      'setpriv',
      ['--pdeathsig', 'INT', ...asNobody, join(this.#bin, 'postgres'), '-D', this.#data, ...options.flatMap((option) => ['-c', option])],
      { cwd: '/', stdio: 'ignore' },
    );
    const until = Date.now() + PATIENCE_MS;
    while (!(await this.#isReady())) {
      if (this.#process.exitCode !== null || Date.now() > until) throw new Error('PostgreSQL does not start');
      await pause(50);
    }
  }

  /** One statement's answer as text. */
  async ask(sql) {
    const how = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--username', USER, '--dbname', 'postgres'];
    const { stdout } = await run(join(this.#bin, 'psql'), [...how, '--host', this.#directory, '--command', sql]);
    return stdout.trim();
  }

  /** `SIGINT` ends it in order, `SIGQUIT` as a crash would. */
  async end(signal = 'SIGINT') {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  async stop() {
    await this.end('SIGQUIT');
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #isReady() {
    return run(join(this.#bin, 'pg_isready'), ['--quiet', '--host', this.#directory]).then(
      () => true,
      () => false,
    );
  }
}

/** `RINGTRUE_PG_BIN`, Debian's newest, or what `PATH` has. */
function programs() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const places = [
    process.env.RINGTRUE_PG_BIN,
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  const found = places.find((place) => place && ['initdb', 'postgres', 'psql', 'pg_isready'].every((name) => existsSync(join(place, name))));
  if (!found) throw new Error('PostgreSQL 15 or newer is needed: install it, or name the directory of its programs in RINGTRUE_PG_BIN');
  return found;
}
