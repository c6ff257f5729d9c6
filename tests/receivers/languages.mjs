/** How each example receiver is built and started. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target'), 'receivers');
export const EXAMPLES = join(ROOT, 'examples/receivers');

/** A toolchain is not on this machine. Anything else that goes wrong fails the test. */
export class Missing extends Error {}

/** What a toolchain says of itself. */
async function toolchain(what, command, args) {
  try {
    return (await run(command, args)).stdout;
  } catch (error) {
    const reason = error.code === 'ENOENT' ? `${command} is not installed` : String(error.stderr || error.message);
    throw new Missing(`${what}: ${reason.trim().split('\n').at(-1)}`);
  }
}

const MINUTES = 60_000;

/** Each answers with a command line. Those whose toolchain is missing are left out; Node.js and Rust have to be there. */
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
    await toolchain('private environments', 'python3', ['-m', 'venv', venv]);
    const packages = ['-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'];
    await run(join(venv, 'bin/python'), packages, { cwd, timeout: 5 * MINUTES });
    return [join(venv, 'bin/python'), ['receiver.py'], cwd];
  },
  async go() {
    const version = await toolchain('the toolchain', 'go', ['env', 'GOVERSION']);
    if (Number(/^go1\.(\d+)/.exec(version)?.[1]) < 21) {
      throw new Missing(`the toolchain: ${version.trim()} is older than go1.21`);
    }
    const cwd = join(EXAMPLES, 'go');
    const binary = join(BUILT, 'go-receiver');
    // As go.mod and go.sum have them: nothing newer, and nothing else under the same version.
    await run('go', ['build', '-mod=readonly', '-o', binary, '.'], { cwd, timeout: 5 * MINUTES });
    return [binary, [], cwd];
  },
};
