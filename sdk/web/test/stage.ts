import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { AuthenticatorBuilder } from '../src/builder.js';
import type { Sent } from '../src/pending.js';
import type { Platform } from '../src/platform.js';
import { RingtrueError, type RingtrueErrorCode } from '../src/errors.js';
import { Board } from './board.js';
import { Clock } from './clock.js';
import { Peer } from './peer.js';

export const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36';
export const PHONE = 'Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36';

/** A browser without a browser: real sockets to the peer, everything else in the test's hand. */
export class Stage {
  readonly stored = new Map<string, string>();
  readonly wakeListeners = new Set<() => void>();
  /** Each page step's name as it was called, and each finish. */
  readonly asked: { step: string; input: unknown[] }[] = [];
  readonly finished: string[] = [];
  userAgent = DESKTOP;
  imageUrls: string[] = [];

  private constructor(
    readonly board: Board,
    readonly peer: Peer,
    readonly clock: Clock,
  ) {}

  static async set(): Promise<Stage> {
    const board = new Board();
    return new Stage(board, await Peer.start(board), new Clock(board));
  }

  platform(): Platform {
    return {
      fetch: (url, init) => fetch(url, init),
      openSocket(url, events) {
        const socket = new WebSocket(url);
        socket.on('open', () => events.onOpen());
        socket.on('message', (data, isBinary) => events.onMessage(isBinary ? data : String(data)));
        socket.on('close', (code) => events.onClose(code));
        socket.on('error', () => {});
        return {
          send: (text) => socket.send(text),
          close() {
            socket.removeAllListeners();
            socket.on('error', () => {});
            socket.close();
          },
        };
      },
      loadImage: async (url, signal) => {
        this.imageUrls.push(url);
        const answer = await fetch(url, { signal });
        if (answer.status !== 200) throw new Error('image does not decode');
      },
      startTimer: this.clock.startTimer,
      onWake: (run) => {
        this.wakeListeners.add(run);
        return () => void this.wakeListeners.delete(run);
      },
      random: () => 0.5,
      nowMs: () => this.clock.nowMs,
      userAgent: this.userAgent,
      pageProtocol: 'https:',
      storage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => {
          this.stored.set(key, value);
          this.board.changed();
        },
        removeItem: (key) => void this.stored.delete(key),
      },
    };
  }

  /** Resolves once the flow kept for a reload says that this was sent. */
  async keptAs(sent: Sent): Promise<void> {
    await this.board.until(() => this.stored.get('ringtrue.pending')?.includes(`"sent":"${sent}"`) ?? false);
  }

  wake(): void {
    for (const listener of [...this.wakeListeners]) listener();
  }

  /** A page step that answers with each of these in turn; a function is called with the step's input. */
  step(name: string, ...answers: unknown[]): (...input: unknown[]) => Promise<never> {
    return async (...input) => {
      this.asked.push({ step: name, input });
      this.board.changed();
      if (answers.length === 0) assert.fail(`unexpected question: ${name}`);
      const answer = answers.shift();
      return (typeof answer === 'function' ? await answer(...input) : answer) as never;
    };
  }

  /** What each call of a step was given, without the signal. */
  inputs(step: string): unknown[][] {
    const plain = (input: unknown[]) => input.filter((value) => !(value instanceof AbortSignal));
    return this.asked.filter((one) => one.step === step).map((one) => plain(one.input));
  }

  async askedFor(step: string, times = 1): Promise<void> {
    await this.board.until(() => this.asked.filter((one) => one.step === step).length >= times);
  }

  builder(): AuthenticatorBuilder {
    return new AuthenticatorBuilder().withAuthFinishStep(async ({ authId }) => void this.finished.push(authId));
  }

  token(next: string, claims: object = {}): string {
    return tokenFor({ id: 'auth-1', endp: this.peer.origin, next, ans: 'ns', subs: {}, ...claims });
  }

  /** Waits until every socket is closed, then looks for what a flow left behind. */
  private async clear(): Promise<void> {
    const { peer, clock } = this;
    await this.board.until(() => peer.sockets.every((socket) => socket.closedWith !== null));
    assert.deepEqual(peer.unexpected, [], 'calls nobody expected');
    assert.deepEqual(clock.running(), [], 'timers left running');
    assert.equal(this.wakeListeners.size, 0, 'wake listeners left');
  }

  private describe(): string {
    const calls = this.peer.calls.map((call) => call.path);
    return JSON.stringify({ calls, asked: this.asked.map((one) => one.step), timers: this.clock.running() });
  }

  static test(name: string, run: (stage: Stage) => Promise<void>): void {
    void test(name, async () => {
      const stage = await Stage.set();
      // The only real timer: a state that never comes must fail its test, not hold up the run.
      let watchdog: NodeJS.Timeout | undefined;
      const tooLong = new Promise<never>((_, reject) => {
        watchdog = setTimeout(() => reject(new Error(`state never came: ${stage.describe()}`)), 5_000);
      });
      try {
        await Promise.race([run(stage).then(() => stage.clear()), tooLong]);
      } finally {
        clearTimeout(watchdog);
        await stage.peer.stop();
      }
    });
  }
}

/** A test on its own stage, which must be empty at the end: no socket, no timer, no unexpected call. */
export const staged = Stage.test;

export const pending = <T>(): Promise<T> => new Promise<T>(() => {});

export function tokenFor(auth: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part({ auth })}.c2lnbmF0dXJl`;
}

export const numberKnown = { subs: { mob: { auths: { otp: { mnp: true }, inln: { mnp: true } } } } };

export async function rejectsWith(
  promise: Promise<unknown>,
  code: RingtrueErrorCode,
  more: Partial<RingtrueError> = {},
): Promise<RingtrueError> {
  const error = await promise.then(
    () => assert.fail(`resolved instead of rejecting with ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RingtrueError, String(error));
  assert.equal(error.code, code);
  for (const [field, value] of Object.entries(more)) assert.deepEqual(error[field as keyof RingtrueError], value, field);
  return error;
}
