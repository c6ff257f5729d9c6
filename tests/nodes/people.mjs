/** People who verify themselves one after another, whatever happens to the servers, and remember what they were told. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A call that takes longer has failed. */
const CALL_MS = 3_000;
/** How long a person waits for a code before asking for another. */
const CODE_MS = 2_000;
/** How long one verification may take with all that is broken in between. */
const FLOW_MS = 90_000;

export class People {
  #cluster;
  #token;
  #stopped = false;
  #loops;

  /** When each verification succeeded, in milliseconds of this process's clock. */
  successes = [];
  /** Verifications that were told to be done, by their id. */
  acknowledged = new Set();
  /** Verifications that began, by their id, with the person's idempotency key. */
  begun = new Map();
  /** What went wrong for good. */
  faults = [];
  failedCalls = 0;

  constructor(cluster, numbers) {
    this.#cluster = cluster;
    this.#loops = numbers.map((number) => this.#live(number));
  }

  /** Lets everybody finish what was begun. */
  async end() {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  /** Waits until so many verifications have begun and succeeded after a moment; answers how long that took. */
  async recovered(count, since) {
    const until = Date.now() + FLOW_MS;
    while (Date.now() < until) {
      const after = this.successes.filter(({ began }) => began > since);
      if (after.length >= count) return after[count - 1].ended - since;
      await pause(20);
    }
    throw new Error('nothing works any more');
  }

  /** What the server says of a verification. */
  async status(correlationId) {
    return this.#backEnd('/v3/verify-status', { correlationId });
  }

  /** Begins a verification up to its code, and answers what finishes it. */
  async begin(phoneNumber) {
    let code = null;
    this.#cluster.gateway.listen(phoneNumber, (sent) => (code = sent));
    const request = { possessionType: 'mobile', phoneNumber, firstName: 'Ada', lastName: 'Byron' };
    const { correlationId, authToken } = await this.#backEnd('/v3/verify', request, randomUUID());
    await this.#device('otp/start', {}, authToken);
    const until = Date.now() + CODE_MS;
    while (!code && Date.now() < until) await pause(5);
    const finish = async () => {
      await this.#device('otp/finish', { otp: code }, authToken);
      this.acknowledged.add(correlationId);
      return this.status(correlationId);
    };
    return { finish };
  }

  async #live(number) {
    while (!this.#stopped) {
      const began = performance.now();
      try {
        await this.#verify(number);
        this.successes.push({ began, ended: performance.now() });
      } catch (error) {
        this.faults.push(`${number}: ${error.message}`);
      }
    }
  }

  async #verify(phoneNumber) {
    const until = Date.now() + FLOW_MS;
    let code = null;
    this.#cluster.gateway.listen(phoneNumber, (sent) => (code = sent));
    const key = randomUUID();
    const request = { possessionType: 'mobile', phoneNumber, firstName: 'Ada', lastName: 'Byron', allowOTPRetry: true };
    const { correlationId, authToken } = await this.#until(until, 'verify', () => this.#backEnd('/v3/verify', request, key));
    const known = this.begun.get(correlationId);
    if (known && known !== key) throw new Error('two requests began the same verification');
    this.begun.set(correlationId, key);
    for (;;) {
      const sentAt = Date.now();
      const started = await this.#until(until, 'otp/start', () => this.#device('otp/start', {}, authToken));
      if (started.error) throw new Error(`otp/start: ${started.error.message}`);
      // A resend within ten seconds of the one before sends nothing.
      while (!code && Date.now() - sentAt < CODE_MS) await pause(5);
      if (code) break;
      if (Date.now() > until) throw new Error('no code came');
    }
    const finished = await this.#until(until, 'otp/finish', () => this.#device('otp/finish', { otp: code }, authToken));
    if (finished.next !== 'done' || finished.error) throw new Error(`otp/finish: ${JSON.stringify(finished)}`);
    this.acknowledged.add(correlationId);
    // Ownership is looked up beside; it may come a moment after possession.
    const status = await this.#until(until, 'verify-status', async () => {
      const now = await this.status(correlationId);
      if (now.success === 'pending') throw new Error('pending');
      return now;
    });
    if (status.success !== 'true') throw new Error(`verify-status: ${JSON.stringify(status)}`);
  }

  async #until(until, what, call) {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (error.final) throw error;
        this.failedCalls += 1;
        if (Date.now() > until) throw new Error(`${what}: ${error.message}`);
        await pause(50);
      }
    }
  }

  async #backEnd(path, body, key) {
    this.#token ??= await this.#signIn();
    const headers = { authorization: `Bearer ${this.#token}`, ...(key && { 'idempotency-key': key }) };
    return this.#post(path, body, headers);
  }

  #device(step, body, token) {
    return this.#post(`/v1/client/mobile/${step}`, body, { authorization: `Bearer ${token}` });
  }

  async #signIn() {
    const { clientId, clientSecret } = this.#cluster.credentials;
    const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    return (await this.#post('/token', body, {})).access_token;
  }

  async #post(path, body, headers) {
    const answer = await fetch(this.#cluster.balancer.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const error = new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
    error.final = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    throw error;
  }
}
