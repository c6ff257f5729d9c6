/** The calls of a customer's back end, and what the sandbox adds for tests. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

export class BackEnd {
  #server;
  #token = null;

  constructor(server) {
    this.#server = server;
  }

  async #accessToken() {
    const { clientId, clientSecret } = this.#server.facts;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    const response = await fetch(`${this.#server.origin}/token`, { method: 'POST', body });
    assert.equal(response.status, 200);
    return (await response.json()).access_token;
  }

  /** The answer's body with its `status`; only `call` looks at it. */
  async ask(path, body) {
    this.#token ??= await this.#accessToken();
    const response = await fetch(this.#server.origin + path, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  async call(path, body) {
    const answer = await this.ask(path, body);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  verify(request) {
    return this.call('/v3/verify', request);
  }

  status(correlationId) {
    return this.call('/v3/verify-status', { correlationId });
  }

  /** Moves the sandbox clock. */
  advance(advanceSeconds) {
    return this.call('/v3/sandbox/clock', { advanceSeconds });
  }

  messages(to) {
    return this.call(`/v3/sandbox/messages?to=${encodeURIComponent(to)}`);
  }

  /** The messages to one number from now on. */
  async inbox(to) {
    const seen = new Set((await this.messages(to)).map(({ id }) => id));
    const fresh = async () => (await this.messages(to)).filter(({ id }) => !seen.has(id)).reverse();
    return {
      /** What came and was not taken yet, oldest first. */
      fresh,
      /** The next message; waits for it. */
      async next() {
        const [message] = await until(`a message to ${to}`, async () => {
          const messages = await fresh();
          return messages.length > 0 && messages;
        });
        seen.add(message.id);
        return message;
      },
    };
  }
}

/** Asks again and again until the answer is truthy, and hands it back. */
export async function until(what, ask) {
  const start = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() - start > PATIENCE_MS) assert.fail(`never came: ${what}`);
    await pause(50);
  }
}
