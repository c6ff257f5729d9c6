/** How each example receiver is built and started. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target'), 'receivers');
export const EXAMPLES = join(ROOT, 'examples/receivers');

/** Why a receiver cannot be started on this machine. */
export class Missing extends Error {}

async function tool(what, command, args, options) {
  try {
    await run(command, args, options);
  } catch (error) {
    const reason = error.code === 'ENOENT' ? `${command} is not installed` : String(error.stderr || error.message);
    throw new Missing(`${what}: ${reason.trim().split('\n').at(-1)}`);
  }
}

/** Each answers with a command line. Those that throw `Missing` are left out; TypeScript and Rust always have to work. */
export const LANGUAGES = {
  async typescript() {
    return [process.execPath, ['--import', 'tsx', 'receiver.ts'], join(EXAMPLES, 'typescript')];
  },
  async rust() {
    const cwd = join(EXAMPLES, 'rust');
    await run('cargo', ['build', '--locked', '--quiet'], { cwd, env: { ...process.env, CARGO_TARGET_DIR: BUILT } });
    return [join(BUILT, 'debug/ringtrue-receiver'), [], cwd];
  },
  async python() {
    const cwd = join(EXAMPLES, 'python');
    const venv = join(BUILT, 'python');
    await mkdir(BUILT, { recursive: true });
    await tool('a private environment', 'python3', ['-m', 'venv', venv]);
    const packages = ['-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'];
    await tool('its packages', join(venv, 'bin/python'), packages, { cwd, timeout: 60_000 });
    return [join(venv, 'bin/python'), ['receiver.py'], cwd];
  },
  async go() {
    await tool('the toolchain', 'go', ['version']);
    const binary = join(BUILT, 'go-receiver');
    const cwd = await mkdtemp(join(tmpdir(), 'ringtrue-go-'));
    try {
      await cp(join(EXAMPLES, 'go'), cwd, { recursive: true });
      await tool('its modules', 'go', ['mod', 'tidy'], { cwd, timeout: 60_000 });
      await run('go', ['build', '-o', binary, '.'], { cwd });
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
    return [binary, [], EXAMPLES];
  },
};
