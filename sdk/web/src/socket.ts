import type { Platform, Socket } from './platform.js';

const CONNECT_LIMIT_MS = 10_000;
const PING_EVERY_MS = 30_000;
/** After the page came back the socket may be dead without knowing it: ask, and don't wait long for the answer. */
const PROBE_LIMIT_MS = 5_000;

/** WebSocket close codes: 1006 when there was none, 1012 for "service restart". */
export const CLOSED_ABNORMALLY = 1006;
export const SERVICE_RESTART = 1012;

export type SocketEnd =
  /** The first message other than `pong`: the wait is over (contract §6). */
  | { kind: 'message'; data: unknown }
  | { kind: 'lost'; code: number };

/**
 * One connection, from opening to its end, with the heartbeat of contract §6. Never rejects; an abort closes it.
 * The socket is opened before this function returns. `onAlive` runs at each `pong`.
 */
export function listen(platform: Platform, url: string, signal: AbortSignal, onAlive: () => void): Promise<SocketEnd> {
  return new Promise((resolve) => {
    let socket: Socket | null = null;
    let state: 'connecting' | 'quiet' | 'asked' | 'probed' = 'connecting';
    let stopTimer = () => {};
    let stopWake = () => {};

    const end = (how: SocketEnd) => {
      stopTimer();
      stopWake();
      signal.removeEventListener('abort', lose);
      socket?.close();
      resolve(how);
    };
    const lose = () => end({ kind: 'lost', code: CLOSED_ABNORMALLY });
    const after = (delayMs: number, run: () => void) => {
      stopTimer();
      stopTimer = platform.startTimer(run, delayMs);
    };
    const ask = (answerWithinMs: number, asked: 'asked' | 'probed') => {
      state = asked;
      socket?.send('ping');
      after(answerWithinMs, lose);
    };
    const rest = () => {
      state = 'quiet';
      after(PING_EVERY_MS, () => ask(PING_EVERY_MS, 'asked'));
    };

    signal.addEventListener('abort', lose);
    stopWake = platform.onWake(() => {
      if (state === 'quiet' || state === 'asked') ask(PROBE_LIMIT_MS, 'probed');
    });
    after(CONNECT_LIMIT_MS, lose);
    try {
      socket = platform.openSocket(url, {
        onOpen: rest,
        onMessage(data) {
          if (data !== 'pong') return end({ kind: 'message', data });
          onAlive();
          rest();
        },
        onClose: (code) => end({ kind: 'lost', code }),
      });
    } catch {
      // A page's policy may forbid sockets. The browser's text would quote the address, and with it the token.
      lose();
    }
  });
}
