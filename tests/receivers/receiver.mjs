/** A running example receiver. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class Receiver {
  #child;
  #closed;
  #port;
  /** What it took: `TYPE id` per event. */
  took = [];

  /** `verify`: `standard` or `jwt`. */
  static async start([command, args, cwd], secrets, verify) {
    const receiver = new Receiver();
    const env = { ...process.env, WEBHOOK_SECRETS: secrets.join(','), VERIFY: verify, PORT: '0' };
    receiver.#child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.#closed = once(receiver.#child, 'close');
    const lines = createInterface(receiver.#child.stdout);
    const gone = receiver.#closed.then(([code]) => {
      throw new Error(`${command} ended with ${code}`);
    });
    gone.catch(() => {});
    const [first] = await Promise.race([once(lines, 'line'), gone]);
    receiver.#port = Number(/^listening on (\d+)$/.exec(first)[1]);
    lines.on('line', (line) => receiver.took.push(line));
    return receiver;
  }

  /** Posts a delivery, the way it came from the server; answers with the status. */
  async post({ headers, body }) {
    const own = ['host', 'connection', 'content-length', 'transfer-encoding'];
    const kept = Object.entries(headers).filter(([name]) => !own.includes(name));
    const address = `http://127.0.0.1:${this.#port}/hook`;
    const response = await fetch(address, { method: 'POST', headers: Object.fromEntries(kept), body });
    await response.arrayBuffer();
    return response.status;
  }

  /** Ends it; everything that it said has been read then. */
  async stop() {
    this.#child.kill();
    await this.#closed;
  }
}
